"""Ask the authorizer, or remember what it said."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from apigw_oauth.gateway import authorizer_events, authorizer_result
from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_result import AuthorizerResult, InvalidAuthorizerResultError
from apigw_oauth.gateway.identity_source import secrets
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_runtime import FunctionError
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.redaction import redacted
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import RestRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """The authorizer's answer. `milliseconds` is None when it came from the cache."""

    result: AuthorizerResult
    milliseconds: int | None


class AuthorizerInvoker:
    """Invokes an authorizer, unless its cache has the answer."""

    def __init__(
        self,
        *,
        cache: AuthorizerCache,
        invocations: Invocations,
        notices: Notices,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._cache = cache
        self._invocations = invocations
        self._notices = notices
        self._timer = timer

    async def ask(self, authorizer: Authorizer, request: RestRequest, identity: tuple[str, ...]) -> Answer:
        """Return the answer for an identity. Raises RefusedError for 401 and 500, of which nothing is remembered.

        Of two requests with the same identity at the same time the second gets the first one's answer from the
        cache; AWS may invoke the function twice.
        """
        if kept := self._cache.get(identity):
            return Answer(kept, None)
        async with self._invocations.turn(authorizer.function):
            if kept := self._cache.get(identity):
                return Answer(kept, None)
            return await self._invoke(authorizer, request, identity)

    async def _invoke(self, authorizer: Authorizer, request: RestRequest, identity: tuple[str, ...]) -> Answer:
        event = authorizer_events.build(authorizer, request, identity)
        credentials = secrets(authorizer, request)
        generation, started = self._cache.generation, self._timer()
        try:
            returned = await self._invocations.invoke(authorizer.function, event)
            result = authorizer_result.parse(returned, credentials)
        except FunctionError as error:
            raise self._function_failed(error, credentials) from error
        except InvalidAuthorizerResultError as error:
            self._notices.tell(f"the authorizer's answer cannot be used, the caller gets 500: {error}")
            raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", decision="error", reason=str(error)) from error
        self._notices.once(*result.notices)
        self._cache.put(identity, result, generation=generation)
        return Answer(result, max(1, round((self._timer() - started) * 1000)))

    def _function_failed(self, error: FunctionError, credentials: tuple[str, ...]) -> RefusedError:
        # Exactly this message, in this casing: everything else is 500. Recorded on AWS.
        if error.message == "Unauthorized":
            return RefusedError("UNAUTHORIZED", decision="unauthorized", reason="the function raised Unauthorized")
        what = f"the authorizer function failed, the caller gets 500: {error.error_type}: {error.message}"
        self._notices.tell(redacted(f"{what}\n{error.stack_trace}", credentials).rstrip())
        reason = f"the function failed: {redacted(error.error_type, credentials)}"
        return RefusedError("AUTHORIZER_CONFIGURATION_ERROR", decision="error", reason=reason)
