"""What the gateway remembers of requests and answers is right for others, and holds no credential."""

import asyncio
import itertools
import json
from dataclasses import replace
from typing import Any, Literal

import pytest

from apigw_oauth.gateway import rest_request
from apigw_oauth.gateway.api import LambdaProxy, Method
from apigw_oauth.gateway.handed_on import HandedOn
from apigw_oauth.gateway.http_api import http_target
from apigw_oauth.gateway.http_api.api import HttpApi, HttpAuthorizer, HttpRoute
from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.invocations import _Slow
from apigw_oauth.gateway.lambda_runtime import Desk
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.served_gateways import RequestGateway
from tests.gateway.fakes import FakeFunction, answer, api, mock_methods, policy, request_authorizer

pytestmark = pytest.mark.anyio
CALLER = (("Host", "h"), ("Authorization", "Bearer t"))


async def test_no_answer_gets_the_effect_of_one_that_is_gone() -> None:
    # New policies take the places of old ones in memory, and so their `id`.
    turns = itertools.cycle(["Allow", "Deny"])
    rest = LocalGateway(
        api(
            *mock_methods("GET /a", authorized=True),
            authorizer=request_authorizer(
                FakeFunction(lambda _: {**answer(), "policyDocument": policy(next(turns), Sid="s")}), ttl=0
            ),
        )
    )
    wire = GatewayRequest("GET", "/dev/a", CALLER)
    assert [(await rest.handle(wire)).status for _ in range(40)] == [200, 403] * 20
    asked = HttpAuthorizer(
        ("$request.header.Authorization",), 0, "2.0", simple_responses=True,
        function=FakeFunction(lambda _: {"isAuthorized": next(turns) == "Allow"}),
    )  # fmt: skip
    route = HttpRoute("GET /a", authorized=True, integration=mock_methods("GET /a")[0].integration)
    http = HttpGateway(HttpApi("demo", routes=(route,), authorizer=asked))
    assert [(await http.handle(GatewayRequest("GET", "/a", CALLER))).status for _ in range(40)] == [200, 403] * 20


async def test_that_conditions_are_not_verified_on_aws_is_told_where_they_are_evaluated() -> None:
    notices: list[str] = []
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    authorizer = request_authorizer(
        FakeFunction(lambda _: {**answer(), "policyDocument": policy(Condition=condition)})
    )
    gateway = LocalGateway(
        api(*mock_methods("GET /a", authorized=True), authorizer=authorizer), on_notice=notices.append
    )
    for _ in range(2):
        assert (await gateway.handle(GatewayRequest("GET", "/dev/a", CALLER))).status == 200
    (notice,) = notices
    assert "a Condition in an authorizer's policy is honoured here" in notice


async def test_a_target_with_a_query_is_not_remembered() -> None:
    (method,) = mock_methods("GET /a")
    route = HttpRoute("GET /a", authorized=False, integration=method.integration)
    gateways: tuple[RequestGateway, ...] = (
        LocalGateway(api(method)),
        HttpGateway(HttpApi("demo", stage="dev", routes=(route,))),
    )
    for gateway, targets in zip(gateways, (rest_request._seen_before, http_target._seen_before), strict=True):
        targets.cache_clear()
        for target in ("/dev/a?token=s3cr3t", "/dev/a?", "/dev/" + "x" * 300):
            await gateway.handle(GatewayRequest("GET", target, CALLER))
        assert targets.cache_info().currsize == 0
        await gateway.handle(GatewayRequest("GET", "/dev/a", CALLER))
        assert targets.cache_info().currsize == 1


def spoil(value: Any) -> None:
    """Empty it, and all that is in it."""
    for inner in [*value.values()] if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            spoil(inner)
    value.clear()


async def test_whatever_a_function_does_to_its_event_the_next_one_is_like_it() -> None:
    seen: list[str] = []

    def spoiling(returned: object) -> FakeFunction:
        def answering(event: dict[str, Any]) -> object:
            seen.append(json.dumps(event))
            spoil(event)
            return returned

        return FakeFunction(answering)

    def http(payload_format: Literal["1.0", "2.0"]) -> HttpGateway:
        asked = HttpAuthorizer(
            ("$request.header.Authorization",), 0, payload_format, simple_responses=False, function=guard
        )
        served = tuple(HttpRoute(key, authorized=True, integration=proxy) for key in ("GET /a/{id}", "GET /b"))
        definition = HttpApi("demo", stage="dev", routes=served, authorizer=asked, stage_variables={"v": "1"})
        return HttpGateway(definition, clock=lambda: 1.0, timer=lambda: 0.0, random_bytes=bytes)

    guard, proxy = spoiling(answer(context={"a": "b"})), LambdaProxy(spoiling({"statusCode": 200}))
    methods = [Method("GET", path, authorized=True, integration=proxy) for path in ("/a/{id}", "/b")]
    definition = api(*methods, authorizer=request_authorizer(guard, ttl=0), stage_variables={"v": "1"})
    rest = LocalGateway(definition, clock=lambda: 1.0, timer=lambda: 0.0, random_bytes=bytes)
    gateways: tuple[RequestGateway, ...] = rest, http("1.0"), http("2.0")
    for gateway in gateways:
        for target in ("/dev/a/1?q=1&q=2", "/dev/b"):
            wire = GatewayRequest("GET", target, (*CALLER, ("Cookie", "a=b"), ("X", "1"), ("X", "2")))
            wire = replace(wire, handed_on=HandedOn.of(wire))
            seen.clear()
            assert [(await gateway.handle(wire)).status for _ in range(3)] == [200] * 3
            assert seen == seen[:2] * 3


class Answering:
    """A function of which somebody awaits an answer."""

    timeout = 3.0

    def __init__(self) -> None:
        self.ended: list[object] = []

    def end(self, answer: object) -> object:
        self.ended.append(answer)
        return answer


@pytest.mark.parametrize("early", [True, False])
async def test_a_hint_that_comes_late_takes_no_answer_of_the_next_invocation(early: bool) -> None:
    function: Any = Answering()
    desk = Desk()
    if early:
        desk.answers.put("first")
    slow = _Slow(function, desk, None)
    hint = slow._answered
    if not early:
        assert desk.on_answer == hint
        desk.answers.put("first")
        hint()
    assert await slow.outcome == "first"
    assert desk.on_answer is None
    desk.answers.put("next")
    hint()
    await asyncio.sleep(0.01)
    assert (desk.answers.get_nowait(), function.ended) == ("next", ["first"])
