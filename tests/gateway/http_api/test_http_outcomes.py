"""The outcomes of an HTTP API with a Lambda authorizer, through real HTTP and real function environments."""

import threading
from typing import Any

import pytest

from apigw_oauth.gateway.api import LambdaProxy
from apigw_oauth.gateway.http_api.api import HttpRoute
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer
from tests.gateway.guarded_api import function, raising, returning
from tests.gateway.http_api.http_apis import (
    HEADER,
    assert_error,
    assert_forbidden,
    assert_internal_error,
    assert_unauthorized,
    guarded,
    http_api,
    http_authorizer,
    mock_routes,
)

ARN = "arn:aws:execute-api:eu-west-1:123456789012:lsw1ro4ipb/$default/GET/"


class TestRouting:
    def test_the_default_stage_has_no_stage_in_its_paths(self, serve: Serve) -> None:
        gateway = serve(http_api(*mock_routes("GET /", "GET /x")))
        assert gateway.get("/").body == b'"GET /"'
        assert gateway.get("//x").body == b'"GET /x"'
        assert_error(gateway.get("/$default/x"), 404, "Not Found")
        assert gateway.records[-1].decision == "refused"
        assert gateway.records[-1].reason == "no such route"

    def test_another_stage_has(self, serve: Serve) -> None:
        gateway = serve(http_api(*mock_routes("GET /x"), stage="dev"))
        assert gateway.get("/dev/x").body == b'"GET /x"'
        for target in ("/x", "/", "/devx", "/dev", "/dev/y"):
            assert_error(gateway.get(target), 404, "Not Found")
        assert_error(gateway.send("OPTIONS", "*"), 404, "Not Found")

    @pytest.mark.parametrize("verb", ["get", "TRACE", "PROPFIND"])
    def test_other_verbs_are_404_even_with_a_default_route(self, serve: Serve, verb: str) -> None:
        gateway = serve(http_api(*mock_routes("$default")))
        assert gateway.send("OPTIONS", "/anything").body == b'"$default"'
        assert_error(gateway.send(verb, "/anything"), 404, "Not Found")

    def test_a_preflight_meets_the_authorizer_like_any_request(self, serve: Serve) -> None:
        authorizer = http_authorizer()
        gateway = serve(http_api(*mock_routes("ANY /x", authorized=True), authorizer=authorizer))
        assert_unauthorized(gateway.send("OPTIONS", "/x", [("Origin", "http://a")]))
        assert_error(gateway.send("OPTIONS", "/y"), 404, "Not Found")

    def test_an_encoded_path_is_routed_decoded_with_its_authorizer_and_a_notice(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake)
        assert_unauthorized(gateway.get("/%78"))
        assert gateway.get("/pets/a%20b", "t").status == 200
        assert fake.events[-1]["routeArn"] == f"{ARN}pets/a b"
        assert any("percent-encoded" in notice for notice in gateway.notices)

    def test_a_trailing_slash_keeps_the_authorizer_and_gets_a_notice(self, serve: Serve) -> None:
        fake = FakeFunction(lambda event: answer(resource=event["routeArn"]))
        gateway = guarded(serve, fake)
        assert_unauthorized(gateway.get("/x/"))
        assert gateway.get("/x/", "t").status == 200
        assert fake.events[-1]["routeArn"] == f"{ARN}x/"
        assert any("trailing slash" in notice for notice in gateway.notices)

    def test_too_long_a_request_is_refused_before_the_authorizer(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake)
        assert_error(gateway.get("/x?q=" + "a" * 10_240, "t"), 431, "Request Header Fields Too Large")
        reply = gateway.send("GET", "/x", [("Authorization", "t")], b"a" * (10 * 1024 * 1024 + 1))
        assert_error(reply, 413, "Request Entity Too Large")
        assert fake.events == []


class TestIdentitySources:
    @pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
    def test_without_its_identity_source_the_function_is_not_invoked(
        self, serve: Serve, payload_format: str
    ) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, payload_format=payload_format)
        for token in (None, ""):
            assert_unauthorized(gateway.get("/x", token))
        assert fake.events == []
        assert (gateway.records[-1].authorizer, gateway.records[-1].decision) == ("not invoked", "unauthorized")
        assert gateway.get("/x", "t").status == 200
        assert gateway.get("/open").status == 200
        assert gateway.records[-1].decision == "public"

    def test_query_names_are_case_sensitive_and_header_names_are_not(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, sources=("$request.header.aUTHORIZATION", "$request.querystring.Key"))
        assert_unauthorized(gateway.get("/x?key=1", "t"))
        assert gateway.get("/x?Key=1", "t").status == 200
        assert fake.events[0]["identitySource"] == ["t", "1"]

    def test_without_identity_sources_the_function_is_always_invoked(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: {"isAuthorized": True})
        gateway = guarded(serve, fake, sources=(), simple=True)
        assert gateway.get("/x").status == gateway.get("/x").status == 200
        assert [event["identitySource"] for event in fake.events] == [None, None]

    def test_a_repeated_header_is_joined_with_a_notice(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake)
        gateway.send("GET", "/x", [("Authorization", "first"), ("authorization", "second")])
        assert fake.events[0]["identitySource"] == ["first,second"]
        assert any("more than once" in notice for notice in gateway.notices)


