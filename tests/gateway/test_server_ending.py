"""What becomes of clients when the server ends, as it does at each restart: they are answered, or know to ask again.

The server runs in the event loop of the test, so that each of its steps is known.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import Server, create_app
from tests.gateway.certificates import client_side, server_side
from tests.gateway.fakes import api, mock_methods

pytestmark = pytest.mark.anyio
REQUEST = b"GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n"


class Running:
    """A server, and the listening socket, which stays open as it does with the command."""

    def __init__(self, **options: Any) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.setblocking(False)
        self.ready = asyncio.Event()
        app = create_app(LocalGateway(api(*mock_methods("GET /a"))))
        self.server = Server(app, on_ready=self.ready.set, **options)
        self.ended = asyncio.create_task(self.server.serve([self.listening.dup()]))

    def connect(self) -> socket.socket:
        """Return a connection that the kernel has made: the server has not seen it yet."""
        connection = socket.create_connection(self.listening.getsockname())
        connection.setblocking(False)
        return connection

    async def connected(self) -> socket.socket:
        """Return a connection that the server has accepted."""
        connection = self.connect()
        await until(lambda: bool(self.server.server_state.connections))
        return connection

    async def begin_to_end(self) -> None:
        """Tell the server to end, and wait until it does."""
        self.server.should_exit = True
        await until(lambda: self.server.ending.begun)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        for _ in iter(condition, True):
            await asyncio.sleep(0)


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Running]:
    one = Running(**options)
    await one.ready.wait()
    try:
        yield one
    finally:
        one.server.should_exit = True
        await one.ended
        one.listening.close()


async def rest_of(connection: socket.socket) -> bytes:
    """Return everything that still comes over a connection, which the server then closes."""
    loop, received = asyncio.get_running_loop(), b""
    with connection:
        async with asyncio.timeout(10):
            while chunk := await loop.sock_recv(connection, 65536):
                received += chunk
    return received


def assert_last_answer(received: bytes) -> None:
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b'"GET /a"'
    connection = [line for line in head.lower().split(b"\r\n") if line.startswith(b"connection:")]
    assert connection == [b"connection: close"]


@pytest.mark.parametrize("sent_before", [0, 1, 20, len(REQUEST) - 1])
async def test_a_connection_without_its_first_request_may_still_bring_it(sent_before: int) -> None:
    async with running() as gateway:
        connection = await gateway.connected()
        connection.send(REQUEST[:sent_before])
        await gateway.begin_to_end()
        connection.send(REQUEST[sent_before:])
        assert_last_answer(await rest_of(connection))


async def test_a_later_request_that_has_begun_to_come_is_answered() -> None:
    async with running() as gateway:
        connection = await gateway.connected()
        loop = asyncio.get_running_loop()
        connection.send(REQUEST + REQUEST[:20])  # in one piece: who has answered the first has the second's begin
        first = await loop.sock_recv(connection, 65536)
        while b"GET /a" not in first:
            first += await loop.sock_recv(connection, 65536)
        assert b"connection: keep-alive" in first.lower()
        await gateway.begin_to_end()
        connection.send(REQUEST[20:])
        assert_last_answer(await rest_of(connection))


async def test_a_connection_between_two_requests_is_closed() -> None:
    async with running() as gateway:
        connection = await gateway.connected()
        connection.send(REQUEST)
        loop = asyncio.get_running_loop()
        first = await loop.sock_recv(connection, 65536)
        while b"GET /a" not in first:
            first += await loop.sock_recv(connection, 65536)
        await gateway.begin_to_end()
        assert await rest_of(connection) == b""


@pytest.mark.parametrize("steps", range(6))
async def test_whoever_is_accepted_in_the_moment_of_the_end_is_answered(steps: int) -> None:
    async with running() as gateway:
        connection = gateway.connect()
        for _ in range(steps):
            await asyncio.sleep(0)
        gateway.server.should_exit = True
        ending = asyncio.create_task(gateway.server.shutdown())
        connection.send(REQUEST)
        await asyncio.sleep(0)  # it has stopped to accept
        try:
            gateway.listening.accept()[0].close()  # not taken: it is the next run's
        except BlockingIOError:
            assert_last_answer(await rest_of(connection))
        await ending
        connection.close()


async def test_a_tls_handshake_that_has_begun_is_brought_to_its_end_and_the_request_answered() -> None:
    async with running(tls=server_side()) as gateway:
        connection = gateway.connect()
        await until(lambda: gateway.server.ending.somebody_is_at_the_door)
        await gateway.begin_to_end()
        reader, writer = await asyncio.open_connection(
            sock=connection, ssl=client_side(), server_hostname="localhost"
        )
        writer.write(REQUEST)
        assert_last_answer(await reader.read())
        writer.close()
        await writer.wait_closed()


async def test_a_connection_that_had_its_time_is_closed() -> None:
    async with running(grace=0) as gateway:
        connection = await gateway.connected()
        await gateway.begin_to_end()
        assert await rest_of(connection) == b""
