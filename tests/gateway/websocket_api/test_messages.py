"""What becomes of messages, through real sockets."""

import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from apigw_oauth.gateway.api import Mock
from apigw_oauth.gateway.websocket_api.api import WebSocketRoute
from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.guarded_api import raising
from tests.gateway.websocket_api.conftest import ServeWebSocket
from tests.gateway.websocket_api.websocket_apis import (
    TOKEN,
    RunningWebSocketGateway,
    guarded,
    ok,
    received,
    route,
    websocket_api,
)

SAY = json.dumps({"action": "say", "text": "hello"})


def sent(gateway: RunningWebSocketGateway, *messages: str | bytes) -> list[Any]:
    """Send messages, and return the answers to those that fail."""
    with gateway.client(TOKEN) as client:
        for message in messages:
            client.send(message)
        gateway.record("MESSAGE", len(messages))
        failed = [record for record in gateway.records if record.method == "MESSAGE" and record.status >= 300]
        return [received(client) for _ in failed]


class TestRoutes:
    def test_a_message_goes_to_the_route_that_it_names(self, serve_websocket: ServeWebSocket) -> None:
        say, default = FakeFunction(ok), FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("say", say), route("$default", default)))
        sent(gateway, SAY)
        assert [event["body"] for event in say.events] == [SAY]
        assert default.events == []
        record = gateway.record("MESSAGE")
        assert (record.status, record.route, record.path) == (200, "say", "/dev")
        assert (record.decision, record.reason, record.authorizer) == ("public", "no authorizer", "none")

    @pytest.mark.parametrize("message", ["hello", "", '{"action": "sing"}', "{}", '{"action": {"a": 1}}', "[1]"])
    def test_any_other_goes_to_default(self, serve_websocket: ServeWebSocket, message: str) -> None:
        default = FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("say"), route("$default", default)))
        sent(gateway, message)
        assert [event["body"] for event in default.events] == [message]
        assert default.events[0]["requestContext"]["routeKey"] == "$default"

    @pytest.mark.parametrize("key", ["$connect", "$disconnect", "$default"])
    def test_no_message_reaches_a_route_of_the_gateways_own(
        self, serve_websocket: ServeWebSocket, key: str
    ) -> None:
        connect, disconnect = FakeFunction(ok), FakeFunction(ok)
        api = websocket_api(route("$connect", connect), route("$disconnect", disconnect))
        gateway = serve_websocket(api)
        assert [answer["message"] for answer in sent(gateway, json.dumps({"action": key}))] == ["Forbidden"]
        gateway.record("DISCONNECT")
        assert (len(connect.events), len(disconnect.events)) == (1, 1)

    def test_without_a_route_the_client_is_told_as_on_aws(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api(route("$connect"), route("say")))
        with gateway.client() as client:
            client.send("hello")
            text = client.recv(timeout=10)
            record = gateway.record("MESSAGE")
            client.send(SAY)
            gateway.record("MESSAGE", 2)
        connection_id = json.loads(text)["connectionId"]
        assert text == (
            f'{{"message": "Forbidden", "connectionId":"{connection_id}", "requestId":"{record.request_id}"}}'
        )
        assert (record.status, record.decision, record.route) == (403, "refused", None)

    def test_another_selection_expression(self, serve_websocket: ServeWebSocket) -> None:
        say = FakeFunction(ok)
        api = websocket_api(
            route("chat/say", say), route_selection_expression="${request.body.service}/${request.body.action}"
        )
        sent(serve_websocket(api), json.dumps({"service": "chat", "action": "say"}))
        assert len(say.events) == 1

    def test_a_mock_sends_its_body(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api(WebSocketRoute("$default", Mock('{"pong": true}'))))
        with gateway.client() as client:
            client.send("ping")
            assert received(client) == {"pong": True}


