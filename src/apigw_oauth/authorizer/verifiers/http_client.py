"""HttpClient: one connection to one server, kept open between invocations, with a deadline for each call.

A frozen Lambda environment often wakes up with a dead socket, so a connection is looked at before it is used
again, and a call that finds it closed before the first byte of an answer is made once more on a new one. That
is right for introspection, which changes nothing; do not use this client for calls that do.
"""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.deadline import Deadline, DeadlineSocket, open_socket
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress

MAX_BODY = 65536
"""Bytes of an answer."""

_REFUSED = re.compile(
    r"ALERT_(?:ACCESS_DENIED|UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE"
    r"|CERTIFICATE_(?:EXPIRED|REQUIRED|REVOKED|UNKNOWN))"
)
_SECONDS = re.compile(r"[0-9]{1,9}")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=([0-9]{1,9})(?:$|[,\s])", re.IGNORECASE)


class HttpAnswer(NamedTuple):
    """What the server said."""

    status: int
    content_type: str
    body: bytes
    retry_after: float | None = None
    """Seconds, where the server names them."""
    max_age: int | None = None
    """Seconds for which the answer may be kept, where the server says so."""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()


class Client(Protocol):
    """What verifiers need of an HTTP client. Both raise VerifierUnavailableError."""

    def get(self, path: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Ask for something and return the answer."""
        ...

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send something and return the answer."""
        ...


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
        public_only: bool = False,
        trace: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Set up for a server; nothing is connected before the first call. Timeouts are in seconds.

        `total_timeout` bounds a call with its reconnect, however slowly the answer drips; only the resolution of
        the server's name is left to the system's own limits. `public_only`: the URL comes from a server, so that
        addresses of the own network are not connected to. `trace` gives the `traceparent` of a call, if it has
        one. Raises SettingsError.
        """
        self._connection: _Connection | None = None
        self._https, self._host, self._port, _ = ServerAddress.parse(base_url)
        self._public_only = public_only
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._tls = tls
        self._trace = trace
        self._monotonic = monotonic
        self._context: ssl.SSLContext | None = None

    def __del__(self) -> None:
        self.close()

    def get(self, path: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Ask for something and return the whole answer. Raises VerifierUnavailableError."""
        return self._call("GET", path, headers, None)

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send something and return the whole answer. Raises VerifierUnavailableError."""
        return self._call("POST", path, headers, body)

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        deadline = Deadline(self._monotonic() + self._total_timeout, self._monotonic)
        try:
            return self._answer(method, path, headers, body, deadline)
        except TimeoutError:
            raise VerifierUnavailableError(
                "no answer in time", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT
            ) from None
        except OSError as error:
            reason = Reason.CREDENTIALS_REFUSED if _is_about_our_certificate(error) else None
            raise VerifierUnavailableError(
                f"the connection failed ({type(error).__name__})", reason=reason
            ) from None
        except (http.client.HTTPException, ValueError) as error:  # a chunk size below zero is a ValueError
            raise VerifierUnavailableError(
                f"the answer is not HTTP ({type(error).__name__})",
                reason=Reason.AUTHORIZATION_SERVER_NONSENSE,
            ) from None

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> HttpAnswer:
        reused = self._connection is not None and self._connection.is_alive()
        if not reused:
            self._connect(deadline)
        try:
            return self._exchange(method, path, headers, body, deadline)
        except TimeoutError:
            raise
        except (OSError, http.client.RemoteDisconnected):
            if not reused or deadline.bytes_received:
                raise
        self._connect(deadline)
        return self._exchange(method, path, headers, body, deadline)

    def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> HttpAnswer:
        connection = self._connection
        if connection is None:
            raise ConnectionError("not connected")
        finished = False
        try:
            connection.sock.deadline = deadline
            traceparent = self._trace()
            traced = {"traceparent": traceparent} if traceparent else {}
            connection.request(method, path, body, {"Accept-Encoding": "identity", **traced, **headers})
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
                return _read(response, content)
        finally:
            if not finished:
                self.close()

    def _connect(self, deadline: Deadline) -> None:
        self.close()
        if self._https and self._context is None:
            self._context = self._tls()
        raw = open_socket(
            self._host,
            self._port,
            connect_timeout=self._connect_timeout,
            deadline=deadline,
            public_only=self._public_only,
        )
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


def _is_about_our_certificate(error: OSError) -> bool:
    """Say whether the server ended the handshake because of who we are. See RFC 8446 §6.2."""
    return isinstance(error, ssl.SSLError) and _REFUSED.search(error.reason or "") is not None


def _read(response: http.client.HTTPResponse, content: bytes) -> HttpAnswer:
    retry_after = response.getheader("Retry-After", "").strip()
    max_age = _MAX_AGE.search(response.getheader("Cache-Control", ""))
    return HttpAnswer(
        response.status,
        response.getheader("Content-Type", ""),
        content,
        float(retry_after) if _SECONDS.fullmatch(retry_after) else None,
        int(max_age[1]) if max_age else None,
    )
