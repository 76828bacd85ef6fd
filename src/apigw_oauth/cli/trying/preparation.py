"""The command line and the project → what is tried."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.events import FORMATS
from apigw_oauth.cli.local_stack import local_api
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.cli.trying import authorization_server, captured_event, guarded_api, wire_request
from apigw_oauth.cli.trying.attempt import Attempt
from apigw_oauth.cli.trying.authorization_server import AuthorizationServer
from apigw_oauth.cli.trying.captured_event import CapturedEvent
from apigw_oauth.cli.trying.guarded_api import Api
from apigw_oauth.cli.trying.recorder import Log, Repeater
from apigw_oauth.cli.trying.trial_gateway import TrialGateway
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList
from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from apigw_oauth.project import Project, load_project
from apigw_oauth.project.project_file import Address

# By the first word of their names.
_FORMATS_OF = {"rest": {"token", "request"}, "http": {"http"}, "websocket": {"websocket"}}


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What was asked for, as it was typed."""

    method: str | None
    path: str | None
    token: str | None
    headers: tuple[str, ...]
    event: Path | None
    all_routes: bool


async def prepare(line: CommandLine, project_path: Path) -> Attempt:
    """Put together what is tried. Raises SettingsError, WrongUsageError."""
    token = None if line.token is None else wire_request.read_token(line.token, sys.stdin)
    headers = wire_request.read_headers(line.headers)
    captured = _captured(line, token)
    project = _untold(load_project(project_path))
    server = authorization_server.find(project)
    log = Log()
    api = _api(project, server, log)
    authorizer = guarded_api.function(api)
    if authorizer is None:
        raise WrongUsageError("the API has no authorizer")
    if token is not None:
        headers = (*headers, (guarded_api.token_header(api), f"Bearer {token}"))
    host = Address.parse(project.file.local.gateway)
    if captured is None:
        request = _request(line, api, headers, host)
    else:
        _check_type(captured, project)
        api = guarded_api.placed(api, captured.arn)
        if captured.route_key is not None:
            api = guarded_api.with_route(api, captured.route_key)
        request = _captured_request(captured, api, host)
        api = await _as_captured(api, request)
    return Attempt(
        project=project,
        server=server,
        api=api,
        authorizer=authorizer,
        log=log,
        request=request,
        captured=captured,
        all_routes=line.all_routes,
    )


def _untold(project: Project) -> Project:
    """Return the project without its hook: what is only tried, several times over, is nothing that happened."""
    authorizer = project.file.authorizer.model_copy(update={"on_decision": None})
    return project._replace(file=project.file.model_copy(update={"authorizer": authorizer}))


def _captured(line: CommandLine, token: str | None) -> CapturedEvent | None:
    if line.event is None:
        return None
    captured = captured_event.read(line.event)
    if line.headers:
        raise WrongUsageError("--header: the event of --event has its own headers; only --token can be replaced")
    if line.method is not None and wire_request.read_method(line.method) != captured.method:
        raise WrongUsageError(f"METHOD: the event says {captured.method}; leave METHOD and PATH out")
    if (
        line.path is not None
        and wire_request.read_path(line.path).partition("?")[0] != captured.target.partition("?")[0]
    ):
        raise WrongUsageError("PATH: the event says another one; leave METHOD and PATH out")
    return captured if token is None else captured.with_token(token)


def _api(project: Project, server: AuthorizationServer, log: Log) -> Api:
    if server.local is not None and project.file.authorizer.handler is not None:
        from apigw_oauth.cli.local_stack.local_verifier import environment

        os.environ.update(environment(server.local))
    try:
        url = server.gateway_url or authorization_server.gateway_url(project)
        return local_api.define(project, local=server.local, log=log.write, gateway_url=url)
    except ValueError as error:  # ApiDefinitionError is one
        raise SettingsError(f"{project.path}: {error}") from None


def _request(line: CommandLine, api: Api, headers: HeaderList, host: Address) -> GatewayRequest:
    if isinstance(api, WebSocketApi):  # a handshake is always the same request
        method, path = line.method or "GET", line.path or "/"
    elif line.method is None or line.path is None:
        raise WrongUsageError("give METHOD and PATH, such as GET /pets/7, or an event with --event FILE")
    else:
        method, path = line.method, line.path
    method, path = wire_request.read_method(method), wire_request.read_path(path)
    return wire_request.make(method, guarded_api.stage_prefix(api) + path, headers, host=host)


def _check_type(captured: CapturedEvent, project: Project) -> None:
    """Raise WrongUsageError for an event of another type of API: no API of the project could have sent it."""
    found = next((one for one in FORMATS if one.recognizes(captured.content)), None)
    if found is None or found.name.partition("-")[0] in _FORMATS_OF[project.file.api.type]:
        return
    kind = {"rest": "a REST API", "http": "an HTTP API"}.get(project.file.api.type, "a WebSocket API")
    raise WrongUsageError(
        f"--event: this is {found.title}, and {project.path.name} describes {kind}, whose authorizer answers it"
        " with unknown_event: the client gets 500. Attach the authorizer to an API of its own type, or give the"
        f" project {found.chosen_by}"
    )


def _captured_request(captured: CapturedEvent, api: Api, host: Address) -> GatewayRequest:
    """Return the request that an event tells of."""
    method, target = captured.method, captured.target
    if isinstance(api, WebSocketApi):  # whatever the event is of, here it can only be of a handshake
        method, target = "GET", "/" + "".join(target.partition("?")[1:])
    headers = captured.headers(guarded_api.token_header(api))
    return wire_request.make(method, guarded_api.stage_prefix(api) + target, headers, host=host)


async def _as_captured(api: Api, request: GatewayRequest) -> Api:
    """Return the API that the event was captured from, as far as the event and the project tell.

    Raises WrongUsageError where no API Gateway would ask about such a request.
    """
    sources = guarded_api.identity_sources(api)
    everything = guarded_api.as_captured(api, route="", found=dict.fromkeys(sources, True))
    reply = await TrialGateway(everything, Repeater(None), seconds=0).send(request)
    found = {source: guarded_api.carries(source, request) for source in sources}
    captured = guarded_api.as_captured(api, route=reply.record.route, found=found)
    asked = (await TrialGateway(captured, Repeater(None), seconds=0).send(request)).record
    if asked.authorizer != "invoked":
        raise WrongUsageError(f"--event: API Gateway would not ask about such a request: {asked.reason}")
    return captured
