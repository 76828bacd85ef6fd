"""The gateway without a server, for what real sockets do not show reliably."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from apigw_oauth.gateway.api import Mock
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.websocket_api.api import WebSocketRoute
from apigw_oauth.gateway.websocket_api.client_socket import Closed, Incoming, SocketClosedError, TextMessage
from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway
from tests.gateway.fakes import FakeFunction
from tests.gateway.websocket_api.websocket_apis import TOKEN, guarded, ok, route, websocket_api

pytestmark = pytest.mark.anyio
HANDSHAKE = GatewayRequest("GET", "/dev", (("Host", "h"), TOKEN))


class FakeSocket:
    """A client that says what it was told to say, and to which nothing can be sent once it is gone."""

    subprotocols = ()

    def __init__(self, incoming: Iterable[Incoming] = (), *, gone: bool = False) -> None:
        self.incoming = list(incoming)
        self.gone = gone
        self.refusals: list[HttpResponse] = []
        self.sent: list[str] = []
        self.ended: asyncio.Queue[int] = asyncio.Queue()
        self.listening = asyncio.Event()

    async def accept(self, subprotocol: str | None) -> None:
        assert subprotocol is None

    async def refuse(self, response: HttpResponse) -> None:
        self.refusals.append(response)

    async def receive(self) -> Incoming:
        self.listening.set()
        return self.incoming.pop(0) if self.incoming else Closed(await self.ended.get())

    async def send(self, text: str) -> None:
        if self.gone:
            raise SocketClosedError
        self.sent.append(text)

    async def close(self, code: int, reason: str = "") -> None:
        del reason
        self.ended.put_nowait(code)


async def test_closing_the_gateway_closes_its_connections_with_1001() -> None:
    ended = FakeFunction(ok)
    gateway = WebSocketGateway(websocket_api(route("$disconnect", ended)))
    sockets = [FakeSocket(), FakeSocket()]
    async with asyncio.TaskGroup() as clients:
        for socket in sockets:
            clients.create_task(gateway.converse(HANDSHAKE, socket))
            await socket.listening.wait()
        await gateway.aclose()
    assert [event["requestContext"]["disconnectStatusCode"] for event in ended.events] == [1001, 1001]
    await gateway.aclose()


@pytest.mark.parametrize("reply", [route("$default", lambda _: None), WebSocketRoute("$default", Mock("pong"))])
async def test_a_reply_to_a_client_that_closed_meanwhile_goes_nowhere(reply: WebSocketRoute) -> None:
    records: list[RequestRecord] = []
    gateway = WebSocketGateway(websocket_api(reply), on_request=records.append)
    await gateway.converse(HANDSHAKE, FakeSocket([TextMessage("ping"), Closed(1000)], gone=True))
    assert [record.method for record in records] == ["CONNECT", "MESSAGE", "DISCONNECT"]
    assert records[1].reason.endswith("the connection was closed meanwhile")


async def test_what_cannot_be_sent_any_more_is_410() -> None:
    connect = FakeFunction(ok)
    gateway = WebSocketGateway(websocket_api(route("$connect", connect)))
    socket = FakeSocket(gone=True)
    async with asyncio.TaskGroup() as clients:
        clients.create_task(gateway.converse(HANDSHAKE, socket))
        await socket.listening.wait()
        connection_id = connect.events[0]["requestContext"]["connectionId"]
        answer = await gateway.handle(GatewayRequest("POST", f"/dev/@connections/{connection_id}", body=b"a"))
        socket.ended.put_nowait(1000)
    assert (answer.status, answer.header("x-amzn-ErrorType")) == (410, "GoneException")


async def test_a_mistake_in_the_gateway_lets_nobody_in_and_tells_no_values() -> None:
    def mistake(event: dict[str, Any]) -> object:
        raise AssertionError(event["headers"])  # Real functions raise FunctionError only.

    told: list[str] = []
    records: list[RequestRecord] = []
    gateway = WebSocketGateway(guarded(FakeFunction(mistake)), on_notice=told.append, on_request=records.append)
    socket = FakeSocket()
    await gateway.converse(HANDSHAKE, socket)
    assert [(one.status, one.body) for one in socket.refusals] == [(500, b'{"message": "Internal server error"}')]
    assert (records[0].status, records[0].decision) == (500, "error")
    assert records[0].reason == "the local gateway itself failed: AssertionError"
    assert told
    assert "s3cr3t" not in f"{told}{records}"


async def test_a_mistake_at_a_message_ends_this_message_only() -> None:
    def mistake(event: dict[str, Any]) -> object:
        raise AssertionError(event["body"])

    gateway = WebSocketGateway(websocket_api(route("$default", mistake)))
    socket = FakeSocket([TextMessage("a"), TextMessage("b"), Closed(1000)])
    await gateway.converse(HANDSHAKE, socket)
    assert len(socket.sent) == 2
    assert all(text.startswith('{"message": "Internal server error", "connectionId":"') for text in socket.sent)
