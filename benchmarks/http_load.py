"""A load of requests over kept connections, by a process of its own: `python http_load.py`, one task a line.

It stands alone and uses sockets only: it costs a few microseconds a request itself, so what it waits for is the
server.
"""

import json
import re
import select
import socket
import sys
import time
from contextlib import ExitStack
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_OK = b"HTTP/1.1 200 "


class UnexpectedAnswerError(Exception):
    """The server gave another answer than the one that was asked for."""


class Connection:
    """One connection, which asks again as soon as it is answered."""

    def __init__(self, port: int, request: bytes, expected: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(None)  # with one, each call is two of the system
        self._request, self._expected, self._end = request, expected, b"\r\n\r\n" + expected
        self._received, self._asked = b"", 0.0

    def ask(self) -> None:
        """Send the request."""
        self._received, self._asked = b"", time.perf_counter()
        self.socket.sendall(self._request)

    def read(self) -> float | None:
        """Return how many seconds the answer took, if it is complete. Raises UnexpectedAnswerError."""
        chunk = self.socket.recv(65536)
        if not self._received and chunk.startswith(_OK) and chunk.endswith(self._end):
            return time.perf_counter() - self._asked  # nearly always: the rest takes 4 µs
        self._received += chunk
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if separator:
            length = _LENGTH.search(head)
            if length is not None and len(body) >= int(length[1]):
                if not head.startswith(_OK) or body != self._expected:
                    raise UnexpectedAnswerError(self._received.decode("latin-1"))
                return time.perf_counter() - self._asked
        if not chunk:
            raise UnexpectedAnswerError(f"the connection was closed after {self._received!r}")
        return None


def load(*, port: int, request: str, expected: str, connections: int, seconds: float) -> list[float]:
    """Ask over some connections for some time; return how many seconds each answer took.

    Raises UnexpectedAnswerError.
    """
    durations = []
    with ExitStack() as stack, select.epoll() as poll:
        by_number = {}
        for _ in range(connections):
            one = Connection(port, request.encode("latin-1"), expected.encode())
            stack.enter_context(one.socket)
            by_number[one.socket.fileno()] = one
            poll.register(one.socket, select.EPOLLIN)
            one.ask()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for number, _ in poll.poll(30):
                one = by_number[number]
                duration = one.read()
                if duration is not None:
                    durations.append(duration)
                    one.ask()
    return durations


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """Do what a line asks for."""
    started = time.perf_counter()
    try:
        durations = sorted(load(**task))
    except (UnexpectedAnswerError, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    if not durations:
        return {"error": "there was no answer in time"}
    return {
        "number": len(durations),
        "rate": len(durations) / (time.perf_counter() - started),
        "p50": durations[len(durations) // 2],
        "p99": durations[min(len(durations) - 1, len(durations) * 99 // 100)],
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
