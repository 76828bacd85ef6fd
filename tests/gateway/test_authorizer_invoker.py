import asyncio
import threading

import pytest

from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_invoker import AuthorizerInvoker
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from tests.gateway.fakes import FakeClock, FakeFunction, answer, request_authorizer
from tests.gateway.rest_requests import rest_request

pytestmark = pytest.mark.anyio


def invoker(notices: list[str], ttl: int = 60) -> AuthorizerInvoker:
    cache = AuthorizerCache(ttl=ttl, clock=FakeClock(), key=b"k" * 32)
    return AuthorizerInvoker(cache=cache, invocations=Invocations(), notices=Notices(notices.append))


async def test_two_requests_of_one_identity_at_once_invoke_the_function_once() -> None:
    function = FakeFunction(lambda _: answer())
    asked, request = invoker([]), rest_request()
    authorizer = request_authorizer(function)
    answers = await asyncio.gather(*(asked.ask(authorizer, request, ("t",)) for _ in range(5)))
    assert len(function.events) == 1
    assert [found.milliseconds is None for found in answers] == [False, True, True, True, True]


async def test_a_function_is_never_invoked_concurrently() -> None:
    running = threading.Lock()

    def exclusive(_event: object) -> object:
        assert running.acquire(blocking=False)
        running.release()
        return answer()

    asked, authorizer = invoker([], ttl=0), request_authorizer(FakeFunction(exclusive), ttl=0)
    await asyncio.gather(*(asked.ask(authorizer, rest_request(), (str(i),)) for i in range(20)))


async def test_the_second_request_asks_itself_when_the_first_one_failed() -> None:
    answers = iter([None, answer()])
    function = FakeFunction(lambda _: next(answers))
    asked, authorizer = invoker([]), request_authorizer(function)
    first, second = await asyncio.gather(
        *(asked.ask(authorizer, rest_request(), ("t",)) for _ in range(2)), return_exceptions=True
    )
    assert isinstance(first, RefusedError)
    assert not isinstance(second, BaseException)
    assert len(function.events) == 2


async def test_an_answer_that_was_asked_for_before_a_flush_is_not_kept() -> None:
    cache = AuthorizerCache(ttl=60, clock=FakeClock(), key=b"k" * 32)
    asked = AuthorizerInvoker(cache=cache, invocations=Invocations(), notices=Notices(lambda _: None))

    def flushing(_event: object) -> object:
        cache.flush()
        return answer()

    authorizer = request_authorizer(FakeFunction(flushing))
    await asked.ask(authorizer, rest_request(), ("t",))
    assert cache.get(("t",)) is None


async def test_the_notices_of_an_answer_are_told_once() -> None:
    notices: list[str] = []
    asked = invoker(notices, ttl=0)
    authorizer = request_authorizer(FakeFunction(lambda _: answer(context={"a": "x" * 9000})), ttl=0)
    for _ in range(2):
        await asked.ask(authorizer, rest_request(), ("t",))
    assert len(notices) == 1
