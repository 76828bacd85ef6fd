"""A project → the definition of its API for the local gateway, and that gateway: one kind is imported."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from apigw_oauth.authorizer import dpop_nonce
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.gateway.api import HttpProxy, Integration, LambdaProxy, Mock
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable, function_from_file
from apigw_oauth.project import Project, project_file

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
_FUNCTION_TIMEOUT = 30.0  # seconds; API Gateway's own limit for an integration comes first


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
    match project.file.api.type:
        case "rest":
            return _rest(project, authorizer)
        case "http":
            return _http(project, authorizer)
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


def _rest(project: Project, authorizer: Function) -> "RestApi":
    from apigw_oauth.gateway.api import Authorizer, GatewayResponse, Method, RestApi

    definition = project.authorizer_definition()
    return RestApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        methods=tuple(
            Method(
                *_method_and_path(one.route.key),
                authorized=not one.route.public,
                integration=_integration(one.route.key, one.integration, project),
            )
            for one in project.routes
        ),
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


def _http(project: Project, authorizer: Function) -> "HttpApi":
    from apigw_oauth.gateway.http_api.api import HttpApi, HttpAuthorizer, HttpRoute

    definition = project.authorizer_definition()
    return HttpApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        routes=tuple(
            HttpRoute(
                one.route.key,
                authorized=not one.route.public,
                integration=_integration(one.route.key, one.integration, project),
            )
            for one in project.routes
        ),
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
            _integration(one.route.key, one.integration, project),
            authorized=not one.route.public,
        )
        for one in project.routes
    ]
    messages = [
        WebSocketRoute(one.key, _integration(one.key, one.integration, project)) for one in project.message_routes
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

    That this one is reached by plain HTTP on this machine is no news to anybody; an outage is.
    """
    return not local or line["level"] != "warning" or "circuit" in line


def _method_and_path(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    return method, path


def _integration(key: str, ours: project_file.Integration | None, project: Project) -> Integration:
    if ours is None:
        return Mock(json.dumps({"message": f"{key} has no integration yet"}))
    if ours.function is not None:
        return LambdaProxy(function_from_file(ours.function, project.directory, timeout=_FUNCTION_TIMEOUT))
    return HttpProxy(ours.http) if ours.http is not None else Mock(ours.mock or "")
