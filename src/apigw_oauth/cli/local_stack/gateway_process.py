"""The process of the local gateway, with the authorizer and the functions behind the routes in it."""

import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.cli.local_stack.event_stream import EventStream, listen, read_settings
from apigw_oauth.gateway.api import (
    Authorizer,
    GatewayResponse,
    HttpProxy,
    Integration,
    LambdaProxy,
    Method,
    Mock,
    RestApi,
)
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable, function_from_file
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import create_app, run
from apigw_oauth.project import Project, load_project
from apigw_oauth.project.routes import ProjectRoute

_AUTHORIZER_TIMEOUT = 10.0  # seconds; the authorizer gives up on its own long before
_FUNCTION_TIMEOUT = 30.0  # seconds; API Gateway's own limit for an integration comes first


def main() -> None:
    """Serve on the listening socket that the command handed over, until told to end."""
    events = EventStream()
    document = read_settings()
    listen()
    if document["local"] is not None:
        os.environ.update(_environment(document["local"]))
    try:
        project = load_project(document["project"])
        api = rest_api(project, local=document["local"], log=lambda line: events.send("log", line=line))
    except (SettingsError, ValueError) as error:  # ApiDefinitionError is a ValueError
        named = str(error).startswith(document["project"])
        events.send("failed", message=str(error) if named else f"{document['project']}: {error}")
        raise SystemExit(2) from None
    gateway = LocalGateway(
        api,
        on_request=lambda record: events.send("request", **asdict(record)),
        on_notice=lambda text: events.send("notice", text=text),
    )
    run(create_app(gateway), socket.socket(fileno=document["socket"]), on_ready=lambda: events.send("ready"))


def _environment(local: dict[str, str]) -> dict[str, str]:
    """Return what somebody else's authorizer may look for: the development server in the place of a real one."""
    return {
        "AUTHLETE_BASE_URL": local["base_url"],
        "AUTHLETE_API_KEY": local["api_key"],
        "AUTHLETE_API_SECRET": local["api_secret"],
        # the names of Authlete's own Python package
        "AUTHLETE_SERVICE_APIKEY": local["api_key"],
        "AUTHLETE_SERVICE_APISECRET": local["api_secret"],
    }


def rest_api(
    project: Project, *, local: dict[str, str] | None, log: Callable[[dict[str, Any]], object]
) -> RestApi:
    """Define the API of a project for the local gateway. Raises SettingsError, ApiDefinitionError."""
    definition = project.authorizer_definition()
    return RestApi(
        name=project.file.api.name,
        stage=project.file.api.stage,
        methods=tuple(_method(one, project) for one in project.routes),
        authorizer=Authorizer(
            type=definition.type,
            identity_sources=definition.identity_sources,
            identity_validation=definition.identity_validation,
            ttl=definition.ttl,
            function=_authorizer_function(project, local, log),
        ),
        gateway_responses={
            kind: GatewayResponse(status=one.status, headers=one.headers, templates=one.templates)
            for kind, one in project.gateway_responses().items()
        },
    )


def _authorizer_function(
    project: Project, local: dict[str, str] | None, log: Callable[[dict[str, Any]], object]
) -> Function:
    """Return the authorizer. Ours is made once before it is needed: wrong settings must not start."""
    handler = project.file.authorizer.handler
    if handler is not None:
        return function_from_file(handler, project.directory, timeout=_AUTHORIZER_TIMEOUT)
    settings = project.authorizer_settings(local=local)

    def start() -> Callable[[dict[str, Any], object], object]:
        return make_handler(settings, environ=os.environ, directory=str(project.directory), write=write)

    def write(line: str) -> None:
        # That the development server is reached by plain HTTP on this machine is no news to anybody.
        content = json.loads(line)
        if local is None or content["level"] != "warning":
            log(content)

    make_handler(settings, environ=os.environ, directory=str(project.directory), write=lambda _line: None)
    return function_from_callable(start, name="authorizer", timeout=_AUTHORIZER_TIMEOUT)


def _method(one: ProjectRoute, project: Project) -> Method:
    verb, _, path = one.route.key.partition(" ")
    return Method(verb, path, authorized=not one.route.public, integration=_integration(one, project))


def _integration(one: ProjectRoute, project: Project) -> Integration:
    ours = one.integration
    if ours is None:
        return Mock(json.dumps({"message": f"{one.route.key} has no integration yet"}))
    if ours.function is not None:
        return LambdaProxy(function_from_file(ours.function, project.directory, timeout=_FUNCTION_TIMEOUT))
    return HttpProxy(ours.http) if ours.http is not None else Mock(ours.mock or "")


if __name__ == "__main__":
    main()
