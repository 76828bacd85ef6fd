"""HttpClient: one connection to one server, kept open between invocations, with a deadline for each call.

A frozen Lambda environment often wakes up with a dead socket, so a connection is looked at before it is used
again, and a call that finds it closed before the first byte of an answer is made once more on a new one. That
is right for introspection, which changes nothing; do not use this client for calls that do.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import http_message, http_request
from apigw_oauth.authorizer.verifiers.deadline import Deadline, DeadlineSocket, open_socket
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress

MAX_BODY = http_message.MAX_BODY
"""Bytes of an answer."""

_REFUSALS = (
    *("ACCESS_DENIED", "UNKNOWN_CA", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE"),
    *("CERTIFICATE_EXPIRED", "CERTIFICATE_REQUIRED", "CERTIFICATE_REVOKED", "CERTIFICATE_UNKNOWN"),
)
"""Alerts about a certificate of ours. See RFC 8446 §6.2."""


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
        self._connection: DeadlineSocket | None = None
        address = ServerAddress.parse(base_url)
        self._https, self._host, self._port, _ = address
        self._authority = address.origin.partition("//")[2]  # without the port that a scheme has anyway
        self._public_only = public_only
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._tls = tls
        self._trace = trace
        self._monotonic = monotonic
        self._context: ssl.SSLContext | None = None
        self._last: tuple[tuple[str, str, Mapping[str, str]], http_request.Head] = (("", "", {}), (b"", b""))
        """What was asked for last, and how that was written."""

    def __del__(self) -> None:
        self.close()

    def prepare(self) -> None:
        """Open the connection already. Raises OSError."""
        if self._connection is None:
            self._connect(Deadline(self._total_timeout, self._monotonic))

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
        asked = method, path, headers
        last, head = self._last
        if last != asked:  # to write what is the same in each call takes 4 µs
            head = http_request.head(method, path, self._authority, headers)
            self._last = (method, path, dict(headers)), head
        request = http_request.whole(head, body, traceparent=self._trace())
        try:
            return self._answer(request, Deadline(self._total_timeout, self._monotonic))
        except TimeoutError:
            raise VerifierUnavailableError(
                "no answer in time", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT
            ) from None
        except OSError as error:
            reason = Reason.CREDENTIALS_REFUSED if _is_about_our_certificate(error) else None
            raise VerifierUnavailableError(
                f"the connection failed ({type(error).__name__})", reason=reason
            ) from None

    def _answer(self, request: bytes, deadline: Deadline) -> HttpAnswer:
        kept = self._connection
        if kept is not None and kept.is_alive():
            answer = http_message.Answer()
            try:
                return self._exchange(kept, request, answer, deadline)
            except TimeoutError:
                raise
            except OSError:
                if answer.has_begun:
                    raise
        return self._exchange(self._connect(deadline), request, http_message.Answer(), deadline)

    def _exchange(
        self, connection: DeadlineSocket, request: bytes, answer: http_message.Answer, deadline: Deadline
    ) -> HttpAnswer:
        keep = False
        try:
            connection.send(request, deadline)
            while data := connection.receive(deadline):
                if answer.take(data):
                    # After any other status, a server may send what nobody has asked for.
                    keep = answer.keeps_open and answer.status == 200
                    break
            else:
                if not answer.has_begun:
                    raise ConnectionResetError("the server has closed the connection")
                answer.end()
            return _read(answer)
        finally:
            if not keep:
                self.close()

    def _connect(self, deadline: Deadline) -> DeadlineSocket:
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
                # An end of TLS that anybody could have made is an error: what came before may be cut.
                raw = self._context.wrap_socket(
                    raw, server_hostname=self._host.encode("ascii"), suppress_ragged_eofs=False
                )
            self._connection = DeadlineSocket(raw)
        except BaseException:
            raw.close()
            raise
        return self._connection


def _is_about_our_certificate(error: OSError) -> bool:
    """Say whether the server ended the handshake because of who we are."""
    return isinstance(error, ssl.SSLError) and any(f"ALERT_{name}" in (error.reason or "") for name in _REFUSALS)


def _read(answer: http_message.Answer) -> HttpAnswer:
    fields = answer.fields
    content_type = fields.get(b"content-type", b"").decode("latin-1")
    retry_after = _seconds(fields[b"retry-after"]) if b"retry-after" in fields else None
    max_age = _max_age(fields[b"cache-control"]) if b"cache-control" in fields else None
    return new(HttpAnswer, (answer.status, content_type, answer.content, retry_after, max_age))


def _seconds(text: bytes) -> float | None:
    """Read a number of seconds; other forms, such as dates, say nothing to us."""
    return float(text) if text.isdigit() and len(text) <= 9 else None


def _max_age(directives: bytes) -> int | None:
    """Return how long an answer may be kept. See RFC 9111 §5.2.2.1."""
    if b"=" not in directives:
        return None
    for directive in directives.lower().replace(b",", b" ").split():
        name, _, value = directive.partition(b"=")
        if name == b"max-age" and value.isdigit() and len(value) <= 9:
            return int(value)
    return None
