"""A WebSocket client over TLS.

It is one for asyncio underneath: a client with a thread that reads while another one writes uses OpenSSL in a way
that OpenSSL does not allow, and now and then neither gets anywhere.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect


class TlsWebSocket:
    """An open connection, for tests that are no coroutines."""

    def __init__(self, runner: asyncio.Runner, connection: ClientConnection) -> None:
        self._runner = runner
        self._connection = connection

    def send(self, message: str | Iterable[str]) -> None:
        """Send a message; of several parts, each in a frame of its own."""
        self._runner.run(self._connection.send(message))


@contextmanager
def connected(url: str, **options: Any) -> Iterator[TlsWebSocket]:
    """Connect, and close at the end; the options are those of websockets."""
    with asyncio.Runner() as runner:
        connection = runner.run(_open(url, options))
        try:
            yield TlsWebSocket(runner, connection)
        finally:
            runner.run(connection.close())


async def _open(url: str, options: dict[str, Any]) -> ClientConnection:
    return await connect(url, **options)
