"""What the local gateway sends, the authorizer reads as API Gateway's own; what that answers, the gateway takes."""

import http.client
import json
from typing import Any

import pytest

from apigw_oauth.authorizer import events
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method, RestApi
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.running_gateway import RunningGateway

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
