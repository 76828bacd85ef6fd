"""Puts the client's certificate into the ASGI scope: uvicorn keeps it to itself."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from apigw_oauth.gateway.client_certificate import ClientCertificate

EXTENSION = "apigw_oauth.client_certificate"


class PeerCertificate:
    """The certificate of one connection: it is read once and holds for all requests on it, or its WebSocket."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: ClientCertificate | None = None

    def connected(self, transport: asyncio.BaseTransport) -> None:
        """Read it when the handshake is over."""
        connection = transport.get_extra_info("ssl_object")
        if connection is not None:
            self.found = ClientCertificate.of_connection(connection)

    def told_to(self, app: ASGIApp) -> ASGIApp:
        """Return the application with the certificate in its scope, under `extensions`, where there is one."""

        async def knowing(scope: Scope, receive: Receive, send: Send) -> None:
            if self.found is not None:
                scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: self.found}
            await app(scope, receive, send)

        return knowing
