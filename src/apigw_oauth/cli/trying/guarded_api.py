"""The API that is tried: guarded as the project says, with nothing behind its routes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.gateway.api import STAGE_NAME, ApiDefinitionError, Method, Mock, RestApi
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpApi, HttpRoute
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.websocket_api.api import CONNECT, WebSocketApi

IN_REQUEST = re.compile(r"(?:method\.|route\.|\$)request\.(header|querystring)\.(.+)")
"""An identity source that the client sends, as REST, WebSocket and HTTP APIs write it."""

_GREEDY = re.compile(r"/\{[^{}+]+\+\}")

Api = RestApi | HttpApi | WebSocketApi

_NOTHING = Mock("")


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """A route of the API, by its key; `authorized`: API Gateway asks the authorizer there."""

    key: str
    authorized: bool


def routes(api: Api) -> tuple[GuardedRoute, ...]:
    """Return the routes at which a client can knock: of a WebSocket API that is the handshake alone."""
    match api:
        case RestApi():
            return tuple(
                GuardedRoute(f"{one.http_method} {one.resource_path}", one.authorized) for one in api.methods
            )
        case HttpApi():
            return tuple(GuardedRoute(one.route_key, one.authorized) for one in api.routes)
        case WebSocketApi():
            return tuple(GuardedRoute(CONNECT, one.authorized) for one in api.routes if one.route_key == CONNECT)


def function(api: Api) -> Function | None:
    """Return the authorizer."""
    return api.authorizer.function if api.authorizer else None


def ttl(api: Api) -> int:
    """Return for how many seconds API Gateway keeps an answer; 0: not at all."""
    if api.authorizer is None or isinstance(api, WebSocketApi):
        return 0
    return api.authorizer.ttl


def identity_sources(api: Api) -> tuple[str, ...]:
    """Return what must be in a request before the authorizer is asked."""
    return api.authorizer.identity_sources if api.authorizer else ()


def token_header(api: Api) -> str:
    """Return the header in which the authorizer finds the token."""
    if isinstance(api, RestApi) and api.authorizer and api.authorizer.type == "TOKEN":
        return api.authorizer.identity_sources[0].removeprefix("method.request.header.")
    return "Authorization"


def sources_without_token(api: Api) -> tuple[str, ...]:
    """Return what clients must send, where none of it is the header in which the token is found."""
    sent = [(source, match) for source in identity_sources(api) if (match := IN_REQUEST.fullmatch(source))]
    header = token_header(api).lower()
    if any(match[1] == "header" and match[2].lower() == header for _, match in sent):
        return ()
    return tuple(source for source, _ in sent)


def stage_prefix(api: Api) -> str:
    """Return what stands before the path of a request."""
    return "" if isinstance(api, HttpApi) and api.stage == DEFAULT else f"/{api.stage}"


def carries(source: str, request: GatewayRequest) -> bool:
    """Say whether a request has an identity source; API Gateway itself fills its context."""
    if source.removeprefix("$").startswith("context."):
        return True
    if (found := IN_REQUEST.fullmatch(source)) is None:
        return False
    if found[1] == "header":
        return any(name.lower() == found[2].lower() and value for name, value in request.headers)
    return bool(parse_qs(request.target.partition("?")[2]).get(found[2]))


def guarded_by(api: Api, authorizer: Function, *, seconds: int) -> Api:
    """Return the API with another authorizer function, whose answers are kept for `seconds`, and no backends."""
    match api:
        case RestApi():
            asked = api.authorizer and replace(api.authorizer, function=authorizer, ttl=seconds)
            methods = tuple(replace(one, integration=_NOTHING) for one in api.methods)
            return replace(api, authorizer=asked, methods=methods)
        case HttpApi():
            http = api.authorizer and replace(api.authorizer, function=authorizer, ttl=seconds)
            http_routes = tuple(replace(one, integration=_NOTHING) for one in api.routes)
            return replace(api, authorizer=http, routes=http_routes)
        case WebSocketApi():
            handshake = api.authorizer and replace(api.authorizer, function=authorizer)
            replaced = tuple(replace(one, integration=_NOTHING) for one in api.routes)
            return replace(api, authorizer=handshake, routes=replaced)


def placed(api: Api, arn: MethodArn) -> Api:
    """Return the API with the account, stage and identifier of a captured event.

    It keeps its own stage where an API of its kind cannot have that of the event: `$default` is for HTTP APIs.
    """
    place: dict[str, Any] = {"partition": arn.partition, "region": arn.region, "account_id": arn.account}
    if STAGE_NAME.fullmatch(arn.stage) or (isinstance(api, HttpApi) and arn.stage == DEFAULT):
        place["stage"] = arn.stage
    return replace(api, api_id=arn.api_id, **place)


def with_route(api: Api, key: str) -> Api:
    """Return the API with a route that a captured event names, where it has none of that kind."""
    try:
        match api:
            case RestApi():
                return _with_method(api, *key.partition(" ")[::2])
            case HttpApi():
                route = HttpRoute(key, authorized=True, integration=_NOTHING)
                wider = DEFAULT if key == DEFAULT else f"ANY {route.path.shape}"
                there = any(one.shape == wider for one in api.routes)
                return api if there else replace(api, routes=(*api.routes, route))
            case WebSocketApi():
                return api
    except ApiDefinitionError:  # it has the route, or cannot have one of that name
        return api


def _with_method(api: RestApi, verb: str, path: str) -> RestApi:
    """Return the API with a method. Raises ApiDefinitionError."""
    if any(one.resource_path == path and one.http_method in {verb, "ANY"} for one in api.methods):
        return api
    return replace(api, methods=(*api.methods, Method(verb, path, authorized=True, integration=_NOTHING)))


def as_captured(api: Api, *, route: str | None, found: Mapping[str, bool]) -> Api:
    """Return the API as a captured event shows it: one that asks there.

    `route` is the one of this API that would serve the request, if there is one. `found` says of each identity
    source whether the event has it: what it lacks cannot be one where it was captured.
    """
    match api:
        case RestApi():
            return _rest_as_captured(api, route, found)
        case HttpApi():
            http = api.authorizer and replace(api.authorizer, **_identity(found, api.authorizer.ttl))
            asking = tuple(replace(one, authorized=one.authorized or one.route_key == route) for one in api.routes)
            added = () if route is not None else (HttpRoute(DEFAULT, authorized=True, integration=_NOTHING),)
            added = () if any(one.route_key == DEFAULT for one in api.routes) else added
            return replace(api, authorizer=http, routes=(*asking, *added))
        case WebSocketApi():
            sources = tuple(source for source, there in found.items() if there)
            handshake = api.authorizer and replace(api.authorizer, identity_sources=sources)
            guarded = tuple(replace(one, authorized=one.route_key == CONNECT) for one in api.routes)
            return replace(api, authorizer=handshake, routes=guarded)


def _rest_as_captured(api: RestApi, route: str | None, found: Mapping[str, bool]) -> RestApi:
    asked = api.authorizer
    if asked and asked.type == "TOKEN" and all(found.values()):
        asked = replace(asked, identity_validation=None)
    elif asked:  # a TOKEN authorizer cannot do without its header: the event was none of such a one
        asked = replace(asked, type="REQUEST", identity_validation=None, **_identity(found, asked.ttl))
    methods = tuple(
        replace(one, authorized=one.authorized or f"{one.http_method} {one.resource_path}" == route)
        for one in api.methods
    )
    api = replace(api, authorizer=asked, methods=methods)
    if route is None:
        greedy = (one.resource_path for one in methods if _GREEDY.fullmatch(one.resource_path))
        for path in ("/", next(greedy, "/{proxy+}")):
            api = _with_method(api, "ANY", path)
    return api


def _identity(found: Mapping[str, bool], seconds: int) -> dict[str, Any]:
    sources = tuple(source for source, there in found.items() if there)
    return {"identity_sources": sources, "ttl": seconds if sources else 0}
