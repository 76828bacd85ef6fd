"""A deadline for a whole exchange over a socket: connecting, sending, and every single read."""

import io
import ipaddress
import socket
import ssl
from collections.abc import Callable
from typing import Any


class Deadline:
    """The moment at which a call must be over, and how much of an answer came before it."""

    def __init__(self, at: float, monotonic: Callable[[], float]) -> None:
        self._at = at
        self._monotonic = monotonic
        self.bytes_received = 0

    def remaining(self) -> float:
        """Return the seconds that are left, more than zero. Raises TimeoutError."""
        left = self._at - self._monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class DeadlineSocket:
    """A socket for http.client, in which each read and each write is bound by the deadline of the whole call."""

    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send all of it, or raise TimeoutError."""
        self._raw.settimeout(self.deadline.remaining())
        self._raw.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a reader of the answer."""
        return io.BufferedReader(_Reader(self._raw, self.deadline))

    def close(self) -> None:
        """Close the socket; a reader that is still open goes on until it is closed too."""
        self._raw.close()

    def is_alive(self) -> bool:
        """Say whether the server has neither closed the connection nor sent what nobody asked for."""
        try:
            self._raw.settimeout(0)
            self._raw.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            pass
        return False


class _Reader(io.RawIOBase):
    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._raw = raw
        self._file = raw.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._raw.settimeout(self._deadline.remaining())
        count = self._file.readinto(buffer)
        self._deadline.bytes_received += count or 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_socket(
    host: str, port: int, *, connect_timeout: float, deadline: Deadline, public_only: bool = False
) -> socket.socket:
    """Connect to the first address of the host that answers; `connect_timeout` seconds for each of them.

    `public_only` leaves out addresses of the own network or machine. Raises OSError.
    """
    failure: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if public_only and not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            failure = PermissionError("the address is not a public one")
            continue
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(min(connect_timeout, deadline.remaining()))
            raw.connect(address)
            # Headers and body leave in two writes; the second must not wait for an acknowledgement.
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raw.close()
            failure = error
        except BaseException:
            raw.close()
            raise
        else:
            return raw
    raise failure
