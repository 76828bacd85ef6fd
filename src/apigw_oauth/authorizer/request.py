"""Request: what the authorizer knows about the request that it is asked about."""

from collections.abc import Mapping
from typing import NamedTuple

from apigw_oauth.authorizer.method_arn import MethodArn


class Request(NamedTuple):
    """One request to the API, whatever the event said it in."""

    method: str
    """The HTTP method, in upper case; `$connect` for the handshake of a WebSocket API."""
    path: str
    """The path, as the event has it: of REST APIs as it came and without the stage; of HTTP APIs decoded, and with
    the stage, unless that is `$default`; of a handshake empty.
    """
    route_key: str | None
    """The route that API Gateway has chosen, `GET /pets/{id}`; None where the event does not say.

    The method is that of the request, or `ANY` where API Gateway says that.
    """
    headers: Mapping[str, tuple[str, ...]]
    """Every value of every header, by lower-case name."""
    method_arn: MethodArn
    client_certificate: str | None = None
    """The certificate of the client's TLS connection, PEM; None without mutual TLS. See RFC 8705 §3."""
    external_path: str | None = None
    """The path below the public address of the API and its stage; None where the event does not say."""
    path_is_decoded: bool = False
    """Whether `external_path` came percent-decoded, as HTTP APIs deliver it."""

    def __repr__(self) -> str:
        """Name the request without its headers, which hold the token."""
        return f"Request({self.method} {self.path!r})"
