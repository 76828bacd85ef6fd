"""API Gateway on this machine: the way of a client through a WebSocket API."""

import secrets
import time
from collections.abc import Callable

from apigw_oauth.gateway.exchange import Exchange, RequestRecord
from apigw_oauth.gateway.gateway_responses import built_in
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.integrations import Integrations
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.local_gateway import default_http_client
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from apigw_oauth.gateway.websocket_api.client_socket import (
    BinaryMessage,
    ClientSocket,
    Closed,
    OversizedMessage,
    SocketClosedError,
    TextMessage,
)
from apigw_oauth.gateway.websocket_api.connect_authorization import ConnectAuthorization
from apigw_oauth.gateway.websocket_api.connection import Connection
from apigw_oauth.gateway.websocket_api.connections_api import ConnectionsApi
from apigw_oauth.gateway.websocket_api.conversation import Conversations, error_message
from apigw_oauth.gateway.websocket_api.handshake import Handshakes, admits
from apigw_oauth.gateway.websocket_api.journal import Journal
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest

_SWITCHING_PROTOCOLS = 101
_GOING_AWAY, _UNSUPPORTED_DATA, _ABNORMAL, _TOO_BIG = 1001, 1003, 1006, 1009


class WebSocketGateway:
    """One deployed stage of a WebSocket API. `clock` is in seconds since the epoch, `timer` measures durations.

    `on_request` gets one record for each handshake, message, end of a connection, and request to the management
    API; `on_notice` what a person should know; neither ever gets a credential.
    """

    def __init__(
        self,
        api: WebSocketApi,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        on_request: Callable[[RequestRecord], None] = lambda _: None,
        on_notice: Callable[[str], None] = lambda _: None,
        legacy_access_denied_text: bool = False,
        integration_limit: float = 29.0,
    ) -> None:
        self.api = api
        notices, invocations = Notices(on_notice), Invocations()
        integrations = Integrations(
            invocations=invocations, http_client=default_http_client, notices=notices, limit=integration_limit
        )
        self._journal = Journal(
            api, clock=clock, timer=timer, random_bytes=random_bytes, on_request=on_request, notices=notices
        )
        self._authorization = ConnectAuthorization(
            api.authorizer,
            invocations=invocations,
            clock=clock,
            timer=timer,
            notices=notices,
            legacy_text=legacy_access_denied_text,
        )
        self._handshakes = Handshakes(
            api, authorization=self._authorization, integrations=integrations, notices=notices
        )
        self._conversations = Conversations(
            api, integrations=integrations, notices=notices, random_bytes=random_bytes
        )
        self._connections: dict[str, Connection] = {}
        self._management = ConnectionsApi(self._connections, stage=api.stage)

    async def converse(self, request: GatewayRequest, socket: ClientSocket) -> None:
        """Serve one client, from its handshake to the end of its connection."""
        exchange, started = self._journal.begin(request)
        answer = await self._journal.settled(exchange, self._handshakes.admit(request, exchange))
        if isinstance(answer, HttpResponse) and admits(answer):
            subprotocol = self._handshakes.subprotocol(answer, socket.subprotocols)
            await self._connected(exchange, started, socket, subprotocol)
            return
        # Of an answer of $connect only the status is reported; that the rest is dropped is an assumption.
        if isinstance(answer, RefusedError):
            response = built_in(answer, exchange.request.ids)
        else:
            response = HttpResponse(answer.status)
        await socket.refuse(response)
        self._journal.report(exchange, response.status, started)

    async def _connected(
        self, exchange: Exchange[WebSocketRequest], started: float, socket: ClientSocket, subprotocol: str | None
    ) -> None:
        credentials = self._authorization.credentials(exchange.request)
        connection = Connection(exchange, socket, credentials, last_active_at=exchange.request.time)
        closed = Closed(_ABNORMAL)
        try:
            await socket.accept(subprotocol)
        except SocketClosedError:
            exchange.reason = "the client left during the handshake"
            self._journal.report(exchange, _SWITCHING_PROTOCOLS, started)
        else:
            self._connections[connection.id] = connection
            self._journal.report(exchange, _SWITCHING_PROTOCOLS, started)
            closed = await self._listen(connection)
        exchange, started = self._journal.begin_event(connection, "DISCONNECT")
        outcome = await self._journal.settled(exchange, self._conversations.end(connection, exchange, closed))
        self._journal.report(exchange, outcome, started)

    async def _listen(self, connection: Connection) -> Closed:
        """Return how the connection ended. From then on nobody can send to it, and it is not found any more."""
        try:
            while True:
                match await connection.socket.receive():
                    case Closed() as closed:
                        return closed
                    case TextMessage(text):
                        await self._message(connection, text)
                    case BinaryMessage():
                        await connection.socket.close(_UNSUPPORTED_DATA)
                    case OversizedMessage():
                        await connection.socket.close(_TOO_BIG)
        finally:
            del self._connections[connection.id]

    async def _message(self, connection: Connection, text: str) -> None:
        exchange, started = self._journal.begin_event(connection, "MESSAGE")
        connection.last_active_at = exchange.request.time
        outcome: int | RefusedError = 200  # if it closes meanwhile: what there was to say went nowhere
        try:
            outcome = await self._journal.settled(
                exchange, self._conversations.message(connection, exchange, text)
            )
            if isinstance(outcome, RefusedError):
                await connection.socket.send(error_message(outcome, exchange.request))
        except SocketClosedError:
            exchange.reason += "; the connection was closed meanwhile"
        self._journal.report(exchange, outcome, started)

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        """Return the response to a request that is no handshake: the management API, or a hint to upgrade."""
        exchange, started = self._journal.begin(request)
        answer = await self._journal.settled(exchange, self._management.answer(request, exchange))
        response = built_in(answer, exchange.request.ids) if isinstance(answer, RefusedError) else answer
        self._journal.report(exchange, response.status, started, method=request.method)
        return response

    async def aclose(self) -> None:
        """Begin to close the connections that are left."""
        for connection in list(self._connections.values()):
            await connection.socket.close(_GOING_AWAY)
