"""Serve a gateway over HTTP/1.1, with TLS or without, and over WebSocket where its API is a WebSocket API."""

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any
from urllib.parse import unquote

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apigw_oauth.gateway import peer_certificate
from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList, HttpResponse
from apigw_oauth.gateway.limits import LARGEST_BODY
from apigw_oauth.gateway.original_headers import EXTENSION, OriginalHeadersProtocol
from apigw_oauth.gateway.served_gateways import ConversingGateway, RequestGateway
from apigw_oauth.gateway.websocket_api.asgi_socket import AsgiSocket

_WITHOUT_BODY = frozenset({204, 205, 304})
_WITHOUT_LENGTH = frozenset({204, 304})
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
# Named, not imported: only a WebSocket API pays for the library.
_WEBSOCKET_PROTOCOL = "apigw_oauth.gateway.websocket_api.websocket_protocol:WebSocketProtocol"


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


def create_app(gateway: RequestGateway | ConversingGateway) -> "GatewayApp":
    """Return the ASGI application of a gateway."""
    return GatewayApp(gateway)


@dataclass(frozen=True, slots=True)
class GatewayApp:
    """The ASGI application of a gateway.

    The control plane's own paths flush the authorizer cache. DELETE
    /restapis/{api id}/stages/{stage}/cache/authorizers does what FlushStageAuthorizersCache does, DELETE
    /v2/apis/{api id}/stages/{stage}/cache/authorizers what ResetAuthorizersCache does. WebSocket APIs have none.
    """

    gateway: RequestGateway | ConversingGateway

    @property
    def speaks_websocket(self) -> bool:
        """Say whether clients may upgrade to WebSocket."""
        return isinstance(self.gateway, ConversingGateway)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, one WebSocket, or the application's own life."""
        if scope["type"] == "lifespan":
            await _lifespan(self.gateway, receive, send)
        elif scope["type"] == "http":
            try:
                body = await _body(receive)
            except ClientGoneError:
                return
            request = _request(scope, scope["method"], body)
            await _write(await self._respond(request), request.method, send)
        elif isinstance(self.gateway, ConversingGateway):
            await self.gateway.converse(_request(scope, "GET", b""), AsgiSocket(scope, receive, send))

    async def _respond(self, request: GatewayRequest) -> HttpResponse:
        if isinstance(self.gateway, ConversingGateway):
            return await self.gateway.handle(request)
        place = f"{self.gateway.api.api_id}/stages/{self.gateway.api.stage}/cache/authorizers"
        # Decoded: SDKs encode the dollar of the stage $default.
        if request.method == "DELETE" and unquote(request.target) in {f"/restapis/{place}", f"/v2/apis/{place}"}:
            self.gateway.flush_authorizer_cache()
            return HttpResponse(202)
        return await self.gateway.handle(request)


async def _lifespan(gateway: RequestGateway | ConversingGateway, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await gateway.aclose()
    await send({"type": "lifespan.shutdown.complete"})


def _request(scope: Scope, method: str, body: bytes | None) -> GatewayRequest:
    """Return the request that a scope describes; `body` is None if it was too large to be kept."""
    extensions = scope.get("extensions", {})
    original = extensions.get(EXTENSION, {})
    query = scope["query_string"]
    target = original.get("target", scope["raw_path"] + (b"?" + query if query else b""))
    client, server = scope.get("client"), scope.get("server")
    return GatewayRequest(
        method=method,
        target=target.decode("latin-1"),
        headers=_decoded(original.get("headers", scope["headers"])),
        body=body or b"",
        source_ip=client[0] if client else "127.0.0.1",
        scheme=_SCHEMES[scope["scheme"]],
        port=server[1] if server and server[1] else 80,
        protocol=f"HTTP/{scope['http_version']}",
        body_too_large=body is None,
        client_certificate=extensions.get(peer_certificate.EXTENSION),
    )


def _decoded(headers: list[tuple[bytes, bytes]]) -> HeaderList:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


async def _body(receive: Receive) -> bytes | None:
    """Return the body, or None if it is too large; then the rest of it is read and thrown away."""
    body = bytearray()
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            body += chunk
        if not message.get("more_body", False):
            return bytes(body) if size <= LARGEST_BODY else None


async def _write(response: HttpResponse, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    body = b"" if response.status in _WITHOUT_BODY else response.body
    if response.status not in _WITHOUT_LENGTH:
        length = len(body) if response.head_length is None else response.head_length
        headers.append((b"Content-Length", str(length).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


class Server(uvicorn.Server):
    """The gateway's server: start it with `run(sockets=[…])`, stop it by setting `should_exit`.

    `grace`: seconds from its connection that a client has for its first request when the server ends.

    It inherits because uvicorn offers no other place to learn that it listens, nor to handle signals differently.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        on_ready: Callable[[], None] | None = None,
        tls: ssl.SSLContext | None = None,
        grace: float = 1.0,
    ) -> None:
        websocket = isinstance(app, GatewayApp) and app.speaks_websocket
        self.ending = Ending(grace)
        protocol: Any = partial(OriginalHeadersProtocol, ending=self.ending)
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol,
                ws=_WEBSOCKET_PROTOCOL if websocket else "none",
                ws_ping_interval=None,  # API Gateway sends no pings, and agrees to no compression (assumption)
                ws_per_message_deflate=False,
                loop="asyncio",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
                ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets=sockets)
        if self._on_ready is not None:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; clients that did not answer the good-bye of TLS by then are not waited for."""
        self.ending.begun = True
        await self._stop_accepting()
        await self.ending.all_are_in()
        await super().shutdown(sockets=sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # for what that has set going

    async def _stop_accepting(self) -> None:
        """Leave who comes from now on in the socket's queue, and let in whom asyncio has just taken out of it.

        `close()` of asyncio's server would drop those.
        """
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for sock in server.sockets:
                loop.remove_reader(sock)
        for _ in range(3):  # a task for each connection, its transport, `connection_made`
            await asyncio.sleep(0)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGTERM and SIGINT, and leave it at that: uvicorn would raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; at the second signal without waiting for anything."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


def run(
    app: ASGIApp,
    sock: socket.socket,
    *,
    on_ready: Callable[[], None] | None = None,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT. Requests under way get one second more.

    The socket stays open: whoever waits in its queue is served by the next run.
    """
    # Answers leave in two writes. asyncio sets this itself, but not for sockets made without a protocol number.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Server(app, on_ready=on_ready, tls=tls).run(sockets=[sock.dup()])
