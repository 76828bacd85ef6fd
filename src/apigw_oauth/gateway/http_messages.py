"""The HTTP request as it came over the wire, and the response to send."""

from dataclasses import dataclass

from apigw_oauth.gateway.client_certificate import ClientCertificate

HeaderList = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """A request exactly as the client wrote it.

    `target` is the request target, undecoded, with its query string. `headers` keep the client's own casing and
    order. `body_too_large` says that the body was longer than API Gateway accepts and was not kept. Only with
    mutual TLS is there a client certificate.
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


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response to send. `Content-Length`, `Date` and `Connection` are the server's business.

    `head_length`: the length of the body that a response to HEAD leaves out, unless it is that of `body`.
    """

    status: int
    headers: HeaderList = ()
    body: bytes = b""
    head_length: int | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its casing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def header_values(headers: HeaderList, name: str) -> list[str]:
    """Return all values of a header, whatever its casing."""
    wanted = name.lower()
    return [value for key, value in headers if key.lower() == wanted]


def with_header(headers: HeaderList, name: str, value: str) -> HeaderList:
    """Return the headers with this one in the place of all of the same name."""
    kept = tuple(pair for pair in headers if pair[0].lower() != name.lower())
    return (*kept, (name, value))


def sendable(name: str, value: str) -> bool:
    """Say whether a header can be sent: its name is a token, its value Latin-1 without control characters."""
    token = bool(name) and name.isascii() and all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name)
    visible = all(c == "\t" or ("\x20" <= c <= "\xff" and c != "\x7f") for c in value)
    return token and visible
