"""The authorizer function of a stage, at work for any kind of API: cache, invocation, policy."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from apigw_oauth.gateway import unverified
from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_invoker import AuthorizerInvoker, Question
from apigw_oauth.gateway.authorizer_result import AuthorizerResult
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
_MOST_KNOWN = 1_000


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
        self._ttl = ttl
        self._notices = notices
        # What a kept policy means for an ARN. The policy is held, so that no other one takes its `id`.
        self._known: dict[tuple[int, str], tuple[Effect, Mapping[str, Any]]] = {}
        self._cache = AuthorizerCache(ttl=ttl, clock=clock, key=cache_key)
        self._invoker = AuthorizerInvoker(cache=self._cache, invocations=invocations, notices=notices, timer=timer)

    def key(self, identity: tuple[str, ...]) -> bytes:
        """Return what answers for an identity are kept under: nothing, where the cache is off."""
        return self._cache.digest(identity) if self._ttl else b""

    def kept_effect(self, exchange: Exchange[R], key: bytes) -> Effect | None:
        """Return what the answer that is kept under a key means for this very request; None: there is none."""
        kept = self._cache.find(key)
        return None if kept is None else self._evaluate(kept, None, exchange)

    async def effect(self, exchange: Exchange[R], question: Question) -> Effect:
        """Return what the answer means for this very request. Raises RefusedError where there is none.

        What is decided stands in the exchange either way.
        """
        try:
            result, milliseconds = await self._invoker.ask(question)
        except RefusedError:
            exchange.authorizer = "invoked"
            raise
        return self._evaluate(result, milliseconds, exchange)

    def _evaluate(self, result: AuthorizerResult, milliseconds: int | None, exchange: Exchange[R]) -> Effect:
        """Compare the whole policy with this very request, also when it comes from the cache."""
        exchange.authorizer = "cached" if milliseconds is None else "invoked"
        exchange.authorizer_ms = milliseconds
        exchange.principal_id, policy, exchange.authorizer_context, _ = result
        arn = exchange.request.arn
        known = self._known.get((id(policy), arn))
        effect = known[0] if known is not None else self._new_effect(policy, arn, exchange)
        exchange.decision = "allow" if effect == "allow" else "deny"
        exchange.reason = _REASONS[effect]
        return effect

    def _new_effect(self, policy: Mapping[str, Any], arn: str, exchange: Exchange[R]) -> Effect:
        conditions = True in ["Condition" in statement for statement in policy["Statement"]]
        evaluation = evaluate(
            policy,
            action=INVOKE,
            resource_arn=arn,
            # 20 µs that only a policy with conditions is worth.
            condition_context=condition_context(exchange.request) if conditions else {},
        )
        if evaluation.notices or conditions:
            self._notices.once(*evaluation.notices, *unverified.in_policy(policy))
        # Without conditions nothing but policy and ARN counts: the same policy is not evaluated again, for 20 µs,
        # be it that of a kept answer or a plain one, which is one object wherever it is equal.
        if not conditions:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[id(policy), arn] = evaluation.effect, policy
        return evaluation.effect

    def flush(self) -> None:
        """Forget all answers."""
        self._cache.flush()
        self._known.clear()


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
