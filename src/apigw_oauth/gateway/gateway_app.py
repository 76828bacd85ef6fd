"""A gateway as an ASGI application, for what does not come as a plain request."""

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from starlette.types import Message, Receive, Scope, Send

from apigw_oauth.gateway import peer_certificate
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList, HttpResponse
from apigw_oauth.gateway.limits import LARGEST_BODY
from apigw_oauth.gateway.original_headers import EXTENSION
from apigw_oauth.gateway.plain_http import WITHOUT_BODY, WITHOUT_LENGTH
from apigw_oauth.gateway.plain_requests import Respond
from apigw_oauth.gateway.served_gateways import ConversingGateway, RequestGateway
from apigw_oauth.gateway.websocket_api.asgi_socket import AsgiSocket

_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


@dataclass(frozen=True, slots=True)
class GatewayApp:
    """The ASGI application of a gateway.

    The control plane's own paths flush the authorizer cache. DELETE
    /restapis/{api id}/stages/{stage}/cache/authorizers does what FlushStageAuthorizersCache does, DELETE
    /v2/apis/{api id}/stages/{stage}/cache/authorizers what ResetAuthorizersCache does. WebSocket APIs have none.
    """

    gateway: RequestGateway | ConversingGateway

    @property
    def speaks_websocket(self) -> bool:
        """Say whether clients may upgrade to WebSocket."""
        return isinstance(self.gateway, ConversingGateway)

    @property
    def respond(self) -> Respond:
        """Return what answers requests that are no handshakes."""
        gateway = self.gateway
        return gateway.handle if isinstance(gateway, ConversingGateway) else partial(_respond, gateway)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, one WebSocket, or the application's own life."""
        if scope["type"] == "lifespan":
            await _lifespan(self.gateway, receive, send)
        elif scope["type"] == "http":
            try:
                body = await _body(receive)
            except ClientGoneError:
                return
            request = _request(scope, scope["method"], body)
            await _write(await self.respond(request), request.method, send)
        elif isinstance(self.gateway, ConversingGateway):
            await self.gateway.converse(_request(scope, "GET", b""), AsgiSocket(scope, receive, send))


def _respond(gateway: RequestGateway, request: GatewayRequest) -> Awaitable[HttpResponse]:
    return _control(gateway, request) if request.method == "DELETE" else gateway.handle(request)


async def _control(gateway: RequestGateway, request: GatewayRequest) -> HttpResponse:
    place = f"{gateway.api.api_id}/stages/{gateway.api.stage}/cache/authorizers"
    # Decoded: SDKs encode the dollar of the stage $default.
    if unquote(request.target) not in {f"/restapis/{place}", f"/v2/apis/{place}"}:
        return await gateway.handle(request)
    gateway.flush_authorizer_cache()
    return HttpResponse(202)


async def _lifespan(gateway: RequestGateway | ConversingGateway, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await gateway.aclose()
    await send({"type": "lifespan.shutdown.complete"})


def _request(scope: Scope, method: str, body: bytes | None) -> GatewayRequest:
    """Return the request that a scope describes; `body` is None if it was too large to be kept."""
    extensions = scope.get("extensions", {})
    original = extensions.get(EXTENSION, {})
    query = scope["query_string"]
    target = original.get("target", scope["raw_path"] + (b"?" + query if query else b""))
    client, server = scope.get("client"), scope.get("server")
    return GatewayRequest(
        method=method,
        target=target.decode("latin-1"),
        headers=_decoded(original.get("headers", scope["headers"])),
        body=body or b"",
        source_ip=client[0] if client else "127.0.0.1",
        scheme=_SCHEMES[scope["scheme"]],
        port=server[1] if server and server[1] else 80,
        protocol=f"HTTP/{scope['http_version']}",
        body_too_large=body is None,
        client_certificate=extensions.get(peer_certificate.EXTENSION),
    )


def _decoded(headers: list[tuple[bytes, bytes]]) -> HeaderList:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


async def _body(receive: Receive) -> bytes | None:
    """Return the body, or None if it is too large; then the rest of it is read and thrown away."""
    body = bytearray()
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            body += chunk
        if not message.get("more_body", False):
            return bytes(body) if size <= LARGEST_BODY else None


async def _write(response: HttpResponse, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    body = b"" if response.status in WITHOUT_BODY else response.body
    if response.status not in WITHOUT_LENGTH:
        length = len(body) if response.head_length is None else response.head_length
        headers.append((b"Content-Length", str(length).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
