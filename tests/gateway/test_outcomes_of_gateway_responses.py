"""Customised gateway responses, through real HTTP."""

from apigw_oauth.gateway.api import GatewayResponse
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer
from tests.gateway.guarded_api import EXPLICIT, guarded, raising, returning


class TestGatewayResponses:
    def test_a_static_challenge_for_401(self, serve: Serve) -> None:
        responses = {"UNAUTHORIZED": GatewayResponse(headers={"WWW-Authenticate": "'Bearer realm=\"api\"'"})}
        gateway = guarded(serve, raising(Exception("Unauthorized")), api={"gateway_responses": responses})
        for reply in (gateway.get("/dev/x"), gateway.get("/dev/x", "t")):
            assert (reply.status, reply.json) == (401, {"message": "Unauthorized"})
            assert reply.header("WWW-Authenticate") == 'Bearer realm="api"'
            assert reply.header("x-amzn-ErrorType") == "UnauthorizedException"

    def test_a_dynamic_challenge_from_the_context_of_a_deny_cached_or_not(self, serve: Serve) -> None:
        challenge = 'Bearer error="insufficient_scope", scope="pets:read"'
        responses = {
            "ACCESS_DENIED": GatewayResponse(headers={"WWW-Authenticate": "context.authorizer.wwwAuthenticate"})
        }
        fake = FakeFunction(lambda _: answer("Deny", context={"wwwAuthenticate": challenge}))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        for _ in range(2):
            reply = gateway.get("/dev/x", "t")
            assert (reply.status, reply.header("WWW-Authenticate")) == (403, challenge)
            assert reply.json == {"message": EXPLICIT}

    def test_after_a_raise_there_is_no_authorizer_context(self, serve: Serve) -> None:
        responses = {
            "DEFAULT_4XX": GatewayResponse(
                headers={"X-Principal": "context.authorizer.principalId"},
                templates={
                    "application/json": '{"p":"$context.authorizer.principalId","m":$context.error.messageString}'
                },
            )
        }
        fake = FakeFunction(lambda _: answer("Deny"))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        denied = gateway.get("/dev/x", "t")
        assert denied.header("X-Principal") == "user"
        assert denied.json == {"p": "user", "m": EXPLICIT}
        missing = gateway.get("/dev/x")
        assert missing.header("X-Principal") is None
        assert missing.json == {"p": "", "m": "Unauthorized"}

    def test_one_status_of_ones_own_per_type(self, serve: Serve) -> None:
        responses = {"ACCESS_DENIED": GatewayResponse(status=401)}
        gateway = guarded(serve, returning(answer("Deny")), api={"gateway_responses": responses})
        assert gateway.get("/dev/x", "t").status == 401

    def test_a_context_value_cannot_inject_headers(self, serve: Serve) -> None:
        responses = {"ACCESS_DENIED": GatewayResponse(headers={"X-C": "context.authorizer.c"})}
        fake = FakeFunction(lambda _: answer("Deny", context={"c": "a\r\nX-Injected: 1"}))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        for _ in range(2):
            reply = gateway.get("/dev/x", "t")
            assert reply.status == 403
            assert reply.header("X-C") is None
            assert reply.header("X-Injected") is None
        assert len([notice for notice in gateway.notices if "X-C" in notice]) == 1

    def test_a_header_whose_context_key_is_absent_is_left_out(self, serve: Serve) -> None:
        headers = {"DPoP-Nonce": "context.authorizer.dpopNonce", "Cache-Control": "'no-store'"}
        responses = {"ACCESS_DENIED": GatewayResponse(headers=headers)}
        contexts: list[dict[str, object]] = [{"dpopNonce": "n-1"}, {"other": "x"}, {"dpopNonce": None}, {}]
        fake = FakeFunction(lambda event: answer("Deny", context=contexts[int(event["headers"]["Authorization"])]))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        replies = [gateway.get("/dev/x", str(number)) for number in range(len(contexts))]
        assert [reply.header("DPoP-Nonce") for reply in replies] == ["n-1", None, None, None]
        assert {(reply.status, reply.header("Cache-Control")) for reply in replies} == {(403, "no-store")}
