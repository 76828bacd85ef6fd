"""Ask the authorizer, or remember what it said."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from apigw_oauth.gateway import authorizer_events, authorizer_result
from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_result import AuthorizerResult, InvalidAuthorizerResultError
from apigw_oauth.gateway.identity_source import Credentials
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_runtime import Function, FunctionError
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.redaction import redacted
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import RestRequest

CONFIGURATION_ERROR = "AUTHORIZER_CONFIGURATION_ERROR"


class Question(NamedTuple):
    """What a function is asked, and how its answer is read. No message contains the `credentials`.

    `limit` is how many seconds API Gateway waits, None as long as the function's own timeout. With
    `unauthorized_is_401` the function can refuse by raising "Unauthorized".
    """

    function: Function
    identity: tuple[str, ...]
    credentials: Iterable[str]
    event: Callable[[], dict[str, Any]]
    read: Callable[[object, Iterable[str]], AuthorizerResult]
    limit: float | None = None
    unauthorized_is_401: bool = True


class Answer(NamedTuple):
    """The authorizer's answer. `milliseconds` is None when it came from the cache."""

    result: AuthorizerResult
    milliseconds: int | None


class AuthorizerInvoker:
    """Invokes an authorizer, whose cache did not have the answer."""

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

    async def ask(self, question: Question) -> Answer:
        """Return the answer for an identity. Raises RefusedError for 401 and 500, of which nothing is remembered.

        Of two requests with the same identity at the same time the second gets the first one's answer from the
        cache; AWS may invoke the function twice.
        """
        await self._invocations.turn(question.function)
        if kept := self._cache.get(question.identity):
            return Answer(kept, None)
        return await self._invoke(question)

    async def _invoke(self, question: Question) -> Answer:
        event, generation, started = question.event(), self._cache.generation, self._timer()
        try:
            returned = await self._invocations.invoke(question.function, event, limit=question.limit)
            result = question.read(returned, question.credentials)
        except FunctionError as error:
            raise self._function_failed(error, question) from error
        except InvalidAuthorizerResultError as error:
            self._notices.tell(f"the authorizer's answer cannot be used, the caller gets 500: {error}")
            raise RefusedError(CONFIGURATION_ERROR, decision="error", reason=str(error)) from error
        except TimeoutError as error:
            reason = f"no answer within {question.limit} seconds"
            self._notices.tell(f"the authorizer function failed, the caller gets 500: {reason}")
            raise RefusedError(CONFIGURATION_ERROR, decision="error", reason=reason) from error
        if result.notices:
            self._notices.once(*result.notices)
        self._cache.put(question.identity, result, generation=generation)
        return Answer(result, max(1, round((self._timer() - started) * 1000)))

    def _function_failed(self, error: FunctionError, question: Question) -> RefusedError:
        # Exactly this message, in this casing: everything else is 500. Recorded on AWS for REST APIs.
        if error.message == "Unauthorized":
            if question.unauthorized_is_401:
                reason = "the function raised Unauthorized"
                return RefusedError("UNAUTHORIZED", decision="unauthorized", reason=reason)
            self._notices.once(
                'raising "Unauthorized" is 500 here (not verified on AWS): authorizers of such APIs cannot answer'
                " 401. Return a refusal instead, which is 403"
            )
        credentials = question.credentials
        what = f"the authorizer function failed, the caller gets 500: {error.error_type}: {error.message}"
        self._notices.tell(redacted(f"{what}\n{error.stack_trace}", credentials).rstrip())
        reason = f"the function failed: {redacted(error.error_type, credentials)}"
        return RefusedError(CONFIGURATION_ERROR, decision="error", reason=reason)


def question(authorizer: Authorizer, request: RestRequest, identity: tuple[str, ...]) -> Question:
    """Return what the authorizer of a REST API is asked about a request."""
    return Question(
        authorizer.function,
        identity,
        Credentials(authorizer.identity_sources, request),
        partial(authorizer_events.build, authorizer, request, identity),
        authorizer_result.parse,
    )
