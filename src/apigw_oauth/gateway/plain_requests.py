"""The plain requests of one connection: answered without h11 and ASGI."""

import asyncio
from collections.abc import Awaitable, Callable

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from apigw_oauth.gateway import first_step, plain_http
from apigw_oauth.gateway.client_certificate import ClientCertificate
from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.handed_on import HandedOn
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.plain_http import Head, PlainRequest

Respond = Callable[[GatewayRequest], Awaitable[HttpResponse]]
_MANY_BYTES = 64 * 1024
_FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class PlainRequests:
    """Serves one request at a time. `served`: there was one; `busy`: its response is not sent yet.

    `on_answered` is called with what has come in meanwhile. What the last request was made into is kept: most
    clients send the same headers again, and many the same request.
    """

    def __init__(
        self, respond: Respond, server_state: ServerState, ending: Ending, on_answered: Callable[[bytes], None]
    ) -> None:
        self.served = False
        self.busy = False
        self._last: GatewayRequest | None = None
        self._last_data = b""
        self._head: Head | None = None
        self._respond = respond
        self._server_state = server_state
        self._ending = ending
        self._on_answered = on_answered
        self._meanwhile = b""
        self._dated: list[tuple[bytes, bytes]] | None = None
        self._date_line = ""

    def connected(
        self,
        transport: asyncio.Transport,
        flow: FlowControl,
        *,
        client: tuple[str, int] | None,
        server: tuple[str, int | None] | None,
        scheme: str | None,
        certificate: ClientCertificate | None,
    ) -> None:
        """Begin: what is said here holds for all requests on the connection."""
        self._transport, self._flow = transport, flow
        self._source_ip = client[0] if client else "127.0.0.1"
        self._scheme = scheme or "http"
        self._port = server[1] if server and server[1] else 80
        self._certificate = certificate

    def serve(self, data: bytes) -> bool:
        """Begin to serve the request that these bytes begin with; False if it is not plain."""
        request, rest = self._last, b""
        if request is None or data != self._last_data:
            plain = plain_http.read(data, self._head)
            if plain is None:
                return False
            request, rest = self._request(plain), plain.rest
            kept = not rest and len(data) <= _MANY_BYTES
            self._last, self._last_data = (request, data) if kept else (None, b"")
        self.served = self.busy = True
        self._meanwhile = rest
        answering = self._answer(request)
        # Of several at once the others wait for a turn of the loop, as other clients do.
        task = asyncio.create_task(answering) if rest else first_step.begin(answering)
        if task is not None:
            self._server_state.tasks.add(task)
            task.add_done_callback(self._server_state.tasks.discard)
        return True

    def _request(self, plain: PlainRequest) -> GatewayRequest:
        if plain.head is not self._head:
            self._head = plain.head
            self._handed_on = HandedOn(
                plain.head.headers, source_ip=self._source_ip, scheme=self._scheme, port=self._port
            )
        return GatewayRequest(
            plain.method,
            plain.target,
            plain.head.headers,
            plain.body,
            self._source_ip,
            self._scheme,
            self._port,
            client_certificate=self._certificate,
            handed_on=self._handed_on,
        )

    def keep(self, data: bytes) -> None:
        """Keep what came before the response was sent, and let no more in than there is room for."""
        self._meanwhile += data
        if len(self._meanwhile) > _MANY_BYTES:
            self._flow.pause_reading()

    async def _answer(self, request: GatewayRequest) -> None:
        try:
            response = await self._respond(request)
            ends = self._ending.begun
            answer = plain_http.written(response, request.method, self._date(), ends=ends)
        except BaseException:  # noqa: BLE001 as uvicorn does: cancelled at the end of the server, too
            answer, ends = _FAILED, True
        if self._flow.write_paused:
            await self._flow.drain()
        self.busy = False
        if self._transport.is_closing():
            return  # the client has gone
        self._transport.write(answer)
        if ends:
            self._transport.close()
        else:
            meanwhile, self._meanwhile = self._meanwhile, b""
            self._flow.resume_reading()
            self._on_answered(meanwhile)

    def _date(self) -> str:
        """Return the line that uvicorn makes once a second, in a list of its own."""
        headers = self._server_state.default_headers
        if headers is not self._dated:
            self._dated = headers
            self._date_line = "".join([f"{name.decode()}: {value.decode()}\r\n" for name, value in headers])
        return self._date_line
