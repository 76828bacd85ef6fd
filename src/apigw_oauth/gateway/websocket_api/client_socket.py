"""The client's end of a connection, whatever carries it."""

from dataclasses import dataclass
from typing import Protocol

from apigw_oauth.gateway.http_messages import HttpResponse


class SocketClosedError(Exception):
    """Nothing can be sent any more: one side closed the connection, or it broke."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A message of text. API Gateway knows no others."""

    text: str


@dataclass(frozen=True, slots=True)
class BinaryMessage:
    """A message that is not text."""


@dataclass(frozen=True, slots=True)
class OversizedMessage:
    """A message or frame beyond the limits. It was not kept."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection's end: RFC 6455's code and the reason that came with it."""

    code: int
    reason: str = ""


Incoming = TextMessage | BinaryMessage | OversizedMessage | Closed


class ClientSocket(Protocol):
    """One client. `accept` or `refuse` comes first; nothing comes after `receive` returned Closed."""

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """Return what the client offers in Sec-WebSocket-Protocol."""
        ...

    async def accept(self, subprotocol: str | None) -> None:
        """Complete the handshake. Raises SocketClosedError."""
        ...

    async def refuse(self, response: HttpResponse) -> None:
        """Answer the handshake with an ordinary response; nobody may be there any more to read it."""
        ...

    async def receive(self) -> Incoming:
        """Return what comes next."""
        ...

    async def send(self, text: str) -> None:
        """Send a message. Raises SocketClosedError."""
        ...

    async def close(self, code: int, reason: str = "") -> None:
        """Begin to close the connection, unless that has begun; `receive` returns Closed when it is done."""
        ...
