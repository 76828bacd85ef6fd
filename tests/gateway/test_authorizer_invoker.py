import asyncio
import threading

import pytest

from apigw_oauth.gateway.authorizer_cache import AuthorizerCache
from apigw_oauth.gateway.authorizer_invoker import AuthorizerInvoker, question
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_runtime import FunctionError
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
    answers = await asyncio.gather(*(asked.ask(question(authorizer, request, ("t",))) for _ in range(5)))
    assert len(function.events) == 1
    assert [found.milliseconds is None for found in answers] == [False, True, True, True, True]


async def test_a_function_is_never_invoked_concurrently() -> None:
    running = threading.Lock()

    def exclusive(_event: object) -> object:
        assert running.acquire(blocking=False)
        running.release()
        return answer()

    asked, authorizer = invoker([], ttl=0), request_authorizer(FakeFunction(exclusive), ttl=0)
    await asyncio.gather(*(asked.ask(question(authorizer, rest_request(), (str(i),))) for i in range(20)))


async def test_the_second_request_asks_itself_when_the_first_one_failed() -> None:
    answers = iter([None, answer()])
    function = FakeFunction(lambda _: next(answers))
    asked, authorizer = invoker([]), request_authorizer(function)
    first, second = await asyncio.gather(
        *(asked.ask(question(authorizer, rest_request(), ("t",))) for _ in range(2)), return_exceptions=True
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
    await asked.ask(question(authorizer, rest_request(), ("t",)))
    assert cache.get(("t",)) is None


async def test_the_notices_of_an_answer_are_told_once() -> None:
    notices: list[str] = []
    asked = invoker(notices, ttl=0)
    authorizer = request_authorizer(FakeFunction(lambda _: answer(context={"a": "x" * 9000})), ttl=0)
    for _ in range(2):
        await asked.ask(question(authorizer, rest_request(), ("t",)))
    assert len(notices) == 1


async def test_only_where_the_kind_of_api_has_it_does_raising_unauthorized_refuse() -> None:
    def refuse(_event: object) -> object:
        raise FunctionError("Exception", "Unauthorized")

    notices: list[str] = []
    asked = question(request_authorizer(FakeFunction(refuse)), rest_request(), ("t",))
    found = []
    for honoured in (True, False):
        with pytest.raises(RefusedError) as caught:
            await invoker(notices).ask(asked._replace(unauthorized_is_401=honoured))
        found.append((caught.value.response_type, caught.value.decision))
    assert found == [("UNAUTHORIZED", "unauthorized"), ("AUTHORIZER_CONFIGURATION_ERROR", "error")]
    assert any("cannot answer 401" in notice for notice in notices)


async def test_an_answer_that_comes_too_late_is_an_error_and_is_not_kept() -> None:
    release = threading.Event()

    def slow(_event: object) -> object:
        assert release.wait(30)
        return answer()

    notices: list[str] = []
    asked, patient = invoker(notices), question(request_authorizer(FakeFunction(slow)), rest_request(), ("t",))
    with pytest.raises(RefusedError, match=r"no answer within 0\.01 seconds"):
        await asked.ask(patient._replace(limit=0.01))
    release.set()
    assert (await asked.ask(patient)).milliseconds is not None
    assert len(notices) == 1
