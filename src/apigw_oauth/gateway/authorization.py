"""May this request through? Identity sources, cache, authorizer, policy."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from apigw_oauth.gateway import identity_source, unverified
from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_invoker import AuthorizerInvoker
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.identity_source import MissingIdentityError
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.policy_evaluator import Effect, evaluate
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import RestRequest

INVOKE = "execute-api:Invoke"
_DENIED = "User is not authorized to access this resource"
# Seen on AWS since 2025; until 2024, and still in its documentation, the legacy texts.
ACCESS_DENIED = {
    "explicit_deny": f"{_DENIED} with an explicit deny in an identity-based policy",
    "implicit_deny": f"{_DENIED} because no identity-based policy allows the execute-api:Invoke action",
}
LEGACY_ACCESS_DENIED = {"explicit_deny": f"{_DENIED} with an explicit deny", "implicit_deny": _DENIED}
_REASONS: dict[Effect, str] = {
    "allow": "the policy allows it",
    "explicit_deny": "the policy denies it",
    "implicit_deny": "nothing in the policy allows it",
}


class Authorization:
    """The authorizer of a stage, at work."""

    def __init__(
        self,
        authorizer: Authorizer | None,
        *,
        invocations: Invocations,
        clock: Callable[[], float],
        timer: Callable[[], float],
        cache_key: bytes,
        notices: Notices,
        legacy_text: bool,
    ) -> None:
        self._authorizer = authorizer
        self._notices = notices
        self._texts = LEGACY_ACCESS_DENIED if legacy_text else ACCESS_DENIED
        self._cache = AuthorizerCache(ttl=authorizer.ttl if authorizer else 0, clock=clock, key=cache_key)
        self._invoker = AuthorizerInvoker(cache=self._cache, invocations=invocations, notices=notices, timer=timer)

    async def decide(self, exchange: Exchange) -> None:
        """Let the request through, or raise RefusedError. What is decided stands in the exchange either way."""
        if self._authorizer is None:
            raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", decision="error", reason="there is no authorizer")
        exchange.authorizer = "not invoked"
        identity = self._identity(self._authorizer, exchange.request)
        try:
            answer = await self._invoker.ask(self._authorizer, exchange.request, identity)
        except RefusedError:
            exchange.authorizer = "invoked"
            raise
        exchange.authorizer = "cached" if answer.milliseconds is None else "invoked"
        exchange.authorizer_ms = answer.milliseconds
        exchange.principal_id = answer.result.principal_id
        exchange.authorizer_context = answer.result.context
        self._evaluate(answer.result.policy, exchange)

    def _evaluate(self, policy: Mapping[str, Any], exchange: Exchange) -> None:
        """Compare the whole policy with this very request, also when it comes from the cache."""
        evaluation = evaluate(
            policy,
            action=INVOKE,
            resource_arn=exchange.request.arn,
            condition_context=condition_context(exchange.request),
        )
        self._notices.once(*evaluation.notices, *unverified.in_policy(policy))
        exchange.decision = "allow" if evaluation.effect == "allow" else "deny"
        exchange.reason = _REASONS[evaluation.effect]
        if evaluation.effect != "allow":
            raise RefusedError(
                "ACCESS_DENIED", decision="deny", reason=exchange.reason, message=self._texts[evaluation.effect]
            )

    def _identity(self, authorizer: Authorizer, request: RestRequest) -> tuple[str, ...]:
        if authorizer.type == "TOKEN":
            name = authorizer.identity_sources[0].removeprefix("method.request.header.")
            if len(request.header(name)) > 1:
                self._notices.once(
                    f"{name} came more than once; a TOKEN event gets the last (not verified on AWS)"
                )
        try:
            return identity_source.find(authorizer, request)
        except MissingIdentityError as error:
            raise RefusedError("UNAUTHORIZED", decision="unauthorized", reason=str(error)) from error

    def flush(self) -> None:
        """Forget all answers."""
        self._cache.flush()


def condition_context(request: RestRequest) -> dict[str, str]:
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
