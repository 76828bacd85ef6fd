"""[routes] and the OpenAPI document → the routes of the project."""

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.authorizer.route import CONNECT, DEFAULT, Route
from apigw_oauth.project.project_file import ApiType, Integration, Requirement
from apigw_oauth.project.table import validate

_PER_REQUEST = ("acr_values", "max_age", "sender_constrained", "authorization_details")
_MESSAGE_KEY = re.compile(r"\$disconnect|\$default|[^\s$]\S{0,127}")


class ProjectRoute(NamedTuple):
    """One route: what it requires, and what answers it on this machine."""

    route: Route
    """Closed, if the OpenAPI document has it without saying what it requires."""
    integration: Integration | None
    declared_by: Literal["routes", "openapi", "resource"] = "routes"
    """`resource`: the document about the API (RFC 9728) is served there, since the project file names the API."""

    @property
    def per_request(self) -> tuple[str, ...]:
        """Keys of what it requires of each request anew: an answer must not be kept for another one."""
        asked = ((key, getattr(self.route, key)) for key in _PER_REQUEST)
        return tuple(key for key, value in asked if value or (key == "max_age" and value == 0))


class MessageRoute(NamedTuple):
    """A route of a WebSocket API that no authorizer is asked about: `$disconnect`, `$default`, or a name."""

    key: str
    integration: Integration | None


def from_table(table: Mapping[str, Any], *, api_type: ApiType, place: str) -> list[ProjectRoute]:
    """Read the routes of [routes] that the authorizer is asked about. Raises SettingsError."""
    return [
        _route(key, value, api_type=api_type, place=place)
        for key, value in table.items()
        if api_type != "websocket" or key == CONNECT
    ]


def messages_from_table(table: Mapping[str, Any], *, api_type: ApiType, place: str) -> tuple[MessageRoute, ...]:
    """Read the other routes, which only WebSocket APIs have. Raises SettingsError."""
    if api_type != "websocket":
        return ()
    return tuple(_message(key, value, place=place) for key, value in table.items() if key != CONNECT)


def merge(
    ours: list[ProjectRoute], documented: list[ProjectRoute], *, place: str, openapi: str
) -> tuple[ProjectRoute, ...]:
    """Put [routes] over the OpenAPI document: the same route is replaced. Raises SettingsError on two alike."""
    merged = {**_by_identity(documented, place=openapi), **_by_identity(ours, place=f"{place}: routes")}
    return tuple(merged.values())


def check(routes: tuple[ProjectRoute, ...], *, api_type: ApiType) -> None:
    """Raise SettingsError where what is not said would refuse everybody, or let everybody in."""
    declared = [one for one in routes if one.declared_by != "resource"]
    if not declared and api_type == "websocket":
        raise SettingsError(f'routes: "{CONNECT}" is missing; say what it requires, or that it is "public"')
    if not declared:
        raise SettingsError("routes: there is none, so that everything would be refused")


def _by_identity(some: list[ProjectRoute], *, place: str) -> dict[tuple[str, tuple[str, ...]], ProjectRoute]:
    found: dict[tuple[str, tuple[str, ...]], ProjectRoute] = {}
    for one in some:
        other = found.setdefault((one.route.method, one.route.segments), one)
        if other is not one:
            raise SettingsError(f"{place}: {one.route.key!r} and {other.route.key!r} are one route")
    return found


def _route(key: str, value: Any, *, api_type: ApiType, place: str) -> ProjectRoute:
    where = f'routes."{key}"'
    if value == "public":
        requirement = Requirement(public=True)
    elif isinstance(value, list):
        requirement = validate(Requirement, {"scopes": value}, place=place, key=where)
    elif isinstance(value, Mapping):
        requirement = validate(Requirement, value, place=place, key=where)
    else:
        raise SettingsError(f'{place}: {where}: must be "public", a list of scopes, or a table')
    try:
        _check_key(key, api_type)
        route = _requirement(key, requirement)
        _check_integration(requirement.integration)
    except SettingsError as error:
        raise SettingsError(f"{place}: {where}: {error}") from None
    return ProjectRoute(route, requirement.integration)


