"""What the local gateway sends, the authorizer reads as API Gateway's own; what that answers, the gateway takes."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from apigw_oauth.authorizer import events
from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.gateway import authorizer_result
from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method, RestApi
from apigw_oauth.gateway.authorizer_result import AuthorizerResult, InvalidAuthorizerResultError
from apigw_oauth.gateway.http_api import http_authorizer_result
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from apigw_oauth.gateway.policy_evaluator import evaluate
from tests.authorizer.lambda_environment import (
    EVENTS,
    INACTIVE,
    VALID,
    environment_for,
    with_token,
    without_token,
)
from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.http_api.http_apis import http_api, http_authorizer, mock_routes
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.websocket_api.websocket_apis import RunningWebSocketGateway
from tests.gateway.websocket_api.websocket_apis import guarded as guarded_websocket
from tests.scripted_server import ScriptedServer, answer

PATHS = ["/pets/7", "/pets/a%2Fb", "/pets/a:b:c", "/pets/%E2%82%AC", "/pets/*", "/pets/x/", "/a/b/c/d", "/"]


def gateway(kind: str, seen: list[dict[str, Any]]) -> RestApi:
    def authorize(event: dict[str, Any], _context: object) -> object:
        seen.append(event)
        arn = MethodArn.parse(event["methodArn"])
        allow = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [arn.resource("*")]}
        document = {"Version": "2012-10-17", "Statement": [allow]}
        return {
            "principalId": "john",
            "policyDocument": document,
            "context": {"wwwAuthenticate": "Bearer", "sub": "john"},
        }

    def hello(event: dict[str, Any], _context: object) -> object:
        return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"])}

    function = LambdaProxy(function_from_callable(lambda: hello, name="hello"))
    return RestApi(
        name="contract",
        stage="dev",
        methods=tuple(Method("GET", path, True, function) for path in ("/", "/pets/{id}", "/a/{rest+}")),
        authorizer=Authorizer(
            type="TOKEN" if kind == "token" else "REQUEST",
            identity_sources=("method.request.header.Authorization",),
            identity_validation=None,
            ttl=0,
            function=function_from_callable(lambda: authorize, name="authorizer"),
        ),
        gateway_responses={},
    )


@pytest.mark.parametrize("kind", ["token", "request"])
@pytest.mark.parametrize("path", PATHS)
def test_an_event_of_the_local_gateway_is_read_as_the_request_that_was_made(kind, path):
    seen: list[dict[str, Any]] = []
    running = RunningGateway(gateway(kind, seen))
    try:
        reply = running.send("GET", f"/dev{path}", [("aUTHORIZATION", "Bearer abc")])
    finally:
        running.close()
    assert reply.status == http.client.OK
    (event,) = seen
    request: Request = events.recognize(event, expected=kind).parse(event)
    assert request.method == "GET"
    assert request.headers["authorization"] == ("Bearer abc",)
    assert str(request.method_arn) == event["methodArn"]
    assert request.method_arn.path == path
    told = reply.json
    assert (told["principalId"], told["sub"]) == ("john", "john")


ROUTES = ("GET /", "GET /pets/{id}", "ANY /a/{rest+}", "$default")


@pytest.mark.parametrize("stage", ["$default", "v1"])
@pytest.mark.parametrize("name", ["http-1.0", "http-2.0", "http-2.0-simple"])
def test_an_event_of_the_local_http_api_is_read_as_the_request_that_was_made(name, stage):
    simple = name == "http-2.0-simple"
    function = FakeFunction(lambda _: {"isAuthorized": True} if simple else allow())
    authorizer = http_authorizer(function, payload_format=name[5:8], simple=simple)
    running = RunningGateway(http_api(*mock_routes(*ROUTES, authorized=True), authorizer=authorizer, stage=stage))
    prefix = "" if stage == "$default" else f"/{stage}"
    try:
        replies = [running.send("GET", prefix + path, [("aUTHORIZATION", "Bearer abc")]) for path in PATHS]
    finally:
        running.close()
    for path, reply, event in zip(PATHS, replies, function.events, strict=True):
        request = events.recognize(event, expected=name).parse(event)
        served_by = reply.json
        method = served_by.partition(" ")[0]
        # Payload format 1.0 does not say whether the route is one of ANY.
        assert request.route_key == (served_by.replace("ANY", "GET") if name == "http-1.0" else served_by)
        assert method in {"GET", "ANY", "$default"}
        assert (request.method, request.headers["authorization"]) == ("GET", ("Bearer abc",))
        assert (request.method_arn.stage, request.method_arn.path) == (stage, unquote(path))


def test_the_local_http_api_joins_several_tokens_and_they_are_seen_as_several():
    function = FakeFunction(lambda _: {"isAuthorized": False})
    api = http_api(*mock_routes("GET /x", authorized=True), authorizer=http_authorizer(function, simple=True))
    running = RunningGateway(api)
    try:
        running.send("GET", "/x", [("Authorization", "Bearer a"), ("Authorization", "Bearer b")])
    finally:
        running.close()
    (event,) = function.events
    assert events.recognize(event, expected="http-2.0").parse(event).headers["authorization"] == (
        "Bearer a,Bearer b",
    )


def test_an_event_of_the_local_websocket_api_is_read_as_its_handshake():
    function = FakeFunction(lambda _: allow("Deny"))
    running = RunningWebSocketGateway(guarded_websocket(function))
    try:
        running.refused(("aUTHORIZATION", "Bearer abc"))
    finally:
        running.close()
    (event,) = function.events
    request = events.recognize(event, expected="websocket").parse(event)
    assert (request.method, request.path, request.route_key) == ("$connect", "", "$connect")
    assert request.headers["authorization"] == ("Bearer abc",)
    assert str(request.method_arn) == event["methodArn"]


def rest_or_websocket(returned: object) -> AuthorizerResult:
    return authorizer_result.parse(returned)


READERS: dict[str, Callable[[object], AuthorizerResult]] = {
    "token": rest_or_websocket,
    "request": rest_or_websocket,
    "http-1.0": http_authorizer_result.read_policy,
    "http-2.0": http_authorizer_result.read_policy,
    "http-2.0-simple": http_authorizer_result.read_simple,
    "websocket": rest_or_websocket,
}


def test_every_format_is_judged():
    assert list(READERS) == [known.name for known in events.FORMATS]


def effect(name: str, returned: object) -> str:
    """What API Gateway would do with an answer to the recorded event."""
    result = READERS[name](json.loads(json.dumps(returned)))
    assert result.notices == ()
    assert result.context is not None
    assert all(isinstance(value, str) for value in result.context.values())
    sent = with_token(name)
    arn = sent.get("routeArn") or sent["methodArn"]
    found = evaluate(
        result.policy,
        action="execute-api:Invoke",
        resource_arn=arn,
        condition_context={"aws:CurrentTime": "2023-11-14T22:14:00Z"},
    )
    assert found.notices == ()
    return found.effect


MODES = [
    (known.name, cache)
    for known in events.FORMATS
    for cache in ("off", "route", "token")
    if (known.name, cache) not in {("token", "route"), ("http-2.0-simple", "token")}  # these do not start
    if known.name != "websocket" or cache == "off"
]


@pytest.mark.parametrize(("name", "cache"), MODES)
@pytest.mark.parametrize(
    ("said", "expected"),
    [(VALID, "allow"), ({**VALID, "scopes": []}, "explicit_deny"), (INACTIVE, "explicit_deny")],
)
def test_a_recorded_event_gets_an_answer_that_the_gateway_takes(name, cache, said, expected):
    with ScriptedServer(answer(json.dumps(said).encode())) as server:
        handler = environment_for(server.url, name, cache=cache, refusals="dynamic-401")
        assert effect(name, handler(with_token(name))) == expected
        assert effect(name, handler(without_token(name))) == "explicit_deny"


@pytest.mark.parametrize("name", EVENTS)
def test_the_answer_to_another_kind_of_api_is_not_taken(name):
    other = "http-2.0" if name == "http-2.0-simple" else "http-2.0-simple"
    with (
        ScriptedServer(answer(json.dumps(VALID).encode())) as server,
        pytest.raises(InvalidAuthorizerResultError),
    ):
        READERS[name](environment_for(server.url, other)(with_token(other)))


@pytest.mark.parametrize("name", EVENTS)
def test_a_401_is_said_only_where_the_gateway_understands_it(name):
    handler = environment_for("http://127.0.0.1:1", name)
    if name.startswith("http-"):
        assert effect(name, handler(without_token(name))) == "explicit_deny"
        return
    with pytest.raises(UnauthorizedError):
        handler(without_token(name))