class TestAnswers:
    @pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
    def test_a_policy_is_compared_with_the_arn_of_the_request(self, serve: Serve, payload_format: str) -> None:
        gateway = guarded(serve, returning(answer(resource=f"{ARN}x")), payload_format=payload_format)
        assert gateway.get("/x", "t").status == 200
        assert_forbidden(gateway.get("/y", "t"))
        assert gateway.records[-1].reason == "nothing in the policy allows it"

    def test_a_deny_is_403(self, serve: Serve) -> None:
        assert_forbidden(guarded(serve, returning(answer("Deny"))).get("/x", "t"))

    def test_simple_responses(self, serve: Serve) -> None:
        fake = FakeFunction(lambda event: {"isAuthorized": event["identitySource"] == ["good"]})
        gateway = guarded(serve, fake, simple=True)
        assert gateway.get("/x", "good").status == 200
        assert_forbidden(gateway.get("/x", "bad"))
        assert [record.reason for record in gateway.records] == ["isAuthorized is true", "isAuthorized is false"]
        assert [record.decision for record in gateway.records] == ["allow", "deny"]

    @pytest.mark.parametrize(
        ("simple", "returned", "why"),
        [
            (True, answer(), "simple responses are on"),
            (False, {"isAuthorized": True}, "simple responses are off"),
            (True, {"isAuthorized": "true"}, "isAuthorized is a string"),
            (True, {"isAuthorized": True, "statusCode": 200}, "statusCode"),
            (False, answer(errorMessage="Unauthorized"), "errorMessage"),
            (False, None, "returned nothing"),
        ],
        ids=str,
    )
    def test_what_cannot_be_used_is_500_and_explained(
        self, serve: Serve, simple: bool, returned: object, why: str
    ) -> None:
        gateway = guarded(serve, returning(returned), simple=simple)
        assert_internal_error(gateway.get("/x", "t"))
        assert any(why in notice for notice in gateway.notices)
        assert gateway.records[-1].decision == "error"


class TestFailingFunctions:
    @pytest.mark.parametrize("error", [Exception("boom"), SystemExit(1), KeyError("Unauthorized")], ids=repr)
    def test_raising_is_500(self, serve: Serve, error: BaseException) -> None:
        gateway = guarded(serve, raising(error))
        assert_internal_error(gateway.get("/x", "t"))
        assert not any("authorizers of such APIs" in notice for notice in gateway.notices)

    def test_raising_unauthorized_is_500_too_and_the_notice_says_why(self, serve: Serve) -> None:
        gateway = guarded(serve, raising(Exception("Unauthorized")))
        assert_internal_error(gateway.get("/x", "t"))
        assert any("cannot answer 401" in notice for notice in gateway.notices)

    def test_no_answer_in_time_is_500(self, serve: Serve) -> None:
        release = threading.Event()
        gateway = guarded(serve, FakeFunction(lambda _: release.wait(30)), limit=0.05)
        assert_internal_error(gateway.get("/x", "t"))
        release.set()
        assert "no answer within 0.05 seconds" in gateway.records[-1].reason
        assert any("no answer within 0.05 seconds" in notice for notice in gateway.notices)

    def test_the_traceback_is_told_without_the_token(self, serve: Serve) -> None:
        def handler(event: dict[str, Any], _context: object) -> object:
            raise ValueError("cannot use " + event["headers"]["x-token"] + event["identitySource"][1])

        sources = (*HEADER, "$request.querystring.key", "$request.header.X-Token")
        gateway = guarded(serve, function(handler), sources=sources)
        headers = [("Authorization", "Bearer s3cr3t-t0ken"), ("X-Token", "s3cr3t-header")]
        assert_internal_error(gateway.send("GET", "/x?key=s3cr3t-query", headers))
        told = "\n".join(gateway.notices) + str(gateway.records)
        assert "ValueError: cannot use [redacted][redacted]" in told
        assert "s3cr3t" not in told


class TestContext:
    @pytest.mark.parametrize("simple", [True, False])
    def test_it_reaches_the_backend_with_its_json_types(self, serve: Serve, simple: bool) -> None:
        context = {"n": 1, "b": True, "l": ["a", "b"], "m": {"k": "v"}}
        allow = {"isAuthorized": True} if simple else answer()
        backend = function_from_callable(
            lambda: lambda event, _: event["requestContext"]["authorizer"], name="backend"
        )
        route = HttpRoute("GET /x", authorized=True, integration=LambdaProxy(backend))
        authorizer = http_authorizer(returning({**allow, "context": context}), simple=simple)
        gateway = serve(http_api(route, authorizer=authorizer))
        assert gateway.get("/x", "t").json == {"lambda": context}
