"""Serve a gateway over HTTP/1.1, with TLS or without, and over WebSocket where its API is a WebSocket API."""

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.gateway_app import GatewayApp
from apigw_oauth.gateway.lingering import Lingering
from apigw_oauth.gateway.original_headers import OriginalHeadersProtocol
from apigw_oauth.gateway.served_gateways import ConversingGateway, RequestGateway

# Named, not imported: only a WebSocket API pays for the library.
_WEBSOCKET_PROTOCOL = "apigw_oauth.gateway.websocket_api.websocket_protocol:WebSocketProtocol"


def create_app(gateway: RequestGateway | ConversingGateway) -> GatewayApp:
    """Return the ASGI application of a gateway."""
    return GatewayApp(gateway)


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
        respond = app.respond if isinstance(app, GatewayApp) else None
        protocol: Any = partial(
            OriginalHeadersProtocol, ending=self.ending, respond=respond, lingering=Lingering()
        )
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
