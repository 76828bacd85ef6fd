"""HTTP proxy integrations: the request goes on to another server, and its response comes back."""

import httpx2

from apigw_oauth.gateway.api import HttpProxy
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.limits import LARGEST_BODY
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import REMOVED_HEADERS, RestRequest

# What the client sent for this hop only; the rest of it is in REMOVED_HEADERS.
_HOP_BY_HOP = frozenset({"host", "keep-alive", "proxy-authorization", "proxy-connection"})


async def forward(integration: HttpProxy, request: RestRequest, client: httpx2.AsyncClient) -> HttpResponse:
    """Return the server's response. Raises RefusedError where there is none.

    Path parameters go into the URL as the client encoded them. Does not follow redirects or decode bodies.
    """
    try:
        response = await client.send(_outgoing(integration, request), stream=True)
        try:
            return HttpResponse(response.status_code, _received(response), await _body(response))
        finally:
            await response.aclose()
    except httpx2.TimeoutException as error:
        raise RefusedError("INTEGRATION_TIMEOUT", reason="the integration timed out") from error
    except httpx2.TransportError as error:
        raise RefusedError(
            "INTEGRATION_FAILURE",
            reason=f"no answer from {integration.origin} ({type(error).__name__})",
            message="Network error communicating with endpoint",
        ) from error


def _outgoing(integration: HttpProxy, request: RestRequest) -> httpx2.Request:
    target = integration.target_for(request.path_parameters, request.target.query)
    return httpx2.Request(
        request.verb,
        integration.origin,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in _headers(request)],
        content=request.body,
        # The target as it is: the client library would tidy up dot segments and encodings.
        extensions={"target": target.encode("ascii")},
    )


def _headers(request: RestRequest) -> list[tuple[str, str]]:
    kept = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in REMOVED_HEADERS and name.lower() not in _HOP_BY_HOP
    ]
    if not request.last_header("User-Agent"):
        kept.append(("User-Agent", f"AmazonAPIGateway_{request.api.api_id}"))
    return [*kept, ("x-amzn-apigateway-api-id", request.api.api_id)]


def _received(response: httpx2.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)


async def _body(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise RefusedError(
                "INTEGRATION_FAILURE",
                reason=f"the integration answered more than {LARGEST_BODY} bytes",
                status=500,
            )
    return bytes(body)
