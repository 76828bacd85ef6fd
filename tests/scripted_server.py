"""A server that does what a test tells it, byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Behaviour = Callable[[socket.socket], object]
"""What to do when a request has arrived; returning False closes the connection."""


def answer(body: bytes = b"{}", *, status: str = "200 OK", headers: str = "") -> Behaviour:
    content = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return lambda connection: connection.sendall(content.encode() + body)


def raw(content: bytes, *, keep: bool = False) -> Behaviour:
    def send(connection: socket.socket) -> bool:
        connection.sendall(content)
        return keep

    return send


def hang_up(_connection: socket.socket) -> bool:
    return False


def answer_and_hang_up(body: bytes = b"{}") -> Behaviour:
    def send(connection: socket.socket) -> bool:
        answer(body)(connection)
        return False

    return send


class ScriptedServer:
    """Listens on a free port of loopback; takes one behaviour a request, the last one for all further ones."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behaviours = list(behaviours)
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self.accepted = threading.Event()  # set once there is a connection
        self.idle = threading.Event()  # set while no request is being answered, after at least one was
        self.released = threading.Event()  # for behaviours that hang
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def hang(self, connection: socket.socket) -> bool:
        self.released.wait(30)
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        # A blocked accept is woken by a connection, not by closing the socket.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listening.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while not self.released.is_set():
            connection, _ = self._listening.accept()
            if self.released.is_set():
                connection.close()
                return
            self.connections += 1
            self.accepted.set()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            while request := _read_request(connection):
                self.idle.clear()
                self.requests.append(request)
                behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
                keep = behaviour(connection)
                if keep is False:
                    break
                self.idle.set()
        except OSError:
            pass
        finally:
            connection.close()
            self.idle.set()


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
