"""The gateways that the server can serve, told by what they do: nobody pays for the import of another kind."""

from typing import Protocol, runtime_checkable

from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.websocket_api.client_socket import ClientSocket


class DeployedStage(Protocol):
    """The stage of an API, as far as its addresses depend on it."""

    @property
    def api_id(self) -> str:
        """Return the API's identifier."""
        ...

    @property
    def stage(self) -> str:
        """Return the stage's name."""
        ...


class RequestGateway(Protocol):
    """The gateway of an API of requests and responses, REST or HTTP."""

    @property
    def api(self) -> DeployedStage:
        """Return the API's definition."""
        ...

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        """Return the response to a request."""
        ...

    def flush_authorizer_cache(self) -> None:
        """Forget all answers of the authorizer."""
        ...

    async def aclose(self) -> None:
        """Close what is open."""
        ...


@runtime_checkable
class ConversingGateway(Protocol):
    """The gateway of a WebSocket API."""

    async def converse(self, request: GatewayRequest, socket: ClientSocket) -> None:
        """Serve one client, from its handshake to the end of its connection."""
        ...

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        """Return the response to a request that is no handshake."""
        ...

    async def aclose(self) -> None:
        """Close what is open."""
        ...
