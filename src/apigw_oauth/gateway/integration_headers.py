"""The headers of an integration's response, on their way to the client."""

from collections.abc import Callable

from apigw_oauth.gateway.http_messages import HeaderList, sendable
from apigw_oauth.gateway.rest_request import RestRequest

# Recorded on AWS for HTTP and AWS integrations; reported for WWW-Authenticate of Lambda proxy integrations. See
# "Amazon API Gateway important notes" in the API Gateway Developer Guide.
REMAPPED = {
    name.lower(): f"x-amzn-Remapped-{name}"
    for name in ("Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Expect", "Host",
                 "Max-Forwards", "Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent",
                 "WWW-Authenticate")
}  # fmt: skip
_DROPPED = frozenset({"transfer-encoding", "keep-alive"})


def to_client(headers: HeaderList, request: RestRequest, *, on_notice: Callable[[str], None]) -> HeaderList:
    """Return an integration's headers as the client gets them, with the identifiers of the request."""
    renamed = [
        (REMAPPED.get(name.lower(), name), value.strip())
        for name, value in headers
        if name.lower() not in _DROPPED
    ]
    if any(name == REMAPPED["www-authenticate"] for name, _ in renamed):
        on_notice("WWW-Authenticate of an integration reaches clients as x-amzn-Remapped-WWW-Authenticate")
    for name, value in renamed:
        if not sendable(name, value):
            on_notice("a response header of the integration is left out: it cannot be written as a header")
    own = (("x-amzn-RequestId", request.ids.request_id), ("x-amz-apigw-id", request.ids.extended_request_id))
    taken = {name.lower() for name, _ in own}
    kept = [pair for pair in renamed if sendable(*pair) and pair[0].lower() not in taken]
    return (*kept, *own)
