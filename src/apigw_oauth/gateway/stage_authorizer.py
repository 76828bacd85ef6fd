"""The authorizer function of a stage, at work for any kind of API: cache, invocation, policy."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from apigw_oauth.gateway import unverified
from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_invoker import AuthorizerInvoker, Question
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.policy_evaluator import Effect, evaluate
from apigw_oauth.gateway.received import Received
from apigw_oauth.gateway.refusal import RefusedError

R = TypeVar("R", bound=Received)
INVOKE = "execute-api:Invoke"
_REASONS: dict[Effect, str] = {
    "allow": "the policy allows it",
    "explicit_deny": "the policy denies it",
    "implicit_deny": "nothing in the policy allows it",
}


class StageAuthorizer:
    """Asks the authorizer about requests. `ttl` is in seconds; 0 switches the cache off."""

    def __init__(
        self,
        *,
        ttl: int,
        invocations: Invocations,
        clock: Callable[[], float],
        timer: Callable[[], float],
        cache_key: bytes,
        notices: Notices,
    ) -> None:
        self._notices = notices
        self._cache = AuthorizerCache(ttl=ttl, clock=clock, key=cache_key)
        self._invoker = AuthorizerInvoker(cache=self._cache, invocations=invocations, notices=notices, timer=timer)

    async def effect(self, exchange: Exchange[R], question: Question) -> Effect:
        """Return what the answer means for this very request. Raises RefusedError where there is none.

        What is decided stands in the exchange either way.
        """
        try:
            answer = await self._invoker.ask(question)
        except RefusedError:
            exchange.authorizer = "invoked"
            raise
        exchange.authorizer = "cached" if answer.milliseconds is None else "invoked"
        exchange.authorizer_ms = answer.milliseconds
        exchange.principal_id = answer.result.principal_id
        exchange.authorizer_context = answer.result.context
        return self._evaluate(answer.result.policy, exchange)

    def _evaluate(self, policy: Mapping[str, Any], exchange: Exchange[R]) -> Effect:
        """Compare the whole policy with this very request, also when it comes from the cache."""
        evaluation = evaluate(
            policy,
            action=INVOKE,
            resource_arn=exchange.request.arn,
            # 20 µs that only a policy with conditions is worth.
            condition_context=condition_context(exchange.request) if _has_conditions(policy) else {},
        )
        self._notices.once(*evaluation.notices, *unverified.in_policy(policy))
        exchange.decision = "allow" if evaluation.effect == "allow" else "deny"
        exchange.reason = _REASONS[evaluation.effect]
        return evaluation.effect

    def flush(self) -> None:
        """Forget all answers."""
        self._cache.flush()


def _has_conditions(policy: Mapping[str, Any]) -> bool:
    return any("Condition" in statement for statement in policy["Statement"])


def condition_context(request: Received) -> dict[str, str]:
    """Return the condition keys of a request.

    API Gateway speaks HTTPS only, so aws:SecureTransport is true whatever is spoken here.
    """
    now = int(request.time)
    found = {
        "aws:CurrentTime": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(now),
        "aws:SecureTransport": "true",
        "aws:SourceIp": request.source_ip,
        "aws:UserAgent": request.last_header("User-Agent"),
        "aws:Referer": request.last_header("Referer"),
    }
    return {name: value for name, value in found.items() if value is not None}
