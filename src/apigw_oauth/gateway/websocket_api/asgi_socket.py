"""A client's connection as ASGI carries it."""

from starlette.types import Message, Receive, Scope, Send

from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.websocket_api.client_socket import (
    BinaryMessage,
    Closed,
    Incoming,
    OversizedMessage,
    SocketClosedError,
    TextMessage,
)
from apigw_oauth.gateway.websocket_api.limits import LARGEST_MESSAGE

# Set by this gateway's own protocol for a message that it did not keep.
TOO_LARGE = "apigw_oauth.too_large"
NORMAL, GOING_AWAY, NO_STATUS, ABNORMAL = 1000, 1001, 1005, 1006


class AsgiSocket:
    """Speaks ASGI's `websocket` messages, with the extension `websocket.http.response` for refusals."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._offered = tuple(scope["subprotocols"])
        self._receive = receive
        self._send = send
        self._closing = False

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """Return what the client offers in Sec-WebSocket-Protocol."""
        return self._offered

    async def accept(self, subprotocol: str | None) -> None:
        """Complete the handshake. Raises SocketClosedError."""
        await self._receive()  # websocket.connect
        await self._deliver({"type": "websocket.accept", "subprotocol": subprotocol, "headers": []})

    async def refuse(self, response: HttpResponse) -> None:
        """Answer the handshake with an ordinary response; nobody may be there any more to read it."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        headers += [(b"Content-Length", str(len(response.body)).encode()), (b"Connection", b"close")]
        start = {"type": "websocket.http.response.start", "status": response.status, "headers": headers}
        try:
            await self._deliver(start)
            await self._deliver({"type": "websocket.http.response.body", "body": response.body})
        except SocketClosedError:
            return

    async def receive(self) -> Incoming:
        """Return what comes next."""
        message = await self._receive()
        while self._closing and message["type"] != "websocket.disconnect":
            message = await self._receive()  # It came before the client knew.
        if message["type"] == "websocket.disconnect":
            self._closing = True
            return _closed(message)
        text = message.get("text")
        if (
            message.get(TOO_LARGE)
            or len(text.encode() if text is not None else message["bytes"]) > LARGEST_MESSAGE
        ):
            return OversizedMessage()
        return BinaryMessage() if text is None else TextMessage(text)

    async def send(self, text: str) -> None:
        """Send a message. Raises SocketClosedError."""
        if self._closing:
            raise SocketClosedError
        await self._deliver({"type": "websocket.send", "text": text})

    async def close(self, code: int, reason: str = "") -> None:
        """Begin to close the connection, unless that has begun; `receive` returns Closed when it is done."""
        if self._closing:
            return
        self._closing = True
        try:
            await self._deliver({"type": "websocket.close", "code": code, "reason": reason})
        except SocketClosedError:
            return

    async def _deliver(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as error:
            raise SocketClosedError from error


def _closed(message: Message) -> Closed:
    # A close frame comes with a reason, None included; a connection that breaks without one has none, and uvicorn
    # calls that 1005 as well.
    code = message.get("code", NO_STATUS)
    if code == NO_STATUS and "reason" not in message:
        return Closed(ABNORMAL)
    return Closed(code, message.get("reason") or "")
