"""A load generator that is quicker than the servers: requests written before, on connections that stay."""

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple, Self

_PATIENCE = 30  # seconds for one answer
_END = b"\r\n\r\n"


class WrongAnswerError(Exception):
    """An answer that is not what was asked for; the message has it."""


class Load(NamedTuple):
    """What one run took, in seconds."""

    wall: float
    latencies: list[float]
    """Of each request, in the order of the answers."""
    answers: list[bytes]
    """Heads and bodies."""

    def require(self, accept: Callable[[bytes], bool]) -> None:
        """Look at all answers. Raises WrongAnswerError for one that is not accepted."""
        for answer in self.answers:
            if not accept(answer):
                raise WrongAnswerError(answer.decode(errors="replace"))


class Connections:
    """Connections to one server, opened once."""

    def __init__(self, address: tuple[str, int], number: int) -> None:
        """Open them."""
        self._stack = ExitStack()
        self._poll = select.epoll()
        self._stack.callback(self._poll.close)
        self._open: dict[int, socket.socket] = {}
        for _ in range(number):
            connection = self._stack.enter_context(socket.create_connection(address, timeout=_PATIENCE))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[connection.fileno()] = connection
            self._poll.register(connection, select.EPOLLIN)

    def run(self, requests: Sequence[bytes]) -> Load:
        """Send each request once, one after another on each connection. Raises WrongAnswerError if one is lost."""
        waiting = iter(requests)
        received = dict.fromkeys(self._open, b"")
        sent: dict[int, float] = {}
        answers: list[bytes] = []
        latencies: list[float] = []
        started = time.perf_counter()
        for number in self._open:
            self._send_next(number, waiting, sent)
        while sent:
            for number, _ in self._ready():
                received[number] += self._part(number, received[number])
                if is_whole(received[number]):
                    latencies.append(time.perf_counter() - sent.pop(number))
                    answers.append(received[number])
                    received[number] = b""
                    self._send_next(number, waiting, sent)
        return Load(time.perf_counter() - started, latencies, answers)

    def __enter__(self) -> Self:
        """Return the connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        self._stack.close()

    def _send_next(self, number: int, waiting: Iterator[bytes], sent: dict[int, float]) -> None:
        request = next(waiting, None)
        if request is not None:
            sent[number] = time.perf_counter()
            self._open[number].sendall(request)

    def _ready(self) -> list[tuple[int, int]]:
        ready = self._poll.poll(_PATIENCE)
        if not ready:
            raise WrongAnswerError("no answer")
        return ready

    def _part(self, number: int, before: bytes) -> bytes:
        part = self._open[number].recv(65536)
        if not part:
            raise WrongAnswerError(f"the server has closed the connection after {before!r}")
        return part


def is_whole(answer: bytes) -> bool:
    """Say whether nothing is missing of an answer with a length. Raises WrongAnswerError for one without."""
    head, end, body = answer.partition(_END)
    if not end:
        return False
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise WrongAnswerError(head.decode(errors="replace"))
    return len(body) >= int(rest.partition(b"\r\n")[0])
