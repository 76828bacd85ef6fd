"""A connected client."""

from dataclasses import dataclass, replace

from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.websocket_api.client_socket import ClientSocket
from apigw_oauth.gateway.websocket_api.websocket_request import EventType, WebSocketRequest


@dataclass(slots=True)
class Connection:
    """What is kept while a client is connected. `handshake` holds what the authorizer said about it.

    No message contains the `credentials`. `last_active_at` is in seconds since the epoch.
    """

    handshake: Exchange[WebSocketRequest]
    socket: ClientSocket
    credentials: tuple[str, ...]
    last_active_at: float

    @property
    def id(self) -> str:
        """Return the connection's identifier."""
        return self.handshake.request.connection_id

    def exchange(self, verb: EventType, *, ids: RequestIds, time: float) -> Exchange[WebSocketRequest]:
        """Begin the exchange of a later event: the decision about the handshake holds for it as well."""
        request = self.handshake.request.followed_by(verb, ids=ids, time=time)
        decided = "no authorizer" if self.handshake.authorizer == "none" else "allowed when it connected"
        return replace(self.handshake, request=request, route=None, authorizer="none", reason=decided)