class TestFunctions:
    def test_what_they_return_is_not_sent_whatever_the_status(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(
            websocket_api(
                route("$default", lambda event: {"statusCode": int(event["body"]), "body": "never sent"}),
                WebSocketRoute("last", Mock('"end"')),
            )
        )
        with gateway.client() as client:
            for status in ("200", "401", "500"):
                client.send(status)
            client.send('{"action": "last"}')
            assert received(client) == "end"
        assert [gateway.record("MESSAGE", count).status for count in (1, 2, 3)] == [200, 401, 500]

    @pytest.mark.parametrize("answer", [raising(RuntimeError("boom")), lambda _: None, lambda _: "text"])
    def test_one_that_fails_is_told_to_the_client_which_stays(
        self, serve_websocket: ServeWebSocket, answer: Any
    ) -> None:
        gateway = serve_websocket(websocket_api(route("$default", answer)))
        first, second = sent(gateway, "a", "b")
        assert first["message"] == "Internal server error"
        assert first["connectionId"] == second["connectionId"]
        assert first["requestId"] == gateway.record("MESSAGE").request_id != second["requestId"]
        assert any(notice.startswith("function ") for notice in gateway.notices)

    def test_one_that_is_too_slow_is_told_to_the_client(self, serve_websocket: ServeWebSocket) -> None:
        release = threading.Event()
        api = websocket_api(route("$default", lambda _: release.wait(30)))
        gateway = serve_websocket(api, integration_limit=0.1)
        assert sent(gateway, "a")[0]["message"] == "Endpoint request timed out"
        release.set()

    def test_they_are_told_what_the_authorizer_said_with_every_message(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        say, authorizer = FakeFunction(ok), FakeFunction(lambda _: allow(context={"scope": "a b"}))
        gateway = serve_websocket(guarded(authorizer, route("$default", say)))
        sent(gateway, "one", "two")
        assert [event["body"] for event in say.events] == ["one", "two"]
        for event in say.events:
            told = event["requestContext"]["authorizer"]
            assert (told["principalId"], told["scope"]) == ("user", "a b")
            assert isinstance(told["integrationLatency"], int)
        assert len(authorizer.events) == 1
        record = gateway.record("MESSAGE", 2)
        assert (record.decision, record.authorizer, record.authorizer_ms) == ("allow", "none", None)
        assert len([notice for notice in gateway.notices if "not verified on AWS" in notice]) == 1

    def test_an_authorizer_that_changes_its_mind_does_not_touch_connected_clients(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        authorizer = FakeFunction(lambda _: allow())
        gateway = serve_websocket(guarded(authorizer, WebSocketRoute("$default", Mock("1"))))
        with gateway.client(TOKEN) as client:
            authorizer.answer = lambda _: allow("Deny")
            client.send("still there?")
            assert received(client) == 1
            assert gateway.refused(TOKEN).status_code == 403

    def test_each_client_has_an_identifier_of_its_own_and_each_message_too(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        say = FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("$default", say)))
        with gateway.client() as first, gateway.client() as second:
            for count, client in enumerate((first, first, second), 1):
                client.send("a")
                gateway.record("MESSAGE", count)
        contexts = [event["requestContext"] for event in say.events]
        assert contexts[0]["connectionId"] == contexts[1]["connectionId"] != contexts[2]["connectionId"]
        assert len({context["messageId"] for context in contexts}) == 3
        assert len({context["requestId"] for context in contexts}) == 3

    def test_the_credentials_of_the_handshake_stay_out_of_what_is_told(
        self, serve_websocket: ServeWebSocket
    ) -> None:
        gateway = serve_websocket(guarded(None, route("$default", raising(ValueError("no s3cr3t-t0ken here")))))
        sent(gateway, "a")
        assert "ValueError: no [redacted] here" in gateway.told
        assert "s3cr3t" not in gateway.told


class TestLimits:
    def test_128_kb_in_frames_of_32_kb_are_a_message(self, serve_websocket: ServeWebSocket) -> None:
        say = FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("$default", say)))
        with gateway.client() as client:
            client.send("a" * 32_768 for _ in range(4))
            assert gateway.record("MESSAGE").status == 200
        assert len(say.events[0]["body"]) == 131_072

    @pytest.mark.parametrize(
        "frames",
        [["a" * 32_769], ["é" * 16_385], ["a" * 32_768] * 4 + ["a"], ["a" * 1_000_000]],
        ids=["frame", "bytes count", "message", "very large"],
    )
    def test_a_larger_frame_or_message_ends_the_connection_with_1009(
        self, serve_websocket: ServeWebSocket, frames: list[str]
    ) -> None:
        say = FakeFunction(ok)
        gateway = serve_websocket(websocket_api(route("$default", say)))
        with pytest.raises(ConnectionClosed) as caught, gateway.client() as client:
            client.send(iter(frames) if len(frames) > 1 else frames[0])
            client.recv(timeout=10)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009
        assert gateway.record("DISCONNECT").reason == "closed with 1009"
        assert say.events == []

    def test_a_binary_message_ends_the_connection_with_1003(self, serve_websocket: ServeWebSocket) -> None:
        gateway = serve_websocket(websocket_api(route("$default")))
        with pytest.raises(ConnectionClosed) as caught, gateway.client() as client:
            client.send(b"\x00")
            client.recv(timeout=10)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1003
        assert gateway.record("DISCONNECT").reason == "closed with 1003"
