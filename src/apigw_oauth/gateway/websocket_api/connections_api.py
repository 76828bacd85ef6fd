"""The management API of a stage, `@connections`: send to a client, look at it, end its connection."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.websocket_api.client_socket import SocketClosedError
from apigw_oauth.gateway.websocket_api.connection import Connection
from apigw_oauth.gateway.websocket_api.limits import LARGEST_MESSAGE
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest

_PREFIX = "/@connections/"
_CLOSED_NORMALLY = 1000
# The status is recorded on AWS, the rest an assumption.
_UPGRADE_REQUIRED = HttpResponse(
    426, (("Content-Type", "application/json"), ("Upgrade", "websocket")), b'{"message":"Upgrade Required"}'
)


class ConnectionsApi:
    """Answers PostToConnection, GetConnection and DeleteConnection, unsigned requests included.

    See "Use @connections commands in your backend service" in the API Gateway Developer Guide.
    """

    def __init__(self, connections: Mapping[str, Connection], *, stage: str) -> None:
        self._connections = connections
        self._stage = stage

    async def answer(self, wire: GatewayRequest, exchange: Exchange[WebSocketRequest]) -> HttpResponse:
        """Return the response; other paths of the stage get a hint to upgrade. Raises RefusedError."""
        target = exchange.request.target
        if not target.in_stage:
            reason = f"the path is not below /{self._stage}"
            raise RefusedError("FORBIDDEN", decision="refused", reason=reason)
        # SDKs encode the = at the end of a connection's identifier, some of them the @ as well.
        path = unquote(target.path)
        if not path.startswith(_PREFIX):
            exchange.decision, exchange.reason = "refused", "not a WebSocket handshake"
            return _UPGRADE_REQUIRED
        if wire.method not in {"GET", "POST", "DELETE"}:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN", decision="refused", reason="no such operation")
        exchange.decision, exchange.reason = "public", "the management API takes unsigned requests here"
        connection = self._connections.get(path.removeprefix(_PREFIX))
        return _error(410, "GoneException") if connection is None else await _manage(connection, wire)


async def _manage(connection: Connection, wire: GatewayRequest) -> HttpResponse:
    if wire.method == "GET":
        return _description(connection)
    if wire.method == "POST":
        return await _send(connection, wire.body, too_large=wire.body_too_large)
    await connection.socket.close(_CLOSED_NORMALLY, "Connection Closed Normally")
    return HttpResponse(204)


async def _send(connection: Connection, body: bytes, *, too_large: bool) -> HttpResponse:
    if too_large or len(body) > LARGEST_MESSAGE:
        return _error(413, "PayloadTooLargeException")
    try:
        await connection.socket.send(body.decode())
    except UnicodeDecodeError:
        return _error(400, "BadRequestException")  # API Gateway sends text only; its answer is not verified.
    except SocketClosedError:
        return _error(410, "GoneException")
    return HttpResponse(200)


def _description(connection: Connection) -> HttpResponse:
    request = connection.handshake.request
    described = {
        "connectedAt": _moment(request.connected_at),
        "identity": {"sourceIp": request.source_ip, "userAgent": request.last_header("User-Agent") or ""},
        "lastActiveAt": _moment(connection.last_active_at),
    }
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(described).encode())


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def _error(status: int, error_type: str) -> HttpResponse:
    # Without a body, as reported for GoneException: SDKs read the type from the header.
    return HttpResponse(status, (("x-amzn-ErrorType", error_type),))
