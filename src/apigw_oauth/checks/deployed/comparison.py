"""A project and what is deployed of it → findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from apigw_oauth.checks.deployed import authorizer_comparison, route_comparison
from apigw_oauth.checks.deployed.deployed_api import SET_RIGHT, DeployedApi, DeployedFunction
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

Functions = Mapping[str, DeployedFunction]
"""What was read of each function that an authorizer invokes, by ARN."""


def compare(project: Project, api: DeployedApi, functions: Functions) -> list[Finding]:
    """Return what is deployed otherwise than the project has it."""
    parts: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: route_comparison.compare(project, api),
        lambda: authorizer_comparison.compare(project, api, functions),
        lambda: _gateway_responses(project, api),
        lambda: _default_endpoint(project, api),
        lambda: _stage(api),
    )
    return list(chain.from_iterable(part() for part in parts))


def _gateway_responses(project: Project, api: DeployedApi) -> Iterator[Finding]:
    for kind, wanted in project.gateway_responses(project.base_url or api.url).items():
        there = api.gateway_responses.get(kind)
        if there is None:
            yield Rule.DEPLOYED_RESPONSE.found(
                _place(api, kind),
                f"{kind} is not defined there: nobody sends clients {', '.join(wanted.headers)}.",
                mend=SET_RIGHT,
            )
            continue
        present = {name.lower(): value for name, value in there.items()}
        other = [name for name, value in wanted.headers.items() if present.get(name.lower()) != value]
        if other:
            yield Rule.DEPLOYED_RESPONSE.found(
                _place(api, kind), f"{', '.join(other)}: not there, or with another value.", mend=SET_RIGHT
            )


def _default_endpoint(project: Project, api: DeployedApi) -> Iterator[Finding]:
    if project.file.deploy.trust_store is not None and api.default_endpoint_is_open:
        yield Rule.DEPLOYED_ENDPOINT.found(
            _place(api, "default endpoint"),
            f"{api.url} answers everybody, and asks nobody for a client certificate.",
            mend=f"disable the default endpoint of the API: {SET_RIGHT}",
        )


def _stage(api: DeployedApi) -> Iterator[Finding]:
    if api.newer_than_stage:
        yield Rule.DEPLOYED_STAGE.found(
            _place(api, "stage"),
            "There is a newer deployment than the one that the stage serves: what is found here of routes and"
            " authorizer may not be what answers.",
            mend="deploy the API to the stage",
        )
    if api.served_otherwise:
        yield Rule.DEPLOYED_STAGE.found(
            _place(api, "stage"),
            "It serves routes as they were when it was deployed, with another authorization, or though they are"
            f" gone: {', '.join(api.served_otherwise)}.",
            mend="deploy the API to the stage",
        )


def _place(api: DeployedApi, what: str) -> str:
    return f"API {api.identifier}: {what}"
