"""What an authorizer's answers lead to, through real HTTP."""

from typing import Any, Literal

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
    function,
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

    @pytest.mark.parametrize("type_", ["TOKEN", "REQUEST"])
    def test_null_context_values_are_left_out_and_told_once(
        self, serve: Serve, type_: Literal["TOKEN", "REQUEST"]
    ) -> None:
        result = answer(context={"introspectionResponse": "{}", "scopes": None})
        gateway = guarded(serve, returning(result), type_=type_, ttl=0)
        assert [gateway.get("/dev/x", "t").status for _ in range(2)] == [200, 200]
        assert len([notice for notice in gateway.notices if "null values" in notice]) == 1

    def test_a_null_principal_is_refused_beside_them(self, serve: Serve) -> None:
        result = answer(context={"scopes": None}) | {"principalId": None}
        assert_configuration_error(guarded(serve, returning(result)).get("/dev/x", "t"))

    @pytest.mark.parametrize("place", ["member", "context", "statement", "operator", "key"])
    def test_a_token_in_a_name_is_told_nowhere(self, serve: Serve, place: str) -> None:
        def handler(event: dict[str, Any], _context: object) -> object:
            token = event["multiValueHeaders"]["Authorization"][0]
            return {
                "member": {token: 1},
                "context": answer(context={token: []}),
                "statement": answer() | {"policyDocument": policy() | {token: 1}},
                "operator": answer() | {"policyDocument": policy(Condition={token: {"aws:UserAgent": "x"}})},
                "key": answer() | {"policyDocument": policy(Condition={"StringEquals": {token: "x"}})},
            }[place]

        gateway = guarded(serve, function(handler))
        for second in ("last", "last", "other"):
            headers = [("Authorization", "Bearer s3cr3t-t0ken"), ("Authorization", second)]
            assert gateway.send("GET", "/dev/x", headers).status in {403, 500}
        told = "\n".join(gateway.notices) + str(gateway.records)
        assert "[redacted]" in told
        assert "s3cr3t" not in told

    def test_a_token_in_a_condition_is_not_told_from_the_cache_either(self, serve: Serve) -> None:
        def handler(event: dict[str, Any], _context: object) -> object:
            condition = {event["headers"]["Authorization"]: {"aws:UserAgent": "x"}}
            return answer(resource="*/GET/y") | {"policyDocument": policy("Allow", "*/GET/y", Condition=condition)}

        gateway = guarded(serve, function(handler), sources=("method.request.header.X-Key",))
        for target, token in (("/dev/x", "Bearer s3cr3t-t0ken"), ("/dev/y", "Bearer an0ther")):
            headers = [("X-Key", "same"), ("Authorization", token)]
            assert gateway.send("GET", target, headers).status == 403
        assert gateway.records[-1].authorizer == "cached"
        assert [notice for notice in gateway.notices if "[redacted]" in notice]
        assert "s3cr3t" not in str(gateway.notices)

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"aws:UserAgent": "${aws:UserAgent}"}},
            {"IpAddress": {"aws:VpcSourceIp": "garbage"}},
        ],
        ids=["policy variable", "absent key, unparsable value"],
    )
    def test_a_deny_whose_condition_cannot_be_evaluated_denies(
        self, serve: Serve, condition: dict[str, object]
    ) -> None:
        document = policy("Allow", "*")
        document["Statement"] += policy("Deny", "*", Condition=condition)["Statement"]
        gateway = guarded(serve, returning(answer() | {"policyDocument": document}))
        assert_denied(gateway.send("GET", "/dev/x", [("Authorization", "t"), ("User-Agent", "x")]), EXPLICIT)
        assert [notice for notice in gateway.notices if "denies always" in notice]

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
