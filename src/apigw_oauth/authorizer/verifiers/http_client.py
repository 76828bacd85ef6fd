"""HttpClient: one connection to one server, kept open between invocations, with a deadline for each call.

A frozen Lambda environment often wakes up with a dead socket, so a connection is looked at before it is used
again, and a call that finds it closed before the first byte of an answer is made once more on a new one. That
is right for introspection, which changes nothing; do not use this client for calls that do.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.deadline import Deadline, DeadlineSocket, open_socket

MAX_BODY = 65536
"""Bytes of an answer."""


class HttpAnswer(NamedTuple):
    """What the server said."""

    status: int
    content_type: str
    body: bytes


class HttpClient:
    """Speaks HTTP/1.1 with one server. Follows no redirects, uses no proxy, keeps no cookies."""

    def __init__(
        self,
        base_url: str,
        *,
        connect_timeout: float = 1.0,
        total_timeout: float = 3.0,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up for a server; nothing is connected before the first call. Timeouts are in seconds.

        `total_timeout` bounds a call with its reconnect, however slowly the answer drips; only the resolution of
        the server's name is left to the system's own limits. Raises SettingsError.
        """
        self._connection: _Connection | None = None
        self._https, self._host, self._port = _split(base_url)
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._tls = tls
        self._monotonic = monotonic
        self._context: ssl.SSLContext | None = None

    def __del__(self) -> None:
        self.close()

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one request and return the whole answer. Raises VerifierUnavailableError."""
        deadline = Deadline(self._monotonic() + self._total_timeout, self._monotonic)
        try:
            return self._post(path, headers, body, deadline)
        except TimeoutError:
            raise VerifierUnavailableError(
                "no answer in time", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT
            ) from None
        except OSError as error:
            raise VerifierUnavailableError(f"the connection failed ({type(error).__name__})") from None
        except (http.client.HTTPException, ValueError) as error:  # a chunk size below zero is a ValueError
            raise VerifierUnavailableError(
                f"the answer is not HTTP ({type(error).__name__})",
                reason=Reason.AUTHORIZATION_SERVER_NONSENSE,
            ) from None

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, path: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> HttpAnswer:
        reused = self._connection is not None and self._connection.is_alive()
        if not reused:
            self._connect(deadline)
        try:
            return self._exchange(path, headers, body, deadline)
        except TimeoutError:
            raise
        except (OSError, http.client.RemoteDisconnected):
            if not reused or deadline.bytes_received:
                raise
        self._connect(deadline)
        return self._exchange(path, headers, body, deadline)

    def _exchange(self, path: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> HttpAnswer:
        connection = self._connection
        if connection is None:
            raise ConnectionError("not connected")
        finished = False
        try:
            connection.sock.deadline = deadline
            connection.request("POST", path, body, {"Accept-Encoding": "identity", **headers})
            with connection.getresponse() as response:
                content = response.read(MAX_BODY + 1)
                if len(content) > MAX_BODY:
                    raise VerifierUnavailableError(
                        f"the answer exceeds {MAX_BODY} bytes", reason=Reason.AUTHORIZATION_SERVER_NONSENSE
                    )
                if response.length:  # http.client says nothing of an answer that ends before its Content-Length
                    raise http.client.IncompleteRead(b"")
                if (
                    response.status < 200
                ):  # http.client skips 100 alone; what follows would be the next call's answer
                    raise http.client.BadStatusLine("")
                # After a 204 or a 304 there may be a body that nobody has read.
                finished = response.status == 200 and response.isclosed() and not response.will_close
                return HttpAnswer(response.status, response.getheader("Content-Type", ""), content)
        finally:
            if not finished:
                self.close()

    def _connect(self, deadline: Deadline) -> None:
        self.close()
        if self._https and self._context is None:
            self._context = self._tls()
        raw = open_socket(self._host, self._port, connect_timeout=self._connect_timeout, deadline=deadline)
        try:
            if self._context is not None:
                raw.settimeout(deadline.remaining())
                raw = self._context.wrap_socket(raw, server_hostname=self._host)
        except BaseException:
            raw.close()
            raise
        self._connection = _Connection(self._host, self._port, raw, deadline, https=self._https)


class _Connection(http.client.HTTPConnection):
    """An HTTP connection over a socket that is open already."""

    sock: DeadlineSocket

    def __init__(self, host: str, port: int, raw: socket.socket, deadline: Deadline, *, https: bool) -> None:
        super().__init__(host, port)
        self.default_port = 443 if https else 80  # the one that the Host header leaves out
        self.auto_open = 0  # a reconnect is the client's business, which knows whether it may
        self.sock = DeadlineSocket(raw, deadline)

    def is_alive(self) -> bool:
        return self.sock.is_alive()


_HOST = re.compile(
    r"(?!.{254})[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?"
)
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")


def _split(base_url: str) -> tuple[bool, str, int]:
    """Return whether it is HTTPS, the host and the port.

    Raises SettingsError, without the value: a secret may have been put in its place.
    """
    try:
        url = urlsplit(base_url)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise SettingsError("is not a URL") from None
    if url.scheme not in {"https", "http"} or url.query or url.fragment or url.username is not None or port == 0:
        raise SettingsError("must be https://HOST, without user, query and fragment")
    if not (_HOST.fullmatch(host) or _is_address(host)) or not _PATH.fullmatch(url.path):
        raise SettingsError("has a host or a path that cannot be")
    if url.scheme == "http" and not is_loopback(host):
        raise SettingsError("http:// is for loopback addresses only (127.0.0.1, [::1]); use https://")
    return url.scheme == "https", host, port or (443 if url.scheme == "https" else 80)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_plain_http(value: object) -> bool:
    """Say whether a value of the settings is a URL that goes over the wire unprotected."""
    return isinstance(value, str) and value.startswith("http://")


def is_loopback(host: str) -> bool:
    """Say whether the host is a loopback address, written as an address: a name can be made to point anywhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
