"""What an authorizer's answers lead to, through real HTTP."""

from typing import Any

import pytest

from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method, Mock
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer, api, policy
from tests.gateway.guarded_api import (
    EXPLICIT,
    HEADER,
    IMPLICIT,
    assert_configuration_error,
    assert_denied,
    guarded,
    returning,
)

MALFORMED: dict[str, object] = {
    "nothing": None,
    "empty string": "",
    "a string": "Allow",
    "a list": [],
    "an empty object": {},
    "simple response": {"isAuthorized": True},
    "unknown top-level key": answer(errorType="x"),
    "returned error message": {"errorMessage": "Unauthorized"},
    "no principal": {"policyDocument": policy()},
    "principal null": answer() | {"principalId": None},
    "no policy": {"principalId": "user"},
    "policy as JSON string": answer() | {"policyDocument": "{}"},
    "old version": answer() | {"policyDocument": policy() | {"Version": "2008-10-17"}},
    "statement as object": answer() | {"policyDocument": policy() | {"Statement": policy()["Statement"][0]}},
    "lower-case effect": answer("allow"),
    "condition null": answer() | {"policyDocument": policy(Condition=None)},
    "resource number": answer(resource=1),
    "long resource": answer(resource="arn:" + "a" * 509),
    "context array": answer(context={"a": []}),
    "context object": answer(context={"a": {}}),
    "context null value": answer(context={"a": None}),
    "context list": answer(context=[]),
    "context claims": answer(context={"claims": "x"}),
    "context principalId": answer(context={"principalId": "x"}),
    "not JSON": answer(context={"a": object()}),
}


class TestAnswers:
    @pytest.mark.parametrize("result", MALFORMED.values(), ids=MALFORMED.keys())
    def test_a_malformed_answer_is_500_with_an_explanation_and_not_cached(
        self, serve: Serve, result: object
    ) -> None:
        gateway = guarded(serve, returning(result))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert gateway.notices
        gateway.get("/dev/x", "t")
        assert [record.authorizer for record in gateway.records] == ["invoked", "invoked"]

    def test_an_allow_reaches_the_integration(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        reply = gateway.get("/dev/pets/7", "t")
        assert (reply.status, reply.json) == (200, "GET /pets/{id}")
        record = gateway.records[-1]
        assert (record.route, record.decision, record.authorizer) == ("GET /pets/{id}", "allow", "invoked")
        assert record.path == "/dev/pets/7"

    def test_no_matching_allow_is_an_implicit_deny(self, serve: Serve) -> None:
        assert_denied(guarded(serve, returning(answer(resource=[]))).get("/dev/x", "t"), IMPLICIT)

    def test_a_matching_deny_is_an_explicit_deny(self, serve: Serve) -> None:
        assert_denied(guarded(serve, returning(answer("Deny"))).get("/dev/x", "t"), EXPLICIT)

    def test_the_texts_of_before_2025_on_request(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer("Deny")), legacy_access_denied_text=True)
        assert_denied(
            gateway.get("/dev/x", "t"), "User is not authorized to access this resource with an explicit deny"
        )
        gateway = guarded(serve, returning(answer(resource=[])), legacy_access_denied_text=True)
        reply = gateway.get("/dev/x", "t")
        assert_denied(reply, "User is not authorized to access this resource")
        assert reply.header("Content-Length") == "60"

    def test_the_authorizer_context_reaches_the_backend_as_strings(self, serve: Serve) -> None:
        backend = FakeFunction(lambda event: {"body": "", "statusCode": 200})
        authorizer = FakeFunction(lambda _: answer(context={"text": "v", "number": 1, "flag": True}))
        method = Method("GET", "/x", authorized=True, integration=LambdaProxy(backend))
        gateway = serve(api(method, authorizer=Authorizer("REQUEST", HEADER, None, 300, authorizer)))
        gateway.get("/dev/x", "t")
        gateway.get("/dev/x", "t")
        first, second = (event["requestContext"]["authorizer"] for event in backend.events)
        assert {**first, "integrationLatency": 0} == second
        assert second == {
            "principalId": "user", "integrationLatency": 0, "text": "v", "number": "1", "flag": "true",
        }  # fmt: skip
        assert isinstance(first["integrationLatency"], int)
        assert first["integrationLatency"] >= 1


def test_a_mistake_in_the_gateway_itself_is_500_and_told(serve: Serve) -> None:
    def broken(_event: dict[str, Any]) -> object:
        raise ZeroDivisionError

    methods = (Method("GET", "/x", authorized=False, integration=LambdaProxy(FakeFunction(broken))),)
    gateway = serve(api(*methods, Method("GET", "/y", authorized=False, integration=Mock("1"))))
    reply = gateway.get("/dev/x")
    assert (reply.status, reply.body) == (500, b'{"message": "Internal server error"}')
    assert any("the local gateway itself failed" in notice for notice in gateway.notices)
    assert gateway.get("/dev/y").status == 200
