"""The headers of an integration's response, on their way to the client."""

from collections.abc import Callable, Mapping

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
# What becomes of a name; nothing of these, of which the last two are the gateway's own.
_BECOMES: Mapping[str, str | None] = {
    **REMAPPED,
    **dict.fromkeys(("transfer-encoding", "keep-alive", "x-amzn-requestid", "x-amz-apigw-id")),
}


def to_client(headers: HeaderList, request: RestRequest, *, on_notice: Callable[[str], None]) -> HeaderList:
    """Return an integration's headers as the client gets them, with the identifiers of the request.

    All of them can be sent.
    """
    kept = []
    for original, padded in headers:
        name, value = _BECOMES.get(original.lower(), original), padded.strip()
        if name is not original:
            if name is None:
                continue
            if name == REMAPPED["www-authenticate"]:
                on_notice(f"WWW-Authenticate of an integration reaches clients as {name}")
        if sendable(name, value):
            kept.append((name, value))
        else:
            on_notice("a response header of the integration is left out: it cannot be written as a header")
    ids = request.ids
    return (*kept, ("x-amzn-RequestId", ids.request_id), ("x-amz-apigw-id", ids.extended_request_id))
