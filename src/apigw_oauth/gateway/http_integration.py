"""HTTP proxy integrations: the request goes on to another server, and its response comes back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apigw_oauth.gateway.api import HttpProxy
from apigw_oauth.gateway.handed_on import REMOVED_HEADERS
from apigw_oauth.gateway.http_messages import HeaderList, HttpResponse
from apigw_oauth.gateway.limits import LARGEST_BODY
from apigw_oauth.gateway.received import Received
from apigw_oauth.gateway.refusal import RefusedError

if TYPE_CHECKING:
    import httpx2

# What the client sent for this hop only; the rest of it is in REMOVED_HEADERS.
_HOP_BY_HOP = frozenset({"host", "keep-alive", "proxy-authorization", "proxy-connection"})
# The gateway's own, which no `Connection: X-Forwarded-For` of a client takes away.
_OWN = frozenset({"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to another server. `target` is path and query as they go over the wire."""

    verb: str
    target: str
    headers: HeaderList
    body: bytes


async def forward(integration: HttpProxy, outgoing: Outgoing, client: "httpx2.AsyncClient") -> HttpResponse:
    """Return the server's response. Raises RefusedError where there is none.

    Does not follow redirects or decode bodies.
    """
    import httpx2  # most gateways forward to nobody

    request = httpx2.Request(
        outgoing.verb,
        integration.origin,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in outgoing.headers],
        content=outgoing.body,
        # The target as it is: the client library would tidy up dot segments and encodings.
        extensions={"target": outgoing.target.encode("ascii")},
    )
    try:
        response = await client.send(request, stream=True)
        try:
            return await _answer(outgoing.verb, response)
        finally:
            await response.aclose()
    except httpx2.TimeoutException as error:
        raise RefusedError("INTEGRATION_TIMEOUT", reason="the integration timed out") from error
    except httpx2.TransportError as error:
        raise RefusedError(
            # The URL may have a password before its @.
            "INTEGRATION_FAILURE",
            reason=f"no answer from {integration.origin.rpartition('@')[2]} ({type(error).__name__})",
        ) from error


def forwarded_headers(request: Received, api_id: str) -> HeaderList:
    """Return the headers that go on to the server."""
    removed = REMOVED_HEADERS | _HOP_BY_HOP | (_named(request.header("Connection")) - _OWN)
    kept = [(name, value) for name, value in request.headers if name.lower() not in removed]
    if not request.last_header("User-Agent"):
        kept.append(("User-Agent", f"AmazonAPIGateway_{api_id}"))
    return (*kept, ("x-amzn-apigateway-api-id", api_id))


def _named(connection: list[str]) -> frozenset[str]:
    """Return the headers that `Connection` declares to be for this hop only. See RFC 9110 section 7.6.1."""
    return frozenset(name.strip().lower() for value in connection for name in value.split(","))


async def _answer(verb: str, response: "httpx2.Response") -> HttpResponse:
    # Below 200 there is none: h11 takes 101 for a mistake of the server, and waits after the others for the next.
    if response.status_code > 599:
        raise RefusedError(
            "INTEGRATION_FAILURE", reason=f"the integration answered with status {response.status_code}"
        )
    length = response.headers.get("Content-Length", "") if verb == "HEAD" else ""
    return HttpResponse(
        response.status_code,
        _received(response),
        await _body(response),
        head_length=int(length) if length.isascii() and length.isdecimal() else None,
    )


def _received(response: "httpx2.Response") -> HeaderList:
    removed = _named(response.headers.get_list("Connection"))
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    return tuple(pair for pair in headers if pair[0].lower() not in removed)


async def _body(response: "httpx2.Response") -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise RefusedError(
                "INTEGRATION_FAILURE", reason=f"the integration answered more than {LARGEST_BODY} bytes"
            )
    return bytes(body)
