"""Who may connect, through real sockets and a client library of its own."""

import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.guarded_api import EXPLICIT, IMPLICIT, raising, returning
from tests.gateway.websocket_api.conftest import ServeWebSocket
from tests.gateway.websocket_api.websocket_apis import (
    HEADER,
    TOKEN,
    assert_refused,
    guarded,
    ok,
    route,
    websocket_api,
)

CONNECT_ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/$connect"


def assert_unauthorized(response: Response) -> None:
    assert_refused(response, 401, b'{"message":"Unauthorized"}', "UnauthorizedException")


def assert_configuration_error(response: Response) -> None:
    assert_refused(response, 500, b'{"message":null}', "AuthorizerConfigurationException")


def assert_denied(response: Response, message: str) -> None:
    assert_refused(response, 403, f'{{"Message":"{message}"}}'.encode(), "AccessDeniedException")


class TestWithoutAuthorizer:
    def test_an_api_without_connect_lets_everybody_in(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api())
        with gateway.client() as client:
            assert client.response is not None
            assert client.response.status_code == 101
        record = gateway.record("CONNECT")
        assert (record.status, record.route, record.decision, record.authorizer) == (101, None, "public", "none")
        assert record.path == "/dev"

    def test_a_slash_after_the_stage_does_not_matter(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api())
        with gateway.client(path="/dev/?a=1"):
            assert gateway.record("CONNECT").status == 101

    @pytest.mark.parametrize("path", ["/", "/other", "/devel", "/dev/more", "/DEV"])
    def test_another_path_is_403(self, serve_websocket: ServeWebSocket, path: str) -> None:
        gateway = serve_websocket(guarded())
        assert_refused(gateway.refused(TOKEN, path=path), 403, b'{"message":"Forbidden"}', "ForbiddenException")
        record = gateway.record("CONNECT")
        assert (record.decision, record.route) == ("refused", None)

    def test_a_url_of_more_than_4096_characters_is_414(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api())
        with gateway.client(path="/dev?a=" + "b" * 4_089):
            pass
        assert gateway.refused(path="/dev?a=" + "b" * 4_090).status_code == 414

    def test_large_headers_are_431(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api())
        assert gateway.refused(("X-Large", "a" * 10_240)).status_code == 431

    def test_what_is_no_handshake_in_spite_of_its_upgrade_is_400(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api())
        with gateway.connect() as connection:
            connection.sendall(
                b"GET /dev HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 4")
        assert gateway.records == []


class TestIdentitySources:
    @pytest.mark.parametrize("headers", [(), (("Authorization", ""),), (("Other", "t"),)])
    def test_without_its_header_the_authorizer_is_not_asked(
        self, serve_websocket: ServeWebSocket, headers: tuple[tuple[str, str], ...]
    ) -> None:
        fake = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(fake))
        assert_unauthorized(gateway.refused(*headers))
        assert fake.events == []
        record = gateway.record("CONNECT")
        assert (record.status, record.decision, record.authorizer) == (401, "unauthorized", "not invoked")

    @pytest.mark.parametrize("query", ["", "?token=", "?Token=t"])
    def test_neither_is_it_without_its_query_parameter(self, serve_websocket: ServeWebSocket, query: str) -> None:
        fake = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(fake, sources=("route.request.querystring.token",)))
        assert_unauthorized(gateway.refused(path=f"/dev{query}"))
        assert fake.events == []
        with gateway.client(path="/dev?token=t"):
            assert fake.events[0]["queryStringParameters"] == {"token": "t"}

    def test_all_of_them_must_be_there(self, serve_websocket: ServeWebSocket) -> None:
        sources = (HEADER, "stageVariables.tier", "context.connectionId")
        assert_unauthorized(serve_websocket(guarded(sources=sources)).refused(TOKEN))
        with serve_websocket(guarded(sources=sources, stage_variables={"tier": "gold"})).client(TOKEN):
            pass

    def test_without_identity_sources_the_authorizer_is_always_asked(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        fake = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(fake, sources=()))
        for count in (1, 2):
            with gateway.client():
                assert len(fake.events) == count


