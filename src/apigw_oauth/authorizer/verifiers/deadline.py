"""A deadline for a whole exchange over a socket: connecting, sending, and every single read."""

import select
import socket
import ssl
from collections.abc import Callable

_PIECE = 65536
"""Octets that are read at once. No TLS record has more, so that none of it stays behind where `poll` is blind."""


class Deadline:
    """The moment at which a call must be over."""

    __slots__ = ("_at", "_monotonic")

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        """Begin now; `monotonic` is in seconds."""
        self._at = monotonic() + seconds
        self._monotonic = monotonic

    def remaining(self) -> float:
        """Return the seconds that are left, more than zero. Raises TimeoutError."""
        left = self._at - self._monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class DeadlineSocket:
    """A connected socket on which each wait is bound by the deadline of a call.

    It never blocks by itself, but waits with `poll`: a warm call takes five system calls, where timeouts of the
    socket took twelve.
    """

    __slots__ = ("_arrivals", "_raw")

    def __init__(self, raw: socket.socket) -> None:
        """Take over a socket; it is closed with this one."""
        raw.settimeout(0)
        self._raw = raw
        self._arrivals = select.poll()
        self._arrivals.register(raw, select.POLLIN)

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it. Raises TimeoutError, OSError."""
        while data:
            try:
                data = data[self._raw.send(data) :]
            except ssl.SSLWantReadError:
                _wait(self._arrivals, deadline)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait_for_room(deadline)

    def receive(self, deadline: Deadline) -> bytes:
        """Return what arrives next; nothing: the other side has ended the connection in order.

        Raises TimeoutError, and OSError, over TLS also for an end that could be anybody's.
        """
        while True:
            _wait(self._arrivals, deadline)
            try:
                return self._raw.recv(_PIECE)
            except (BlockingIOError, ssl.SSLWantReadError):  # half a record, or nothing but messages of TLS
                continue
            except ssl.SSLWantWriteError:
                self._wait_for_room(deadline)

    def is_alive(self) -> bool:
        """Say whether the server has neither closed the connection nor sent what nobody asked for."""
        if not self._arrivals.poll(0):
            return True
        try:
            self._raw.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):  # messages of TLS, such as tickets
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Close the socket."""
        self._raw.close()

    def _wait_for_room(self, deadline: Deadline) -> None:
        room = select.poll()
        room.register(self._raw, select.POLLOUT)
        _wait(room, deadline)


def _wait(events: select.poll, deadline: Deadline) -> None:
    if not events.poll(deadline.remaining() * 1000):
        raise TimeoutError("the deadline has passed")


def open_socket(
    host: str, port: int, *, connect_timeout: float, deadline: Deadline, public_only: bool = False
) -> socket.socket:
    """Connect to the first address of the host that answers; `connect_timeout` seconds for each of them.

    `public_only` leaves out addresses of the own network or machine. Raises OSError.
    """
    failure: OSError = OSError("the name has no address")
    # As octets: a text would be encoded by IDNA, whose import takes 5 million instructions of a start's 200.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in found:
        if public_only and not _is_public(str(address[0])):
            failure = PermissionError("the address is not a public one")
            continue
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(min(connect_timeout, deadline.remaining()))
            raw.connect(address)
            # The last segment of a long request must not wait for an acknowledgement of those before it.
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


def _is_public(address: str) -> bool:
    import ipaddress  # 2 ms, which those whose servers stand in the settings do without

    return ipaddress.ip_address(address.partition("%")[0]).is_global
