"""The API that is tried: guarded as the project says, with nothing behind its routes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.gateway.api import Method, Mock, RestApi
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpApi, HttpRoute
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.websocket_api.api import CONNECT, WebSocketApi

IN_REQUEST = re.compile(r"(?:method\.|route\.|\$)request\.(header|querystring)\.(.+)")
"""An identity source that the client sends, as REST, WebSocket and HTTP APIs write it."""

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


def as_captured(api: Api, arn: MethodArn, *, route: str | None, found: Mapping[str, bool]) -> Api:
    """Return the API as a captured event shows it: its account, stage and identifier, and that it asks there.

    `route` is the one of this API that would serve the request, if there is one. `found` says of each identity
    source whether the event has it: what it lacks cannot be one where it was captured.
    """
    place: dict[str, Any] = {"partition": arn.partition, "region": arn.region, "account_id": arn.account}
    place |= {"api_id": arn.api_id, "stage": arn.stage}
    match api:
        case RestApi():
            return replace(_rest_as_captured(api, route, found), **place)
        case HttpApi():
            http = api.authorizer and replace(api.authorizer, **_identity(found, api.authorizer.ttl))
            asking = tuple(replace(one, authorized=one.authorized or one.route_key == route) for one in api.routes)
            added = () if route is not None else (HttpRoute(DEFAULT, authorized=True, integration=_NOTHING),)
            added = () if any(one.route_key == DEFAULT for one in api.routes) else added
            return replace(api, authorizer=http, routes=(*asking, *added), **place)
        case WebSocketApi():
            sources = tuple(source for source, there in found.items() if there)
            handshake = api.authorizer and replace(api.authorizer, identity_sources=sources)
            return replace(api, authorizer=handshake, **place)


def _rest_as_captured(api: RestApi, route: str | None, found: Mapping[str, bool]) -> RestApi:
    asked = api.authorizer
    if asked and asked.type == "REQUEST":
        asked = replace(asked, **_identity(found, asked.ttl))
    elif asked:
        asked = replace(asked, identity_validation=None)
    methods = tuple(
        replace(one, authorized=one.authorized or f"{one.http_method} {one.resource_path}" == route)
        for one in api.methods
    )
    if route is None:
        kept = {(one.http_method, one.resource_path) for one in methods}
        paths = [path for path in ("/", "/{proxy+}") if ("ANY", path) not in kept]
        methods += tuple(Method("ANY", path, authorized=True, integration=_NOTHING) for path in paths)
    return replace(api, authorizer=asked, methods=methods)


def _identity(found: Mapping[str, bool], seconds: int) -> dict[str, Any]:
    sources = tuple(source for source, there in found.items() if there)
    return {"identity_sources": sources, "ttl": seconds if sources else 0}
