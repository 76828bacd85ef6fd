"""What a cached answer of an HTTP API's authorizer means for later requests, through real HTTP."""

import json
from typing import Any

import pytest

from apigw_oauth.gateway.api import LambdaProxy
from apigw_oauth.gateway.http_api.api import HttpRoute
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeClock, FakeFunction, answer, policy
from tests.gateway.http_api.http_apis import (
    HEADER,
    assert_forbidden,
    assert_internal_error,
    guarded,
    http_api,
    http_authorizer,
)


def only_x(event: dict[str, Any]) -> dict[str, Any]:
    return {"isAuthorized": event["routeKey"] == "GET /x", "context": {"route": event["routeKey"]}}


def test_the_cache_is_off_unless_there_is_a_ttl(serve: Serve) -> None:
    fake = FakeFunction(lambda _: answer())
    gateway = guarded(serve, fake)
    gateway.get("/x", "t")
    gateway.get("/x", "t")
    assert len(fake.events) == 2


def test_a_kept_policy_is_compared_with_every_request_anew(serve: Serve) -> None:
    fake = FakeFunction(lambda event: answer(resource=event["routeArn"]))
    gateway = guarded(serve, fake, ttl=60)
    assert gateway.get("/x", "t").status == 200
    assert_forbidden(gateway.get("/y", "t"))
    assert gateway.get("/x", "t").status == 200
    assert len(fake.events) == 1
    assert [record.authorizer for record in gateway.records] == ["invoked", "cached", "cached"]


def test_a_kept_simple_response_holds_for_every_route(serve: Serve) -> None:
    # This is what API Gateway does, and why it wants $context.routeKey among the identity sources.
    fake = FakeFunction(only_x)
    gateway = guarded(serve, fake, simple=True, ttl=60)
    assert gateway.get("/x", "t").status == 200
    assert gateway.get("/y", "t").status == 200
    assert gateway.get("/pets/1", "t").status == 200
    assert_forbidden(gateway.get("/y", "u"))
    assert_forbidden(gateway.get("/x", "u"))
    assert len(fake.events) == 2
    assert len([notice for notice in gateway.notices if "add $context.routeKey" in notice]) == 1


def test_with_the_route_key_among_the_sources_it_holds_for_its_route_only(serve: Serve) -> None:
    fake = FakeFunction(only_x)
    gateway = guarded(serve, fake, simple=True, ttl=60, sources=(*HEADER, "$context.routeKey"))
    for _ in range(2):
        assert gateway.get("/x", "t").status == 200
        assert_forbidden(gateway.get("/y", "t"))
    assert [event["identitySource"] for event in fake.events] == [["t", "GET /x"], ["t", "GET /y"]]
    assert gateway.notices == []


def test_an_entry_lives_for_its_ttl_and_until_a_flush(serve: Serve) -> None:
    fake, clock = FakeFunction(lambda _: answer()), FakeClock()
    gateway = guarded(serve, fake, ttl=60, clock=clock)
    gateway.get("/x", "t")
    clock.now += 59.9
    gateway.get("/x", "t")
    assert len(fake.events) == 1
    clock.now += 0.2
    gateway.get("/x", "t")
    assert len(fake.events) == 2
    assert gateway.send("DELETE", "/v2/apis/lsw1ro4ipb/stages/%24default/cache/authorizers").status == 202
    gateway.get("/x", "t")
    assert len(fake.events) == 3


@pytest.mark.parametrize("bad", [None, {"isAuthorized": "true"}], ids=str)
def test_what_cannot_be_used_is_not_kept(serve: Serve, bad: object) -> None:
    answers = iter([bad, {"isAuthorized": True}])
    gateway = guarded(serve, FakeFunction(lambda _: next(answers)), simple=True, ttl=60)
    assert_internal_error(gateway.get("/x", "t"))
    assert gateway.get("/x", "t").status == 200


def test_a_condition_sees_the_time_of_each_request(serve: Serve) -> None:
    clock = FakeClock(1_000_000)
    condition = {"DateLessThanIfExists": {"aws:CurrentTime": "1970-01-12T13:47:00Z"}}
    fake = FakeFunction(lambda _: answer() | {"policyDocument": policy(Condition=condition)})
    gateway = guarded(serve, fake, ttl=3600, clock=clock)
    assert gateway.get("/x", "t").status == 200
    clock.now += 20
    assert_forbidden(gateway.get("/x", "t"))
    assert len(fake.events) == 1


def test_what_a_function_does_to_a_kept_context_the_next_one_does_not_see(serve: Serve) -> None:
    seen: list[str] = []

    def spoiling(event: dict[str, Any], _context: object) -> object:
        context = event["requestContext"]["authorizer"]["lambda"]
        seen.append(json.dumps(context))
        context["tenant"]["names"].append("another")
        return {}

    made = function_from_callable(lambda: spoiling, name="backend")
    fake = FakeFunction(lambda _: {"isAuthorized": True, "context": {"tenant": {"names": ["one"]}}})
    route = HttpRoute("GET /x", authorized=True, integration=LambdaProxy(made))
    gateway = serve(http_api(route, authorizer=http_authorizer(fake, ttl=60, simple=True)))
    for _ in range(3):
        assert gateway.get("/x", "t").status == 200
    assert seen == ['{"tenant": {"names": ["one"]}}'] * 3
