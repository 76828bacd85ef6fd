"""HTTP/1.1 as octets: the request that is sent. See RFC 9112."""

from collections.abc import Mapping

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason

Head = tuple[bytes, bytes]
"""What a request says before its `traceparent`, which is another each time, and after it."""


def head(method: str, target: str, host: str, headers: Mapping[str, str]) -> Head:
    """Return what a request begins with. Raises VerifierUnavailableError for what no request can hold."""
    begin = [f"{method} {target or '/'} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    fields = [f"{name}: {value}" for name, value in headers.items()]
    names = "".join(headers).replace("-", "") or "none"
    if not names.isalnum() or " " in target or "" in headers:
        raise _not_writable()
    return _written(begin), _written(fields)


def whole(begin: Head, content: bytes | None, *, traceparent: str | None = None) -> bytes:
    """Return a request as one piece, made of its beginning. Raises VerifierUnavailableError."""
    before, after = begin
    if traceparent:
        before += _written([f"traceparent: {traceparent}"])
    if content is None:
        return before + after + b"\r\n"
    return b"%b%bContent-Length: %d\r\n\r\n%b" % (before, after, len(content), content)


def _written(lines: list[str]) -> bytes:
    text = "".join(lines)  # a line break, or half of one, is not printable: nothing can add a field, or a request
    if not (text.isascii() and text.isprintable()):
        raise _not_writable()
    return "".join([f"{line}\r\n" for line in lines]).encode("ascii")


def _not_writable() -> VerifierUnavailableError:
    return VerifierUnavailableError("the request cannot be written as HTTP", reason=Reason.INTERNAL_ERROR)