def constrain(routes: tuple[ProjectRoute, ...]) -> tuple[ProjectRoute, ...]:
    """Demand of every route that asks for a token that the token be bound to its sender."""
    return tuple(
        one if one.route.public else one._replace(route=one.route._replace(sender_constrained=True))
        for one in routes
    )


def refuse_blind_answers(routes: tuple[ProjectRoute, ...], *, event: str, cache: CacheMode) -> None:
    """Raise SettingsError where an answer could not look at what a route requires of each request."""
    for one in routes:
        if event == "token" and one.route.sender_constrained:
            raise SettingsError(
                f'routes."{one.route.key}".sender_constrained: a TOKEN event has neither proof nor certificate;'
                ' set authorizer.event = "request"'
            )
    for one in routes if cache != "off" else ():
        for key in one.per_request:
            raise SettingsError(
                f'routes."{one.route.key}".{key}: has to be looked at for each request anew, and an answer would'
                ' be kept; set authorizer.cache = "off"'
            )


def _check_key(key: str, api_type: ApiType) -> None:
    if api_type == "rest" and key.startswith("$"):
        raise SettingsError('a REST API has no such route; "ANY /{proxy+}" takes what no other route does')
    if api_type == "http" and key.startswith("$") and key != DEFAULT:
        raise SettingsError(f"an HTTP API has routes METHOD /path and {DEFAULT}")


def _message(key: str, value: Any, *, place: str) -> MessageRoute:
    where = f'routes."{key}"'
    if _MESSAGE_KEY.fullmatch(key) is None:
        raise SettingsError(
            f"{place}: {where}: a WebSocket API has the routes {CONNECT}, $disconnect, $default, and names without"
            " spaces"
        )
    if not isinstance(value, Mapping) or value.keys() - {"integration"}:
        raise SettingsError(
            f"{place}: {where}: must have an integration and nothing else: API Gateway asks the authorizer about"
            f" {CONNECT} only, and its answer holds for the whole connection; write"
            ' { integration = { lambda = "functions.py:name" } }'
        )
    requirement = validate(Requirement, value, place=place, key=where)
    try:
        _check_integration(requirement.integration)
    except SettingsError as error:
        raise SettingsError(f"{place}: {where}: {error}") from None
    return MessageRoute(key, requirement.integration)


def _requirement(key: str, requirement: Requirement) -> Route:
    scopes, any_of = requirement.scopes, requirement.any_of
    if requirement.public:
        if requirement.model_fields_set - {"public", "integration"}:
            raise SettingsError("a public route requires nothing")
        return Route.parse(key, public=True)
    if scopes is None and any_of is None:
        raise SettingsError("says nothing of scopes; [] stands for any valid token")
    alternatives = [[]] if any_of is None else any_of
    route = Route.parse(key, any_of=[[*(scopes or ()), *alternative] for alternative in alternatives])
    return route._replace(
        acr_values=tuple(requirement.acr_values or ()),
        max_age=requirement.max_age,
        sender_constrained=requirement.sender_constrained,
        authorization_details=tuple(requirement.authorization_details or ()),
    )


def _check_integration(integration: Integration | None) -> None:
    if integration is not None and len(integration.model_fields_set) != 1:
        raise SettingsError("integration: must have one of lambda, http, mock")


def compiled(route: Route) -> dict[str, Any]:
    """Return the route as authorizer.json has it."""
    if route.public:
        return {"route": route.key, "public": True}
    if not route.any_of:
        return {"route": route.key, "closed": True}
    entry: dict[str, Any] = {"route": route.key, "any_of": [sorted(required) for required in route.any_of]}
    if route.acr_values:
        entry["acr_values"] = list(route.acr_values)
    if route.max_age is not None:
        entry["max_age"] = route.max_age
    if route.sender_constrained:
        entry["sender_constrained"] = True
    if route.authorization_details:
        entry["authorization_details"] = list(route.authorization_details)
    return entry
