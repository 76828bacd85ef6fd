"""Uvicorn's HTTP/1.1 protocol, taught to keep header names and certificates, and whoever has just connected."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.lingering import Lingering
from apigw_oauth.gateway.peer_certificate import PeerCertificate
from apigw_oauth.gateway.plain_requests import PlainRequests, Respond

EXTENSION = "apigw_oauth.original_request"
# Room above API Gateway's own limits, so that this gateway can answer as API Gateway does.
LONGEST_HEAD = 128 * 1024
_KEEP_ALIVE = (b"Connection", b"keep-alive")
_CLOSE = (b"Connection", b"close")


class _RememberingConnection(h11.Connection):
    """An h11 connection that remembers the request it parsed last.

    h11 parses no further request on a connection before the response to this one is complete, pipelined or not.
    It inherits because uvicorn reads from the connection itself: between the two there is nowhere to stand.
    """

    last_request: h11.Request | None = None

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.last_request = event
        return event


class OriginalHeadersProtocol(H11Protocol):
    """Puts the client's own header names and target into the ASGI scope, under `extensions`, and its certificate.

    When the server ends, a client that has just connected may still ask: unlike one between two requests it does
    not try again when its connection is closed.

    It inherits because uvicorn takes a class for its `http` setting, and the scope has lower-case names only.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        ending: Ending,
        respond: Respond | None,
        lingering: Lingering,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._plain = None if respond is None else PlainRequests(respond, server_state, ending, self._answered)
        self._untouched = True  # h11 has got nothing yet
        self._idle_since = 0.0
        self._ending = ending
        self._lingering = lingering
        self._accepted = self.loop.time()
        self._last_call: asyncio.TimerHandle | None = None
        ending.accepted(self)
        connection = _RememberingConnection(h11.SERVER, LONGEST_HEAD)
        self.conn = connection
        self._peer = PeerCertificate()
        told = partial(_told, connection=connection, peer=self._peer, ending=ending)
        self.app = told(self.app)
        if self.ws_protocol_class is not None:
            websocket: Any = partial(_websocket, self.ws_protocol_class, told)
            self.ws_protocol_class = websocket

    def connection_made(self, transport: Any) -> None:
        """Begin to serve a connection: the TLS handshake, if there is one, is over."""
        super().connection_made(transport)
        self._peer.connected(transport)
        if self._plain is not None:
            self._plain.connected(
                transport,
                self.flow,
                client=self.client,
                server=self.server,
                scheme=self.scheme,
                certificate=self._peer.found,
            )
        self._ending.connected(self)
        if self._ending.begun:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Take in what came: a plain request at once, anything else by h11."""
        plain = self._plain
        if plain is not None:
            if plain.busy:
                plain.keep(data)
                return
            idle = self._untouched or (self.conn.our_state is h11.IDLE and not self.conn.trailing_data[0])
            if idle and plain.serve(data):
                return
        self._untouched = False
        super().data_received(data)

    def _answered(self, meanwhile: bytes) -> None:
        if meanwhile:
            self.data_received(meanwhile)
        else:
            now = self._idle_since = self.loop.time()
            self._lingering.answered(self.loop, now)
            # One timer for all requests of a connection: to set one for each took 8 µs.
            if self.timeout_keep_alive_task is None:
                self._watch_idleness(self.timeout_keep_alive)

    def _watch_idleness(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if nothing came for long enough."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if self._busy or left > 0:
            self._watch_idleness(max(left, 1.0))
        else:
            super().timeout_keep_alive_handler()

    @property
    def _busy(self) -> bool:
        return self._plain is not None and self._plain.busy

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        if self._last_call is not None:
            self._last_call.cancel()

    @property
    def patience(self) -> float:
        """Return for how many seconds more it may bring its first request."""
        return max(0.0, self._accepted + self._ending.grace - self.loop.time())

    def shutdown(self) -> None:
        """End: at once between two requests, after a moment if there was none yet or one has begun to come in."""
        if self._busy:
            return  # its response says that the connection ends, and ends it
        begun = self.conn.trailing_data[0] != b""
        cycle: RequestResponseCycle | None = self.cycle
        first = cycle is None and not (self._plain is not None and self._plain.served)
        if first or (begun and (cycle is None or cycle.response_complete)):
            if self._last_call is None:
                self._last_call = self.loop.call_later(
                    self._ending.grace if begun else self.patience, self._shut_down
                )
        else:
            self._shut_down()

    def _shut_down(self) -> None:
        if not self.transport.is_closing() and not self._busy:
            super().shutdown()


def _websocket(protocol: Callable[..., Any], told: Callable[[ASGIApp], ASGIApp], **settings: Any) -> Any:
    """Return the protocol that takes over a connection, which gets its handshake with lower-case names as well."""
    websocket = protocol(**settings)
    websocket.app = told(websocket.app)
    return websocket


def _told(app: ASGIApp, *, connection: _RememberingConnection, peer: PeerCertificate, ending: Ending) -> ASGIApp:
    return peer.told_to(_with_original_request(_saying_whether_it_ends(app, ending), connection))


def _with_original_request(app: ASGIApp, connection: _RememberingConnection) -> ASGIApp:
    async def remembering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and connection.last_request is not None:
            request = connection.last_request
            original: dict[object, object] = {"target": request.target, "headers": request.headers.raw_items()}
            scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: original}
        await app(scope, receive, send)

    return remembering


def _saying_whether_it_ends(app: ASGIApp, ending: Ending) -> ASGIApp:
    async def saying(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _CLOSE if ending.begun else _KEEP_ALIVE]
            await send(message)

        await app(scope, receive, answer)

    return saying
