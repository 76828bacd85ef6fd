"""A project → the definition of its API for the local gateway, and that gateway: one kind is imported."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from apigw_oauth.authorizer import dpop_nonce
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.log import LEVEL_VARIABLE
from apigw_oauth.cli.local_stack import route_integrations
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable, function_from_file
from apigw_oauth.project import Project

if TYPE_CHECKING:
    from apigw_oauth.gateway.api import RestApi
    from apigw_oauth.gateway.exchange import RequestRecord
    from apigw_oauth.gateway.http_api.api import HttpApi
    from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
    from apigw_oauth.gateway.local_gateway import LocalGateway
    from apigw_oauth.gateway.websocket_api.api import WebSocketApi
    from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway

Log = Callable[[dict[str, Any]], object]

_AUTHORIZER_TIMEOUT = 10.0  # seconds; the authorizer gives up on its own long before


def define(
    project: Project,
    *,
    local: Mapping[str, str] | None,
    log: Log,
    gateway_url: str | None = None,
    authorizer: Function | None = None,
) -> "RestApi | HttpApi | WebSocketApi":
    """Define the API of a project for the local gateway.

    `local` are base URL and credentials of the development authorization server, if it takes the place of the
    verifiers; `log` gets the authorizer's lines; `gateway_url` is where the stage is served, if it is;
    `authorizer` is one that runs elsewhere. Raises SettingsError, ApiDefinitionError.
    """
    authorizer = authorizer or _authorizer_function(project, local, log, gateway_url)
    served = project if gateway_url is None else project.at(gateway_url)
    issuer = None if local is None else local["base_url"]
    match project.file.api.type:
        case "rest":
            return _rest(served, authorizer, issuer)
        case "http":
            return _http(served, authorizer, issuer)
        case "websocket":
            return _websocket(project, authorizer)


def gateway_of(
    api: "RestApi | HttpApi | WebSocketApi",
    *,
    on_request: Callable[["RequestRecord"], None],
    on_notice: Callable[[str], None],
) -> "LocalGateway | HttpGateway | WebSocketGateway":
    """Return the gateway that serves the API."""
    from apigw_oauth.gateway.api import RestApi

    if isinstance(api, RestApi):
        from apigw_oauth.gateway.local_gateway import LocalGateway

        return LocalGateway(api, on_request=on_request, on_notice=on_notice)
    from apigw_oauth.gateway.http_api.api import HttpApi

    if isinstance(api, HttpApi):
        from apigw_oauth.gateway.http_api.http_gateway import HttpGateway

        return HttpGateway(api, on_request=on_request, on_notice=on_notice)
    from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway

    return WebSocketGateway(api, on_request=on_request, on_notice=on_notice)


def _rest(project: Project, authorizer: Function, issuer: str | None) -> "RestApi":
    from apigw_oauth.gateway.api import Authorizer, GatewayResponse, Method, Mock, RestApi

    definition = project.authorizer_definition()
    methods = [
        Method(
            *_method_and_path(one.route.key),
            authorized=not one.route.public,
            integration=route_integrations.of_route(one, project, issuer=issuer),
        )
        for one in project.routes
    ]
    preflights = [
        Method("OPTIONS", one.path, authorized=False, integration=Mock("", headers=tuple(one.headers.items())))
        for one in project.preflight_routes()
    ]
    return RestApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        methods=(*methods, *preflights),
        authorizer=Authorizer(
            type=definition.type,
            identity_sources=definition.identity_sources,
            identity_validation=definition.identity_validation,
            ttl=definition.ttl,
            function=authorizer,
        ),
        gateway_responses={
            kind: GatewayResponse(status=one.status, headers=one.headers, templates=one.templates)
            for kind, one in project.gateway_responses().items()
        },
    )


def _http(project: Project, authorizer: Function, issuer: str | None) -> "HttpApi":
    from apigw_oauth.gateway.http_api.api import Cors, HttpApi, HttpAuthorizer, HttpRoute

    definition, told = project.authorizer_definition(), project.cors()
    return HttpApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        routes=tuple(
            HttpRoute(
                one.route.key,
                authorized=not one.route.public,
                integration=route_integrations.of_route(one, project, issuer=issuer),
            )
            for one in project.routes
        ),
        cors=None if told is None else Cors(**told._asdict()),
        authorizer=HttpAuthorizer(
            identity_sources=definition.identity_sources,
            ttl=definition.ttl,
            payload_format=definition.payload_format or "2.0",
            simple_responses=definition.simple_responses,
            function=authorizer,
        ),
    )


def _websocket(project: Project, authorizer: Function) -> "WebSocketApi":
    from apigw_oauth.gateway.websocket_api.api import WebSocketApi, WebSocketAuthorizer, WebSocketRoute

    handshake = [
        WebSocketRoute(
            one.route.key,
            route_integrations.of_key(one.route.key, one.integration, project),
            authorized=not one.route.public,
        )
        for one in project.routes
    ]
    messages = [
        WebSocketRoute(one.key, route_integrations.of_key(one.key, one.integration, project))
        for one in project.message_routes
    ]
    return WebSocketApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        routes=(*handshake, *messages),
        authorizer=WebSocketAuthorizer(project.authorizer_definition().identity_sources, authorizer),
    )


def _authorizer_function(
    project: Project, local: Mapping[str, str] | None, log: Log, gateway_url: str | None = None
) -> Function:
    """Return the authorizer. Ours is made once before it is needed: wrong settings must not start."""
    handler = project.file.authorizer.handler
    if handler is not None:
        return function_from_file(handler, project.directory, timeout=_AUTHORIZER_TIMEOUT)
    settings = project.authorizer_settings(local=local, gateway_url=gateway_url)
    environ = {dpop_nonce.SECRET_VARIABLE: secrets.token_hex(), **os.environ}
    if environ.get(LEVEL_VARIABLE, "").lower() != "debug":  # on this machine each decision is shown
        environ[LEVEL_VARIABLE] = "info"

    def start() -> Callable[[dict[str, Any], object], object]:
        return make_handler(settings, environ=environ, directory=str(project.directory), write=write)

    def write(line: str) -> None:
        content = json.loads(line)
        if is_news(content, local=local is not None):
            log(content)

    make_handler(settings, environ=environ, directory=str(project.directory), write=lambda _line: None)
    return function_from_callable(start, name="authorizer", timeout=_AUTHORIZER_TIMEOUT)


def is_news(line: Mapping[str, Any], *, local: bool) -> bool:
    """Say whether to show a line of the authorizer, which may ask the development authorization server.

    That this one is reached by plain HTTP on this machine is no news to anybody; an outage is. A line without a
    level is for CloudWatch, which counts it.
    """
    return "level" in line and not (local and " is http:// " in (line.get("message") or ""))


def _method_and_path(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    return method, path
