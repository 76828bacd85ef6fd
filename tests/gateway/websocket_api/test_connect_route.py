"""What the function behind $connect makes of a handshake, through real sockets."""

import threading
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage

from apigw_oauth.gateway.api import Mock
from apigw_oauth.gateway.websocket_api.api import WebSocketRoute
from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.guarded_api import function, raising, returning
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


class TestConnectRoute:
    def test_its_function_is_told_what_the_authorizer_said(self, serve_websocket: ServeWebSocket) -> None:
        connect = FakeFunction(ok)
        told = returning(allow(context={"scope": "a b", "age": 7, "known": True}))
        gateway = serve_websocket(guarded(told, route("$connect", connect, authorized=True)))
        with gateway.client(TOKEN, path="/dev?room=1"):
            pass
        event = connect.events[0]
        authorizer = event["requestContext"]["authorizer"]
        assert isinstance(authorizer.pop("integrationLatency"), int)
        assert authorizer == {"principalId": "user", "scope": "a b", "age": "7", "known": "true"}
        assert event["queryStringParameters"] == {"room": "1"}
        assert event["requestContext"]["domainName"] == f"127.0.0.1:{gateway.port}"

    @pytest.mark.parametrize("status", [200, 201, 299, "204"])
    def test_any_2xx_lets_the_client_in(self, serve_websocket: ServeWebSocket, status: int | str) -> None:
        with serve_websocket(websocket_api(route("$connect", lambda _: {"statusCode": status}))).client():
            pass

    @pytest.mark.parametrize("status", [300, 301, 304, 400, 401, 403, 500, 501])
    def test_any_other_status_refuses_it_with_that_status(
        self, serve_websocket: ServeWebSocket, status: int
    ) -> None:
        gateway = serve_websocket(
            guarded(None, route("$connect", lambda _: {"statusCode": status, "body": "no"}, authorized=True))
        )
        response = gateway.refused(TOKEN)
        assert (response.status_code, bytes(response.body)) == (status, b"")
        record = gateway.record("CONNECT")
        assert (record.status, record.decision, record.reason) == (status, "allow", f"$connect answered {status}")

    @pytest.mark.parametrize("answer", [raising(RuntimeError("boom")), lambda _: None, lambda _: {"status": 200}])
    def test_a_function_that_fails_refuses_it_with_502(self, serve_websocket: ServeWebSocket, answer: Any) -> None:
        gateway = serve_websocket(websocket_api(route("$connect", answer)))
        response = gateway.refused()
        body = b'{"message": "Internal server error"}'
        assert_refused(response, 502, body, "InternalServerErrorException")
        assert gateway.record("CONNECT").decision == "public"

    def test_a_function_that_is_too_slow_refuses_it_with_504(self, serve_websocket: ServeWebSocket) -> None:
        release = threading.Event()
        gateway = serve_websocket(
            websocket_api(route("$connect", lambda _: release.wait(30))), integration_limit=0.1
        )
        assert gateway.refused().status_code == 504
        release.set()

    def test_a_mock_may_stand_behind_it(self, serve_websocket: ServeWebSocket) -> None:
        with serve_websocket(websocket_api(WebSocketRoute("$connect", Mock("hello")))).client():
            pass
        refusing = serve_websocket(websocket_api(WebSocketRoute("$connect", Mock("", status=418))))
        assert refusing.refused().status_code == 418

    def test_a_client_that_leaves_during_the_handshake_is_said_to_have_left(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        entered, release = threading.Event(), threading.Event()

        def wait(_event: dict[str, Any]) -> object:
            entered.set()
            release.wait(10)
            return {"statusCode": 200}

        ended = FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("$connect", wait), route("$disconnect", ended)))
        with pytest.raises((TimeoutError, InvalidMessage)), gateway.client(open_timeout=0.2):
            pass
        assert entered.wait(10)
        assert gateway.http("GET", "/dev").status == 426  # who answers this has seen the other one go
        release.set()
        assert gateway.record("DISCONNECT").reason == "closed with 1006"
        assert "left during the handshake" in gateway.record("CONNECT").reason
        assert ended.events[0]["requestContext"]["disconnectStatusCode"] == 1006


class TestSubprotocols:
    def test_connect_chooses_one_of_those_that_the_client_offers(self, serve_websocket: ServeWebSocket) -> None:
        def choose(event: dict[str, Any]) -> object:
            assert event["headers"]["Sec-WebSocket-Protocol"] == "chat1, chat2"
            return {"statusCode": 200, "headers": {"sec-websocket-protocol": "chat2"}}

        with serve_websocket(websocket_api(route("$connect", choose))).client(
            subprotocols=["chat1", "chat2"]
        ) as client:
            assert client.subprotocol == "chat2"

    def test_nobody_else_chooses_one(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api(route("$connect")))
        with gateway.client(subprotocols=["chat1"]) as client:
            assert client.subprotocol is None
        assert any("returned no Sec-WebSocket-Protocol" in notice for notice in gateway.notices)

    def test_one_that_was_not_offered_is_left_out_and_not_told(self, serve_websocket: ServeWebSocket) -> None:
        def choose(_event: dict[str, Any]) -> object:
            return {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "s3cr3t"}}

        gateway = serve_websocket(websocket_api(route("$connect", choose)))
        with gateway.client() as client:
            assert client.subprotocol is None
        assert "did not offer" in gateway.told
        assert "s3cr3t" not in gateway.told


class TestCredentials:
    @pytest.mark.parametrize(
        ("sources", "headers", "path"),
        [
            ((HEADER,), (TOKEN,), "/dev"),
            (("route.request.querystring.token",), (), "/dev?token=s3cr3t-t0ken"),
            (("route.request.header.Sec-WebSocket-Protocol",), (), "/dev"),
        ],
    )
    def test_they_are_told_nowhere(
        self,
        serve_websocket: ServeWebSocket,
        sources: tuple[str, ...],
        headers: tuple[tuple[str, str], ...],
        path: str,
    ) -> None:
        def repeat(event: dict[str, Any], _context: object) -> object:
            raise ValueError(f"cannot use {event['headers']} {event.get('queryStringParameters')}")

        offered = {"subprotocols": ["bearer", "s3cr3t-t0ken"]} if "Protocol" in sources[0] else {}
        gateway = serve_websocket(guarded(function(repeat), sources=sources))
        broken = serve_websocket(
            guarded(None, route("$connect", raising(ValueError("s3cr3t-t0ken")), authorized=True), sources=sources)
        )
        for one in (gateway, broken):
            one.refused(*headers, path=path, **offered)
            assert "s3cr3t" not in one.told