class TestAnswersOfTheAuthorizer:
    def test_its_policy_for_this_very_route_lets_the_client_in(self, serve_websocket: ServeWebSocket) -> None:
        fake = FakeFunction(lambda event: allow("Allow", event["methodArn"]))
        gateway = serve_websocket(guarded(fake))
        with gateway.client(TOKEN):
            pass
        assert fake.events[0]["methodArn"] == CONNECT_ARN
        record = gateway.record("CONNECT")
        assert (record.status, record.route, record.authorizer) == (101, "$connect", "invoked")
        assert (record.decision, record.reason) == ("allow", "the policy allows it")
        assert record.authorizer_ms is not None

    def test_it_is_asked_at_every_handshake(self, serve_websocket: ServeWebSocket) -> None:
        fake = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(fake))
        for _ in range(2):
            with gateway.client(TOKEN):
                pass
        assert len(fake.events) == 2

    def test_the_header_names_it_sees_are_the_clients(self, serve_websocket: ServeWebSocket) -> None:
        fake = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(fake))
        with gateway.client(("aUTHORization", "t"), ("X-lower-UPPER", "1")):
            pass
        headers = fake.events[0]["headers"]
        assert headers["X-lower-UPPER"] == "1"
        assert headers["Authorization"] == "t"
        assert headers["Sec-WebSocket-Version"] == "13"
        assert (headers["Connection"], headers["Upgrade"], headers["content-length"]) == (
            "upgrade",
            "websocket",
            "0",
        )

    @pytest.mark.parametrize(
        ("policy", "message"),
        [
            (allow("Deny"), EXPLICIT),
            (allow("Allow", "arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/GET/*"), IMPLICIT),
            (allow("Allow", "arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/*/*"), IMPLICIT),
            (allow("Allow", []), IMPLICIT),
        ],
    )
    def test_a_policy_that_does_not_allow_it_is_403(
        self, serve_websocket: ServeWebSocket, policy: dict[str, Any], message: str
    ) -> None:
        connect = FakeFunction(ok)
        gateway = serve_websocket(guarded(returning(policy), route("$connect", connect, authorized=True)))
        assert_denied(gateway.refused(TOKEN), message)
        assert connect.events == []
        assert (gateway.record("CONNECT").status, gateway.record("CONNECT").decision) == (403, "deny")

    def test_the_older_text_is_an_option(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(guarded(returning(allow("Deny"))), legacy_access_denied_text=True)
        assert_denied(
            gateway.refused(TOKEN), "User is not authorized to access this resource with an explicit deny"
        )

    def test_raising_exactly_unauthorized_is_401(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(guarded(raising(Exception("Unauthorized"))))
        assert_unauthorized(gateway.refused(TOKEN))
        assert gateway.record("CONNECT").decision == "unauthorized"

    @pytest.mark.parametrize(
        "error",
        [Exception("unauthorized"), Exception("Unauthorized: expired"), KeyError("Unauthorized")],
        ids=repr,
    )
    def test_raising_anything_else_is_500(self, serve_websocket: ServeWebSocket, error: Exception) -> None:
        gateway = serve_websocket(guarded(raising(error)))
        assert_configuration_error(gateway.refused(TOKEN))
        assert gateway.record("CONNECT").decision == "error"

    @pytest.mark.parametrize(
        "result",
        [
            None,
            {},
            {"isAuthorized": True},
            {"statusCode": 401},
            {**allow(), "context": {"claims": "x"}},
            allow()["policyDocument"],
        ],
    )
    def test_an_answer_that_cannot_be_used_is_500(self, serve_websocket: ServeWebSocket, result: object) -> None:
        assert_configuration_error(serve_websocket(guarded(returning(result))).refused(TOKEN))

    def test_a_timeout_is_500(self, serve_websocket: ServeWebSocket) -> None:
        release = threading.Event()
        slow = function_from_callable(lambda: lambda _event, _context: release.wait(30), name="slow", timeout=0.1)
        assert_configuration_error(serve_websocket(guarded(slow)).refused(TOKEN))
        release.set()


class TestProtocol:
    def test_no_compression_is_agreed_on(self, serve_websocket: ServeWebSocket) -> None:
        with serve_websocket(websocket_api()).client(compression="deflate") as client:
            assert client.request is not None
            assert client.response is not None
            assert "Sec-WebSocket-Extensions" in client.request.headers
            assert "Sec-WebSocket-Extensions" not in client.response.headers

    @pytest.mark.parametrize("header", [b"Host: \xe9", b"Host: h\r\nSec-WebSocket-Protocol: \xe9"])
    def test_names_that_cannot_be_read_are_400_and_quiet(
        self, serve_websocket: ServeWebSocket, header: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        gateway = serve_websocket(websocket_api())
        with gateway.connect() as connection:
            connection.sendall(
                b"GET /dev HTTP/1.1\r\n" + header + b"\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            )
            connection.sendall(b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
        assert (gateway.records, caplog.records) == ([], [])

    @pytest.mark.parametrize(("frame", "code"), [(b"\x81\x82\0\0\0\0\xff\xfe", 1007), (b"\x81\x01a", 1002)])
    def test_a_client_that_breaks_the_protocol_is_told_so(
        self, serve_websocket: ServeWebSocket, frame: bytes, code: int
    ) -> None:
        gateway = serve_websocket(websocket_api())
        with pytest.raises(ConnectionClosed) as caught, gateway.client() as client:
            client.socket.sendall(frame)
            client.recv(timeout=10)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == code
        assert gateway.record("DISCONNECT").reason == f"closed with {code}"
