"""May this request through an HTTP API? Identity sources, cache, authorizer, policy or simple response."""

from functools import partial

from apigw_oauth.gateway import identity_source
from apigw_oauth.gateway.authorizer_invoker import CONFIGURATION_ERROR, Question
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_api import events, http_authorizer_result
from apigw_oauth.gateway.http_api.api import HttpAuthorizer
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.identity_source import Credentials, MissingIdentityError
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.stage_authorizer import StageAuthorizer

# See "Authorizer Lambda function response" in "Control access to HTTP APIs with AWS Lambda authorizers".
AUTHORIZER_LIMIT = 10.0
_HOLDS_EVERYWHERE = (
    "a kept simple response was used, as on AWS for whatever route the request is: add $context.routeKey to the"
    " identity sources"
)


class HttpAuthorization:
    """The authorizer of an HTTP API's stage. `limit` is how many seconds API Gateway waits for its answer."""

    def __init__(
        self,
        authorizer: HttpAuthorizer | None,
        *,
        stage: StageAuthorizer,
        notices: Notices,
        limit: float = AUTHORIZER_LIMIT,
    ) -> None:
        self._authorizer = authorizer
        self._notices = notices
        self._stage = stage
        self._limit = limit

    async def decide(self, exchange: Exchange[HttpRequest]) -> None:
        """Let the request through, or raise RefusedError. What is decided stands in the exchange either way."""
        authorizer = self._authorizer
        if authorizer is None:
            raise RefusedError(CONFIGURATION_ERROR, decision="error", reason="there is no authorizer")
        exchange.authorizer = "not invoked"
        identity = _identity(authorizer, exchange.request)
        effect = self._stage.kept_effect(exchange, self._stage.key(identity))
        if effect is None:
            question = self._question(authorizer, exchange.request, identity)
            effect = await self._stage.effect(exchange, question)
        if authorizer.simple_responses:
            if exchange.authorizer_ms is None and "$context.routeKey" not in authorizer.identity_sources:
                self._notices.once(_HOLDS_EVERYWHERE)
            exchange.reason = f"isAuthorized is {'true' if effect == 'allow' else 'false'}"
        if effect != "allow":
            raise RefusedError("ACCESS_DENIED", decision="deny", reason=exchange.reason)

    def _question(self, authorizer: HttpAuthorizer, request: HttpRequest, identity: tuple[str, ...]) -> Question:
        simple = authorizer.simple_responses
        return Question(
            function=authorizer.function,
            identity=identity,
            credentials=Credentials(authorizer.identity_sources, request),
            event=partial(events.authorizer_event, authorizer, request, identity),
            read=http_authorizer_result.read_simple if simple else http_authorizer_result.read_policy,
            limit=self._limit,
            # HTTP APIs have no 401 from a function; that raising this is 500 is an assumption.
            unauthorized_is_401=False,
        )

    def flush(self) -> None:
        """Forget all answers."""
        self._stage.flush()


def _identity(authorizer: HttpAuthorizer, request: HttpRequest) -> tuple[str, ...]:
    try:
        return identity_source.find_all(authorizer.identity_sources, request)
    except MissingIdentityError as error:
        raise RefusedError("UNAUTHORIZED", decision="unauthorized", reason=str(error)) from error
