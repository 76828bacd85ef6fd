"""What answers each route on this machine."""

import json
from collections.abc import Callable
from typing import Any

from apigw_oauth.gateway.api import HttpProxy, Integration, LambdaProxy, Mock
from apigw_oauth.gateway.lambda_runtime import function_from_callable, function_from_file
from apigw_oauth.project import Project, cors, project_file
from apigw_oauth.project.routes import ProjectRoute

_FUNCTION_TIMEOUT = 30.0  # seconds; API Gateway's own limit for an integration comes first
# Anybody may read the document, from wherever: a client has it before anybody knows the client.
_READABLE = {cors.ALLOW_ORIGIN: cors.ANY_ORIGIN}


def of_route(one: ProjectRoute, project: Project, *, issuer: str | None) -> Integration:
    """Return what answers a route that the authorizer is asked about, or that is public.

    `issuer` is the development authorization server, if there is one: it is the one to ask. Raises SettingsError.
    """
    if one.declared_by == "resource":
        return _document(project, issuer)
    return of_key(one.route.key, one.integration, project)


def of_key(key: str, ours: project_file.Integration | None, project: Project) -> Integration:
    """Return the integration that the project names for a route."""
    if ours is not None and ours.function is not None:
        return LambdaProxy(function_from_file(ours.function, project.directory, timeout=_FUNCTION_TIMEOUT))
    if ours is not None and ours.http is not None:
        return HttpProxy(ours.http)
    headers = tuple(cors.headers_of_mocks(project.file).items())
    body = json.dumps({"message": f"{key} has no integration yet"}) if ours is None else ours.mock or ""
    return Mock(body, headers=headers)


def _document(project: Project, issuer: str | None) -> Integration:
    """Return what answers the resource metadata: HTTP APIs have no mock integration, so there it is a function."""
    document = json.dumps(project.resource_metadata(issuer=issuer))
    if project.file.api.type == "rest":
        return Mock(document, headers=tuple(_READABLE.items()))
    answer = {"statusCode": 200, "headers": {"Content-Type": "application/json", **_READABLE}, "body": document}

    def start() -> Callable[[dict[str, Any], object], object]:
        return lambda _event, _context: answer

    return LambdaProxy(function_from_callable(start, name="resource-metadata", timeout=_FUNCTION_TIMEOUT))
