"""A local gateway without a server: one request in, and what became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from apigw_oauth.cli.trying import guarded_api
from apigw_oauth.cli.trying.guarded_api import Api
from apigw_oauth.cli.trying.recorder import Asked, Recorder, Repeater
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.http_api.api import HttpApi
from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from apigw_oauth.gateway.websocket_api.client_socket import Closed
from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway

_GOING_AWAY = 1001


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request. `asked` is None where the authorizer was not invoked."""

    response: HttpResponse
    record: RequestRecord
    asked: Asked | None
    notices: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether API Gateway lets the request through: there is nothing behind it that could refuse it."""
        return self.record.status < 300


class TrialGateway:
    """The gateway that `serve` runs, for requests made here. `seconds`: how long it keeps an answer.

    `clock` is in seconds since the epoch.
    """

    def __init__(
        self, api: Api, authorizer: Recorder | Repeater, *, seconds: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._authorizer = authorizer
        self._records: list[RequestRecord] = []
        self._notices: list[str] = []
        made = guarded_api.guarded_by(api, authorizer, seconds=seconds)
        self._gateway: LocalGateway | HttpGateway | WebSocketGateway
        match made:
            case RestApi():
                self._gateway = LocalGateway(
                    made, clock=clock, on_request=self._records.append, on_notice=self._notices.append
                )
            case HttpApi():
                self._gateway = HttpGateway(
                    made, clock=clock, on_request=self._records.append, on_notice=self._notices.append
                )
            case WebSocketApi():
                self._gateway = WebSocketGateway(
                    made, clock=clock, on_request=self._records.append, on_notice=self._notices.append
                )

    async def send(self, request: GatewayRequest) -> Reply:
        """Return what becomes of a request."""
        self._records.clear()
        self._notices.clear()
        if isinstance(self._gateway, WebSocketGateway):
            client = _LeavingClient()
            await self._gateway.converse(request, client)
            response = client.refusal or HttpResponse(101)
        else:
            response = await self._gateway.handle(request)
        asked = self._authorizer.take() if isinstance(self._authorizer, Recorder) else None
        return Reply(response, self._records[0], asked, tuple(self._notices))


class _LeavingClient:
    """A WebSocket client that goes as soon as it is let in."""

    def __init__(self) -> None:
        self.refusal: HttpResponse | None = None

    @property
    def subprotocols(self) -> tuple[str, ...]:
        return ()

    async def accept(self, subprotocol: str | None) -> None:
        """Be let in."""

    async def refuse(self, response: HttpResponse) -> None:
        self.refusal = response

    async def receive(self) -> Closed:
        return Closed(_GOING_AWAY)

    async def send(self, text: str) -> None:
        """Take a message, of which nothing is done."""

    async def close(self, code: int, reason: str = "") -> None:
        """End."""
