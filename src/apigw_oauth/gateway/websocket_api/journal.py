"""The exchanges of a WebSocket API: begun with fresh identifiers, settled, and reported."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from apigw_oauth.gateway.exchange import Exchange, RequestRecord
from apigw_oauth.gateway.gateway_response_types import RESPONSE_TYPES
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from apigw_oauth.gateway.websocket_api.client_socket import SocketClosedError
from apigw_oauth.gateway.websocket_api.connection import Connection
from apigw_oauth.gateway.websocket_api.websocket_request import (
    EventType,
    WebSocketRequest,
    short_id,
    websocket_ids,
)

T = TypeVar("T")


class Journal:
    """Begins exchanges and reports what came of them."""

    def __init__(
        self,
        api: WebSocketApi,
        *,
        clock: Callable[[], float],
        timer: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        on_request: Callable[[RequestRecord], None],
        notices: Notices,
    ) -> None:
        self._api = api
        self._clock = clock
        self._timer = timer
        self._random_bytes = random_bytes
        self._on_request = on_request
        self._notices = notices

    def begin(self, wire: GatewayRequest) -> tuple[Exchange[WebSocketRequest], float]:
        """Return the exchange of a handshake, or of another request, and when it began."""
        started, now = self._timer(), self._clock()
        connection_id, ids = short_id(self._random_bytes), websocket_ids(self._random_bytes, now)
        request = WebSocketRequest.handshake(self._api, wire, connection_id=connection_id, ids=ids, time=now)
        return Exchange(request), started

    def begin_event(self, connection: Connection, verb: EventType) -> tuple[Exchange[WebSocketRequest], float]:
        """Return the exchange of a later event on a connection, and when it began."""
        started, now = self._timer(), self._clock()
        return connection.exchange(verb, ids=websocket_ids(self._random_bytes, now), time=now), started

    async def settled(self, exchange: Exchange[WebSocketRequest], work: Awaitable[T]) -> T | RefusedError:
        """Return what came of it, or why nothing did. Raises SocketClosedError.

        A mistake in the gateway is told, and ends this exchange only.
        """
        try:
            return await work
        except SocketClosedError:
            raise
        except RefusedError as error:
            refusal = error
        except Exception as error:  # noqa: BLE001 told, see above
            refusal = self._notices.own_failure(error)
        exchange.decision, exchange.reason = refusal.decision or exchange.decision, refusal.reason
        return refusal

    def report(
        self,
        exchange: Exchange[WebSocketRequest],
        outcome: int | RefusedError,
        started: float,
        *,
        method: str | None = None,
    ) -> None:
        """Report a finished exchange. `method` stands in the place of the event type where there is none."""
        status = outcome if isinstance(outcome, int) else status_of(outcome)
        record = exchange.record(status, round((self._timer() - started) * 1000))
        # Later events repeat the handshake's integrationLatency to functions, but nobody was asked for them.
        milliseconds = record.authorizer_ms if exchange.authorizer == "invoked" else None
        self._on_request(record._replace(method=method or record.method, authorizer_ms=milliseconds))


def status_of(refusal: RefusedError) -> int:
    """Return the status that a refusal has."""
    return refusal.status or RESPONSE_TYPES[refusal.response_type].status
