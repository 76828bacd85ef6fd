"""Integrations of an HTTP API through real HTTP."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from apigw_oauth.gateway.api import HttpProxy, Integration, LambdaProxy, Mock
from apigw_oauth.gateway.http_api.api import HttpRoute
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction
from tests.gateway.http_api.http_apis import assert_error, assert_internal_error, http_api
from tests.gateway.running_gateway import RunningGateway


def serving(serve: Serve, integration: Integration, route: str = "ANY /x", **options: Any) -> RunningGateway:
    return serve(http_api(HttpRoute(route, authorized=False, integration=integration)), **options)


def handler(handle: Callable[[dict[str, Any]], object]) -> LambdaProxy:
    return LambdaProxy(function_from_callable(lambda: lambda event, _context: handle(event), name="backend"))


def test_the_event_of_a_request_over_the_wire(serve: Serve) -> None:
    gateway = serving(serve, handler(lambda event: event), "POST /a/{id}")
    headers = [("Content-Type", "text/plain"), ("X-Two", "1"), ("x-TWO", "2"), ("Cookie", "a=1; b=2")]
    event = gateway.send("POST", "/a/%C3%BC?q=1&q=2", headers, b"body").json
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "POST /a/{id}", "/a/ü")
    assert event["queryStringParameters"] == {"q": "1,2"}
    assert event["pathParameters"] == {"id": "ü"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["headers"]["x-two"], event["headers"]["content-length"]) == ("1,2", "4")
    assert (event["body"], event["isBase64Encoded"]) == ("body", False)
    assert "authorizer" not in event["requestContext"]


def test_an_answer_without_a_status_code_is_json(serve: Serve) -> None:
    reply = serving(serve, handler(lambda _: {"Hello": "World"})).get("/x")
    assert (reply.status, reply.json, reply.header("Content-Type")) == (
        200,
        {"Hello": "World"},
        "application/json",
    )
    assert reply.header("Apigw-Requestid")


def test_cookies_are_set_one_by_one(serve: Serve) -> None:
    answer = {"statusCode": 200, "cookies": ["a=1", "b=2"], "headers": {"x-MiXed": "1"}, "body": "<p>"}
    reply = serving(serve, handler(lambda _: answer)).get("/x")
    assert [value for name, value in reply.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert ("x-MiXed", "1") in reply.headers
    assert reply.header("Content-Type") == "text/plain; charset=utf-8"


def test_a_www_authenticate_of_the_backend_reaches_the_client(serve: Serve) -> None:
    answer = {"statusCode": 401, "headers": {"WWW-Authenticate": "Bearer", "Content-Length": "99"}}
    reply = serving(serve, handler(lambda _: answer)).get("/x")
    assert (reply.status, reply.header("WWW-Authenticate"), reply.body) == (401, "Bearer", b"")


@pytest.mark.parametrize("answer", [{"statusCode": "x"}, {"statusCode": 200, "body": {}}], ids=str)
def test_a_malformed_answer_is_500_and_explained(serve: Serve, answer: object) -> None:
    gateway = serving(serve, handler(lambda _: answer))
    assert_internal_error(gateway.get("/x"))
    assert any("malformed Lambda proxy response" in notice for notice in gateway.notices)


def test_a_failing_function_is_500_and_its_traceback_is_told_without_the_token(serve: Serve) -> None:
    def fail(event: dict[str, Any]) -> object:
        raise LookupError(event["headers"]["authorization"])

    gateway = serving(serve, handler(fail))
    assert_internal_error(gateway.get("/x", "Bearer s3cr3t-t0ken"))
    told = "\n".join(gateway.notices) + str(gateway.records)
    assert "LookupError: [redacted]" in told
    assert "s3cr3t" not in told


def test_too_slow_for_api_gateway_is_503(serve: Serve) -> None:
    release = threading.Event()
    gateway = serving(serve, LambdaProxy(FakeFunction(lambda _: release.wait(30))), integration_limit=0.05)
    reply = gateway.get("/x")
    release.set()
    assert_error(reply, 503, "Service Unavailable")


def test_an_endpoint_that_cannot_be_reached_is_500(serve: Serve) -> None:
    gateway = serving(serve, HttpProxy("http://127.0.0.1:1/x"))
    assert_internal_error(gateway.get("/x"))
    assert "no answer from http://127.0.0.1:1" in gateway.records[-1].reason


def test_an_http_proxy_passes_request_and_response_on(serve: Serve) -> None:
    backend = serving(serve, handler(lambda event: event), "$default")
    gateway = serving(serve, HttpProxy(f"http://127.0.0.1:{backend.port}/base/{{id}}"), "ANY /p/{id}")
    reply = gateway.send("PUT", "/p/a%20b?q=%2F", [("X-A", "1"), ("Content-Type", "text/plain")], b"body")
    event = reply.json
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/base/a b", "q=%2F", "body")
    assert (event["requestContext"]["http"]["method"], event["headers"]["x-a"]) == ("PUT", "1")
    assert event["headers"]["x-amzn-apigateway-api-id"] == "lsw1ro4ipb"
    names = [name.lower() for name, _ in reply.headers]
    assert (names.count("apigw-requestid"), names.count("date")) == (1, 1)


def test_a_mock_answers_itself_for_every_verb(serve: Serve) -> None:
    gateway = serving(serve, Mock("<p>", status=201, content_type="text/html"))
    reply = gateway.get("/x")
    assert (reply.status, reply.body, reply.header("Content-Type")) == (201, b"<p>", "text/html")
    head = gateway.send("HEAD", "/x")
    assert (head.body, head.header("Content-Length")) == (b"", "3")


def test_a_mistake_in_the_gateway_is_500_and_told(serve: Serve) -> None:
    secret = "s3cr3t"

    class Broken:
        name = "broken"

        def invoke(self, _event: dict[str, Any]) -> object:
            raise RuntimeError(secret)

    gateway = serving(serve, LambdaProxy(Broken()))
    assert_internal_error(gateway.get("/x"))
    assert gateway.records[-1].reason == "the local gateway itself failed: RuntimeError"
    assert any("itself failed" in notice for notice in gateway.notices)
    assert secret not in "\n".join(gateway.notices)
