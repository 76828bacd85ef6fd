"""What a cached answer means for later requests, through real HTTP."""

import copy
from typing import Any

import pytest

from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeClock, FakeFunction, answer, api, policy
from tests.gateway.guarded_api import (
    EXPLICIT,
    HEADER,
    IMPLICIT,
    assert_denied,
    function,
    guarded,
)


def only_this_route(event: dict[str, Any]) -> dict[str, Any]:
    return answer(resource=event["methodArn"])


class TestCache:
    def test_a_cached_allow_for_one_route_denies_another(self, serve: Serve) -> None:
        fake = FakeFunction(only_this_route)
        gateway = guarded(serve, fake)
        assert gateway.get("/dev/x", "t").status == 200
        assert_denied(gateway.get("/dev/y", "t"), IMPLICIT)
        assert gateway.get("/dev/x", "t").status == 200
        assert len(fake.events) == 1
        assert [record.authorizer for record in gateway.records] == ["invoked", "cached", "cached"]

    def test_a_cached_deny_stays(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer("Deny"))
        gateway = guarded(serve, fake)
        gateway.get("/dev/x", "t")
        fake.answer = lambda _: answer()
        assert_denied(gateway.get("/dev/x", "t"), EXPLICIT)

    def test_another_token_or_source_is_another_entry(self, serve: Serve) -> None:
        fake = FakeFunction(only_this_route)
        gateway = guarded(serve, fake, sources=(*HEADER, "context.resourceId", "context.httpMethod"))
        assert gateway.get("/dev/x", "t").status == 200
        assert gateway.get("/dev/y", "t").status == 200
        assert gateway.get("/dev/x", "u").status == 200
        assert gateway.get("/dev/x", "t").status == 200
        assert len(fake.events) == 3

    @pytest.mark.parametrize("message", ["Unauthorized", "boom"])
    def test_errors_are_not_cached(self, serve: Serve, message: str) -> None:
        calls: list[int] = []

        def handler(_event: dict[str, Any], _context: object) -> object:
            calls.append(1)
            if len(calls) == 1:
                raise Exception(message)  # noqa: TRY002 authorizers raise exactly this
            return answer()

        gateway = guarded(serve, function(handler))
        assert gateway.get("/dev/x", "t").status in {401, 500}
        assert gateway.get("/dev/x", "t").status == 200
        assert gateway.get("/dev/x", "t").status == 200
        assert len(calls) == 2

    def test_an_entry_lives_for_its_ttl(self, serve: Serve) -> None:
        fake, clock = FakeFunction(lambda _: answer()), FakeClock()
        gateway = guarded(serve, fake, ttl=60, clock=clock)
        gateway.get("/dev/x", "t")
        clock.now += 59.9
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 1
        clock.now += 0.2
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_a_ttl_of_zero_caches_nothing(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, ttl=0)
        gateway.get("/dev/x", "t")
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_the_control_plane_path_flushes_it(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake)
        gateway.get("/dev/x", "t")
        flush = "/restapis/puhdx84jy9/stages/{}/cache/authorizers"
        assert gateway.send("DELETE", flush.format("other")).status == 403
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 1
        assert gateway.send("DELETE", flush.format("dev")).status == 202
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_an_answer_that_is_asked_for_anew_counts_at_once(self, serve: Serve) -> None:
        clock = FakeClock(1_000_000)
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, clock=clock, ttl=60)
        for _ in range(3):
            assert gateway.get("/dev/x", "t").status == 200
        fake.answer = lambda _: answer("Deny")
        clock.now += 61
        for _ in range(3):
            assert_denied(gateway.get("/dev/x", "t"), EXPLICIT)
        assert_denied(gateway.get("/dev/y", "t"), EXPLICIT)
        assert len(fake.events) == 2

    def test_the_policy_is_evaluated_anew_with_the_time_of_each_request(self, serve: Serve) -> None:
        clock = FakeClock(1_000_000)
        condition = {"DateLessThanIfExists": {"aws:CurrentTime": "1970-01-12T13:47:00Z"}}
        fake = FakeFunction(lambda _: answer() | {"policyDocument": policy(Condition=condition)})
        gateway = guarded(serve, fake, clock=clock)
        assert gateway.get("/dev/x", "t").status == 200
        clock.now += 20
        assert_denied(gateway.get("/dev/x", "t"), IMPLICIT)
        assert len(fake.events) == 1


def test_what_a_function_does_to_its_event_the_next_one_does_not_see(serve: Serve) -> None:
    seen: list[dict[str, Any]] = []

    def spoiling(event: dict[str, Any], _context: object) -> object:
        seen.append(copy.deepcopy(event))
        for member in event["requestContext"]["authorizer"], event["requestContext"], event["headers"], event:
            member.clear()
        return {"statusCode": 200}

    authorizer = Authorizer("REQUEST", HEADER, None, 300, FakeFunction(lambda _: answer(context={"tier": "gold"})))
    method = Method("GET", "/x", authorized=True, integration=LambdaProxy(function(spoiling)))
    gateway = serve(api(method, authorizer=authorizer, stage_variables={"a": "b"}))
    for _ in range(3):
        assert gateway.get("/dev/x", "t").status == 200
    assert [event["requestContext"]["authorizer"]["tier"] for event in seen] == ["gold"] * 3
    assert [event["stageVariables"] for event in seen] == [{"a": "b"}] * 3
    assert [
        event["headers"] == seen[0]["headers"] | {"X-Amzn-Trace-Id": event["headers"]["X-Amzn-Trace-Id"]}
        for event in seen
    ] == [True] * 3
