"""Find the API of a project, and read it and the functions that its authorizers invoke."""

from collections.abc import Callable
from typing import Any, NamedTuple

from apigw_oauth.checks.deployed import function_reading, http_reading, rest_reading
from apigw_oauth.checks.deployed.deployed_api import DeployedApi, DeployedFunction, NotFoundError
from apigw_oauth.checks.deployed.function_reading import Fetch
from apigw_oauth.project import Project

Client = Callable[[str], Any]
"""Gives the boto3 client of a service, by its name."""


class Deployed(NamedTuple):
    """What was read."""

    api: DeployedApi
    functions: dict[str, DeployedFunction]
    """By ARN."""


def read(project: Project, client: Client, *, identifier: str | None, host_suffix: str, fetch: Fetch) -> Deployed:
    """Read what is deployed of a project. Raises NotFoundError, and what boto3 raises.

    `identifier` is that of the API; without one, the API has the name of the project. `host_suffix` follows the
    identifier in its address; `fetch` gets a package from where Lambda says it is.
    """
    is_rest = project.file.api.type == "rest"
    apis = client("apigateway" if is_rest else "apigatewayv2")
    found = identifier or _by_name(project, apis)
    reader = rest_reading if is_rest else http_reading
    try:
        api = reader.read(apis, found, stage=project.file.api.stage, host_suffix=host_suffix)
    except apis.exceptions.NotFoundException:
        kinds = "REST" if is_rest else "HTTP or WebSocket"
        raise NotFoundError(
            f"there is no {kinds} API {found} here; look at its id (--api-id), at region and account"
        ) from None
    functions: dict[str, list[str]] = {}
    for name, one in api.authorizers.items():
        if one.function is not None:
            functions.setdefault(one.function, []).append(f"{found}/authorizers/{name}")
    service = client("lambda") if functions else None
    return Deployed(
        api,
        {
            function: function_reading.read(service, function, sources=sources, fetch=fetch)
            for function, sources in sorted(functions.items())
        },
    )


def _by_name(project: Project, apis: Any) -> str:
    """Return the identifier of the one API that has the name of the project. Raises NotFoundError."""
    name, kind = project.file.api.name, project.file.api.type
    if kind == "rest":
        pages = apis.get_paginator("get_rest_apis").paginate()
        alike = [one["id"] for page in pages for one in page["items"] if one["name"] == name]
    else:
        pages = apis.get_paginator("get_apis").paginate()
        alike = [
            one["ApiId"]
            for page in pages
            for one in page["Items"]
            if one["Name"] == name and one["ProtocolType"].lower() == kind
        ]
    if len(alike) != 1:
        there = f"there are {len(alike)} ({', '.join(alike)})" if alike else "there is none"
        raise NotFoundError(
            f"{project.path}: api.name: of the {kind} APIs with the name {name}, {there}; name the one that is"
            " meant with --api-id, or its stack with --stack, and look at region and account"
        )
    found: str = alike[0]
    return found
