"""The way of one handshake: path, authorizer, `$connect`."""

from functools import partial

from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.integrations import Integrations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.websocket_api import events, limits
from apigw_oauth.gateway.websocket_api.api import CONNECT, WebSocketApi
from apigw_oauth.gateway.websocket_api.connect_authorization import ConnectAuthorization
from apigw_oauth.gateway.websocket_api.route_forwarding import RouteForwarding
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest

_OPENED = HttpResponse(200)


class Handshakes:
    """Decides about clients that want to connect."""

    def __init__(
        self,
        api: WebSocketApi,
        *,
        authorization: ConnectAuthorization,
        integrations: Integrations,
        notices: Notices,
    ) -> None:
        self._api = api
        self._authorization = authorization
        self._integrations = integrations
        self._notices = notices

    async def admit(self, wire: GatewayRequest, exchange: Exchange[WebSocketRequest]) -> HttpResponse:
        """Return what the integration of `$connect` says: a status of 2xx lets the client in.

        Raises RefusedError for a refusal that is not the integration's.
        """
        target = exchange.request.target
        if not target.in_stage or target.path != "/":
            reason = f"the path is not /{self._api.stage}"
            raise RefusedError("FORBIDDEN", decision="refused", reason=reason)
        limits.check(wire)
        exchange.decision, exchange.reason = "public", "no authorizer"
        route = self._api.route(CONNECT)
        if route is None:
            return _OPENED
        exchange.route = CONNECT
        if route.authorized:
            await self._authorization.decide(exchange)
        event = partial(events.connect_event, exchange.request, exchange.event_authorizer())
        credentials = self._authorization.credentials(exchange.request)
        answer = await self._integrations.forward(route.integration, RouteForwarding(event, credentials))
        if not admits(answer):
            exchange.reason = f"$connect answered {answer.status}"
        return answer

    def subprotocol(self, answer: HttpResponse, offered: tuple[str, ...]) -> str | None:
        """Return the subprotocol that `$connect` chose among those the client offers: nobody else chooses one."""
        chosen = answer.header("Sec-WebSocket-Protocol")
        if chosen is None and offered:
            self._notices.once(
                "the client offered a subprotocol, and $connect returned no Sec-WebSocket-Protocol header:"
                " browsers end such a connection"
            )
        if chosen is None or chosen in offered:
            return chosen
        self._notices.once(
            "$connect returned a Sec-WebSocket-Protocol header that the client did not offer: it is left out here"
        )
        return None


def admits(answer: HttpResponse) -> bool:
    """Say whether an answer of `$connect` lets the client in."""
    return 200 <= answer.status < 300
