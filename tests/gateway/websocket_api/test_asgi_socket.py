"""The socket alone, with ASGI messages by hand."""

from collections.abc import Iterable
from typing import Any

import pytest

from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.websocket_api.asgi_socket import TOO_LARGE, AsgiSocket
from apigw_oauth.gateway.websocket_api.client_socket import (
    BinaryMessage,
    Closed,
    OversizedMessage,
    SocketClosedError,
    TextMessage,
)

pytestmark = pytest.mark.anyio
TEXT = {"type": "websocket.receive", "text": "hello"}
GONE = {"type": "websocket.disconnect", "code": 1000, "reason": ""}


class Server:
    """What stands behind ASGI: it hands over messages, and is gone when it is told so."""

    def __init__(self, incoming: Iterable[dict[str, Any]] = (), *, gone: bool = False) -> None:
        self.incoming = iter(incoming)
        self.sent: list[Any] = []
        self.gone = gone

    async def receive(self) -> dict[str, Any]:
        return next(self.incoming)

    async def send(self, message: Any) -> None:
        if self.gone:
            raise OSError
        self.sent.append(message)

    def socket(self) -> AsgiSocket:
        return AsgiSocket({"subprotocols": ["a"]}, self.receive, self.send)


@pytest.mark.parametrize(
    ("message", "incoming"),
    [
        (TEXT, TextMessage("hello")),
        ({**TEXT, "bytes": None}, TextMessage("hello")),
        ({**TEXT, "text": ""}, TextMessage("")),
        ({"type": "websocket.receive", "bytes": b"x"}, BinaryMessage()),
        ({"type": "websocket.receive", "text": None, "bytes": b""}, BinaryMessage()),
        ({**TEXT, TOO_LARGE: True}, OversizedMessage()),
        ({**TEXT, "text": "é" * 65_536}, TextMessage("é" * 65_536)),
        ({**TEXT, "text": "é" * 65_537}, OversizedMessage()),
        ({"type": "websocket.receive", "bytes": b"x" * 131_073}, OversizedMessage()),
        (GONE, Closed(1000)),
        ({**GONE, "code": 4000, "reason": "bye"}, Closed(4000, "bye")),
        ({**GONE, "code": 1005, "reason": None}, Closed(1005)),
        ({"type": "websocket.disconnect", "code": 1005}, Closed(1006)),
        ({"type": "websocket.disconnect", "code": 1006}, Closed(1006)),
        ({"type": "websocket.disconnect"}, Closed(1006)),
    ],
)
async def test_incoming_messages_are_told_apart(message: dict[str, Any], incoming: object) -> None:
    assert await Server([message]).socket().receive() == incoming


async def test_after_its_own_good_bye_nothing_is_received_but_the_end() -> None:
    server = Server([TEXT, TEXT, GONE])
    socket = server.socket()
    await socket.close(1001, "bye")
    assert server.sent == [{"type": "websocket.close", "code": 1001, "reason": "bye"}]
    assert await socket.receive() == Closed(1000)


async def test_nothing_is_sent_after_a_good_bye() -> None:
    server = Server()
    socket = server.socket()
    await socket.close(1000)
    await socket.close(1001)
    with pytest.raises(SocketClosedError):
        await socket.send("a")
    assert len(server.sent) == 1


async def test_nothing_is_sent_after_the_client_closed() -> None:
    server = Server([GONE])
    socket = server.socket()
    await socket.receive()
    await socket.close(1000)
    with pytest.raises(SocketClosedError):
        await socket.send("a")
    assert server.sent == []


async def test_a_client_that_is_gone_is_noticed_by_those_who_need_to_know() -> None:
    for what in ("accept", "send"):
        socket = Server([{"type": "websocket.connect"}], gone=True).socket()
        with pytest.raises(SocketClosedError):
            await (socket.accept(None) if what == "accept" else socket.send("a"))
    await Server(gone=True).socket().refuse(HttpResponse(401))
    await Server(gone=True).socket().close(1000)


async def test_a_refusal_is_an_ordinary_response() -> None:
    server = Server()
    await server.socket().refuse(HttpResponse(401, (("X-A", "b"),), b"no"))
    start, body = server.sent
    assert start["type"] == "websocket.http.response.start"
    assert start["status"] == 401
    assert start["headers"] == [(b"X-A", b"b"), (b"Content-Length", b"2"), (b"Connection", b"close")]
    assert body == {"type": "websocket.http.response.body", "body": b"no"}
