"""The end of a server, as its connections know of it."""

import asyncio
from itertools import count, takewhile
from typing import Protocol
from weakref import WeakSet


class Newcomer(Protocol):
    """A connection whose TLS handshake is not over yet, or that has just been accepted."""

    @property
    def patience(self) -> float:
        """Return for how many seconds more it may bring its first request."""
        ...


class Ending:
    """Whether the end has begun, and who is at the door when it does.

    `grace`: seconds that a client has for its first request, from when its connection was accepted. Handshakes are
    held weakly: asyncio tells nobody that one failed.
    """

    def __init__(self, grace: float) -> None:
        self.begun = False
        self.grace = grace
        self._at_the_door: WeakSet[Newcomer] = WeakSet()

    def accepted(self, connection: Newcomer) -> None:
        """Take note of a connection that has been accepted."""
        self._at_the_door.add(connection)

    def connected(self, connection: Newcomer) -> None:
        """Take note that a connection is made; the server itself knows it from now on."""
        self._at_the_door.discard(connection)

    @property
    def somebody_is_at_the_door(self) -> bool:
        """Say whether there are connections whose handshake is under way and still has time."""
        return any(connection.patience for connection in self._at_the_door)

    async def all_are_in(self) -> None:
        """Wait until nobody is at the door, or those who are have lost their time."""
        for _ in takewhile(lambda _: self.somebody_is_at_the_door, count()):
            await asyncio.sleep(0.02)
