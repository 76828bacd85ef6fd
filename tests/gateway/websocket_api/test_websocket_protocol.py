"""The good-bye of a server that ends, to connections in every state."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request

from apigw_oauth.gateway.websocket_api.websocket_protocol import WebSocketProtocol


class FakeTransport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """Stand in for the application, which is not reached."""


@pytest.fixture
def protocol() -> Iterator[Any]:
    """A connection that is open, on a transport that keeps what is written."""
    loop = asyncio.new_event_loop()
    config = uvicorn.Config(nothing, log_config=None)
    config.load()
    made: Any = WebSocketProtocol(config, ServerState(), {}, loop)
    made.transport, made.handshake_complete = FakeTransport(), True
    made.client_side = WSConnection(ConnectionType.CLIENT)
    made.conn.receive_data(made.client_side.send(Request(host="h", target="/")))
    list(made.conn.events())
    made.client_side.receive_data(made.conn.send(AcceptConnection()))
    list(made.client_side.events())
    yield made
    loop.close()


def test_an_open_connection_is_told_that_the_server_goes_away(protocol):
    protocol.shutdown()
    (said,) = protocol.transport.written
    protocol.client_side.receive_data(said)
    assert [event.code for event in protocol.client_side.events()] == [1001]
    assert protocol.transport.closed


def test_a_connection_that_its_client_has_ended_is_told_nothing_more(protocol):
    protocol.conn.receive_data(protocol.client_side.send(CloseConnection(code=1000)))
    (event,) = protocol.conn.events()
    protocol.conn.send(event.response())
    protocol.shutdown()
    assert (protocol.transport.written, protocol.transport.closed) == ([], True)


def test_a_connection_that_the_server_has_ended_is_told_nothing_more(protocol):
    protocol.conn.send(CloseConnection(code=1008))
    protocol.shutdown()
    assert (protocol.transport.written, protocol.transport.closed) == ([], True)
