"""Requests that never reach an authorizer, through real HTTP."""

import pytest

from apigw_oauth.gateway.api import GatewayResponse, LambdaProxy, Method
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer, api, request_authorizer
from tests.gateway.guarded_api import assert_error, guarded, raising, returning


class TestRouting:
    @pytest.mark.parametrize(("method", "target"), [("GET", "/dev/nope"), ("POST", "/dev/x"), ("HEAD", "/dev/x")])
    def test_an_unknown_route_is_403_before_any_authorizer(self, serve: Serve, method: str, target: str) -> None:
        fake = FakeFunction(lambda _: answer())
        reply = guarded(serve, fake).send(method, target, [("Authorization", "t")])
        assert reply.status == 403
        assert reply.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
        assert reply.header("Content-Length") == "42"
        assert reply.body == (b"" if method == "HEAD" else b'{"message":"Missing Authentication Token"}')
        assert fake.events == []

    @pytest.mark.parametrize("verb", ["delete", "Delete", "ANY", "FOO", "TRACE", "CONNECT"])
    def test_only_the_verbs_of_api_gateway_reach_a_method_that_serves_any(self, serve: Serve, verb: str) -> None:
        backend, fake = FakeFunction(lambda _: {"body": ""}), FakeFunction(lambda _: answer("Deny"))
        guarded_method = Method("DELETE", "/x", authorized=True, integration=LambdaProxy(backend))
        open_method = Method("ANY", "/x", authorized=False, integration=LambdaProxy(backend))
        gateway = serve(api(guarded_method, open_method, authorizer=request_authorizer(fake)))
        reply = gateway.send(verb, "/dev/x")
        assert_error(
            reply, 403, b'{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException"
        )
        assert (backend.events, fake.events) == ([], [])
        assert gateway.send("DELETE", "/dev/x").status == 401
        assert gateway.send("POST", "/dev/x").status == 200

    @pytest.mark.parametrize("target", ["/", "/x", "/devx", "/DEV/x", "/prod/x", "//dev/x", "*", "/dev%2Fx"])
    def test_a_path_outside_the_stage_is_forbidden(self, serve: Serve, target: str) -> None:
        method = "OPTIONS" if target == "*" else "GET"
        reply = guarded(serve, returning(answer())).send(method, target, [("Authorization", "t")])
        assert_error(reply, 403, b'{"message":"Forbidden"}', "ForbiddenException")

    def test_forbidden_cannot_be_customised(self, serve: Serve) -> None:
        responses = {"DEFAULT_4XX": GatewayResponse(status=418)}
        gateway = guarded(serve, returning(answer()), api={"gateway_responses": responses})
        assert gateway.get("/nowhere").status == 403
        assert gateway.get("/dev/nowhere").status == 418

    def test_an_arn_of_more_than_1600_bytes_is_414(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        base = len("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/dev/GET/pets/")
        assert gateway.get("/dev/pets/" + "a" * (1600 - base), "t").status == 200
        reply = gateway.get("/dev/pets/" + "a" * (1601 - base), "t")
        assert (reply.status, reply.json) == (414, {"message": "Request URI too long"})

    def test_header_values_of_more_than_10240_bytes_are_431(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        assert gateway.send("GET", "/dev/open", [("X-A", "a" * 10_000)]).status == 200
        assert gateway.send("GET", "/dev/open", [("X-A", "a" * 20_000)]).status == 431

    def test_a_body_of_more_than_ten_megabytes_is_413(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        assert gateway.send("GET", "/dev/open", body=b"a" * (10 * 1024 * 1024)).status == 200
        reply = gateway.send("GET", "/dev/open", body=b"a" * (10 * 1024 * 1024 + 1))
        assert (reply.status, reply.json) == (413, {"message": "Request Too Long"})

    def test_a_public_route_has_no_authorizer(self, serve: Serve) -> None:
        gateway = guarded(serve, raising(Exception("never")))
        assert gateway.get("/dev/open").status == 200
        assert (gateway.records[-1].authorizer, gateway.records[-1].decision) == ("none", "public")

    def test_a_method_override_header_is_ignored_with_a_notice(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        reply = gateway.send("GET", "/dev/open", [("X-HTTP-Method-Override", "DELETE")])
        assert reply.status == 200
        assert any("X-HTTP-Method-Override" in notice for notice in gateway.notices)
