"""What happens on a connection: messages come in, and it ends."""

import json
from collections.abc import Callable
from functools import partial

from apigw_oauth.gateway.api import Mock
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.gateway_response_types import RESPONSE_TYPES
from apigw_oauth.gateway.integrations import Integrations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.websocket_api import events
from apigw_oauth.gateway.websocket_api.api import DEFAULT, DISCONNECT, WebSocketApi, WebSocketRoute
from apigw_oauth.gateway.websocket_api.client_socket import Closed
from apigw_oauth.gateway.websocket_api.connection import Connection
from apigw_oauth.gateway.websocket_api.route_forwarding import RouteForwarding
from apigw_oauth.gateway.websocket_api.route_selection import RouteSelection
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest, short_id


class Conversations:
    """Hands messages, and the end of a connection, to the routes."""

    def __init__(
        self,
        api: WebSocketApi,
        *,
        integrations: Integrations,
        notices: Notices,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._api = api
        self._selection = RouteSelection.parse(api.route_selection_expression)
        self._integrations = integrations
        self._notices = notices
        self._random_bytes = random_bytes

    async def message(self, connection: Connection, exchange: Exchange[WebSocketRequest], text: str) -> int:
        """Hand a message to its route and return the status of the answer, which goes nowhere.

        API Gateway sends it to the client only where a route has a route response: not emulated, but a mock's body
        is sent. Raises RefusedError, and SocketClosedError for a mock.
        """
        route = self._route(text)
        if route is None:
            raise RefusedError(
                "FORBIDDEN", decision="refused", reason="no route for this message, and no $default"
            )
        exchange.route = route.route_key
        authorizer = exchange.event_authorizer()
        if authorizer:
            self._notices.once(
                "requestContext.authorizer on messages after $connect is reported, but not verified on AWS: let"
                " $connect keep what you need"
            )
        event = partial(
            events.message_event,
            exchange.request,
            authorizer,
            route_key=route.route_key,
            message_id=short_id(self._random_bytes),
            body=text,
        )
        forwarding = RouteForwarding(event, connection.credentials)
        answer = await self._integrations.forward(route.integration, forwarding)
        if isinstance(route.integration, Mock):
            await connection.socket.send(route.integration.body)
        return answer.status

    async def end(self, connection: Connection, exchange: Exchange[WebSocketRequest], closed: Closed) -> int:
        """Tell `$disconnect`, if there is one, and return the status of its answer. Raises RefusedError."""
        exchange.reason = f"closed with {closed.code}"
        route = self._api.route(DISCONNECT)
        if route is None:
            return 200
        exchange.route = DISCONNECT
        event = partial(events.disconnect_event, exchange.request, exchange.event_authorizer(), closed)
        forwarding = RouteForwarding(event, connection.credentials)
        answer = await self._integrations.forward(route.integration, forwarding)
        return answer.status

    def _route(self, text: str) -> WebSocketRoute | None:
        key = self._selection.select(text)
        # No message is a handshake: {"action": "$connect"} must not reach the function behind $connect.
        found = self._api.route(key) if key is not None and not key.startswith("$") else None
        return found or self._api.route(DEFAULT)


def error_message(refusal: RefusedError, request: WebSocketRequest) -> str:
    """Return what the client is told when nothing came of its message, spaced as recorded on AWS."""
    message = RESPONSE_TYPES[refusal.response_type].message
    ids = f'"connectionId":"{request.connection_id}", "requestId":"{request.ids.request_id}"'
    return f'{{"message": {json.dumps(message)}, {ids}}}'
