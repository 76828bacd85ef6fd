"""May this client connect?"""

from collections.abc import Callable
from functools import partial

from apigw_oauth.gateway import authorizer_result, identity_source
from apigw_oauth.gateway.authorization import ACCESS_DENIED, LEGACY_ACCESS_DENIED
from apigw_oauth.gateway.authorizer_invoker import Question
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.identity_source import Credentials, MissingIdentityError
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.stage_authorizer import StageAuthorizer
from apigw_oauth.gateway.websocket_api import events
from apigw_oauth.gateway.websocket_api.api import WebSocketAuthorizer
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest


class ConnectAuthorization:
    """The authorizer of `$connect`, asked at every handshake and never again."""

    def __init__(
        self,
        authorizer: WebSocketAuthorizer | None,
        *,
        invocations: Invocations,
        clock: Callable[[], float],
        timer: Callable[[], float],
        notices: Notices,
        legacy_text: bool,
    ) -> None:
        self._authorizer = authorizer
        self._texts = LEGACY_ACCESS_DENIED if legacy_text else ACCESS_DENIED
        self._stage = StageAuthorizer(
            ttl=0,
            invocations=invocations,
            clock=clock,
            timer=timer,
            cache_key=b"nothing is cached",
            notices=notices,
        )

    async def decide(self, exchange: Exchange[WebSocketRequest]) -> None:
        """Let the client in, or raise RefusedError. What is decided stands in the exchange either way."""
        if self._authorizer is None:
            raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", decision="error", reason="there is no authorizer")
        exchange.authorizer = "not invoked"
        effect = await self._stage.effect(exchange, _question(self._authorizer, exchange.request))
        if effect != "allow":
            raise RefusedError(
                "ACCESS_DENIED", decision="deny", reason=exchange.reason, message=self._texts[effect]
            )

    def credentials(self, request: WebSocketRequest) -> tuple[str, ...]:
        """Return what must not appear in any message about this connection."""
        sources = self._authorizer.identity_sources if self._authorizer else ()
        return identity_source.credentials(sources, request)


def _question(authorizer: WebSocketAuthorizer, request: WebSocketRequest) -> Question:
    try:
        identity = identity_source.find_all(authorizer.identity_sources, request)
    except MissingIdentityError as error:
        raise RefusedError("UNAUTHORIZED", decision="unauthorized", reason=str(error)) from error
    return Question(
        function=authorizer.function,
        identity=identity,
        credentials=Credentials(authorizer.identity_sources, request),
        event=partial(events.authorizer_event, request),
        read=authorizer_result.parse,
    )
