"""The HTTP request as it came over the wire, and the response to send."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apigw_oauth.gateway.client_certificate import ClientCertificate

if TYPE_CHECKING:
    from apigw_oauth.gateway.handed_on import HandedOn

HeaderList = tuple[tuple[str, str], ...]
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_VISIBLE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(slots=True)  # whose members are read in a tenth of the time that those of a NamedTuple take
class GatewayRequest:
    """A request exactly as the client wrote it.

    `target` is the request target, undecoded, with its query string. `headers` keep the client's own casing and
    order. `body_too_large` says that the body was longer than API Gateway accepts and was not kept. Only with
    mutual TLS is there a client certificate. `handed_on` is what was made of the same headers before.
    """

    method: str
    target: str
    headers: HeaderList = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    scheme: str = "http"
    port: int = 80
    protocol: str = "HTTP/1.1"
    body_too_large: bool = False
    client_certificate: ClientCertificate | None = None
    handed_on: "HandedOn | None" = None


@dataclass(slots=True)
class HttpResponse:
    """A response to send. `Content-Length`, `Date` and `Connection` are the server's business.

    `head_length`: the length of the body that a response to HEAD leaves out, unless it is that of `body`.
    `checked`: its headers were looked at, and can be sent; to look again is half of what writing them takes.
    """

    status: int
    headers: HeaderList = ()
    body: bytes = b""
    head_length: int | None = None
    checked: bool = False

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its casing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def with_header(headers: HeaderList, name: str, value: str) -> HeaderList:
    """Return the headers with this one in the place of all of the same name."""
    kept = tuple(pair for pair in headers if pair[0].lower() != name.lower())
    return (*kept, (name, value))


def all_sendable(headers: HeaderList) -> bool:
    """Say whether all these headers can be sent: in two looks, not two for each."""
    names, values = [name for name, _ in headers], "".join([value for _, value in headers])
    return not headers or bool(all(names) and _TOKEN.fullmatch("".join(names)) and _VISIBLE.fullmatch(values))


def sendable(name: str, value: str) -> bool:
    """Say whether a header can be sent: its name is a token, its value Latin-1 without control characters."""
    # What nearly all headers are made of is told without a regular expression in half the time.
    token = (name.isascii() and name.replace("-", "").isalnum()) or _TOKEN.fullmatch(name)
    return bool(token and ((value.isascii() and value.isprintable()) or _VISIBLE.fullmatch(value)))
