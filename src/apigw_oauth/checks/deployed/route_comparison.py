"""Routes of the project and of the deployed API: who is asked about each."""

from collections.abc import Iterator

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.route import Route
from apigw_oauth.checks.deployed.deployed_api import NOBODY, OUR_TYPE, SET_RIGHT, DeployedApi, DeployedRoute
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project
from apigw_oauth.project.routes import ProjectRoute

Identity = tuple[str, tuple[str, ...]]
"""What makes two spellings one route: names of path variables do not count."""


def compare(project: Project, api: DeployedApi) -> Iterator[Finding]:
    """Compare routes. What a WebSocket API does with messages is no matter of the authorizer."""
    deployed = {_identity(one.key): one for one in api.routes}
    ours = {_identity(one.route.key): one for one in project.routes}
    messages = {_identity(one.key) for one in project.message_routes}
    for identity, one in ours.items():
        yield from _one(one, deployed.get(identity), api)
    for identity, unknown in deployed.items():
        if identity not in ours and identity not in messages and not _is_preflight(unknown):
            yield _unknown(unknown, api)


def _one(ours: ProjectRoute, there: DeployedRoute | None, api: DeployedApi) -> Iterator[Finding]:
    place = f"API {api.identifier}: {ours.route.key}"
    if there is None:
        yield Rule.DEPLOYED_ROUTE_MISSING.found(
            place,
            "The project has it, and the API has not: callers get the API's answer for unknown paths.",
            mend="`apigw-oauth deploy`; or take it out of [routes]",
        )
    elif ours.route.public and there.authorization != NOBODY:
        yield Rule.DEPLOYED_ROUTE_CLOSED.found(
            place,
            f"It is public, and asks for {_words(there)}: callers without it are refused.",
            mend="authorization type NONE; or say in [routes] what it requires",
        )
    elif not ours.route.public and (there.authorization != OUR_TYPE or there.authorizer not in api.authorizers):
        nobody = "everybody gets through" if there.authorization == NOBODY else f"it asks for {_words(there)}"
        yield Rule.DEPLOYED_ROUTE_OPEN.found(
            place,
            f"It requires a token, and the authorizer is not asked: {nobody}.",
            mend=f"authorization type CUSTOM with the authorizer: {SET_RIGHT}",
        )


def _unknown(there: DeployedRoute, api: DeployedApi) -> Finding:
    refused = there.authorization == OUR_TYPE
    what = "the authorizer refuses it to everybody" if refused else "nobody is asked about it"
    if there.authorization not in {NOBODY, OUR_TYPE}:
        what = f"it asks for {_words(there)}, not for a token"
    return Rule.DEPLOYED_ROUTE_UNKNOWN.found(
        f"API {api.identifier}: {there.key}",
        f"The API has it, and the project has not: {what}.",
        mend=f'"{there.key}" in [routes], with what it requires or "public"; or take it out of the API',
    )


def _is_preflight(route: DeployedRoute) -> bool:
    return route.key.startswith("OPTIONS ") and route.authorization == NOBODY


def _words(route: DeployedRoute) -> str:
    return "a Lambda authorizer's consent" if route.authorization == OUR_TYPE else route.authorization


def _identity(key: str) -> Identity:
    try:
        route = Route.parse(key, public=True)
    except SettingsError:  # a route of messages, or one that this project could not have
        return key, ()
    return route.method, route.segments
