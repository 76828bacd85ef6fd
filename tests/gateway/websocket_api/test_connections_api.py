"""The management API, through real sockets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.gateway.fakes import FakeClock, FakeFunction
from tests.gateway.websocket_api.conftest import ServeWebSocket
from tests.gateway.websocket_api.websocket_apis import RunningWebSocketGateway, ok, received, route, websocket_api

UNKNOWN = "/dev/@connections/AAAAAAAAAAAAAAA="


@contextmanager
def connected(
    serve: ServeWebSocket, **options: Any
) -> Iterator[tuple[RunningWebSocketGateway, ClientConnection, str]]:
    """Connect a client, and return it with the gateway and its path in the management API."""
    connect = FakeFunction(ok)
    gateway = serve(websocket_api(route("$connect", connect), route("$default")), **options)
    with gateway.client(("User-Agent", "wscat"), user_agent_header=None) as client:
        yield gateway, client, f"/dev/@connections/{connect.events[0]['requestContext']['connectionId']}"


class TestPost:
    @pytest.mark.parametrize("encoded", [False, True])
    def test_it_sends_to_the_client(self, serve_websocket: ServeWebSocket, encoded: bool) -> None:
        with connected(serve_websocket) as (gateway, client, path):
            reply = gateway.http("POST", quote(path) if encoded else path, '{"é": 1}'.encode())
            assert (reply.status, reply.body) == (200, b"")
            assert received(client) == {"é": 1}
        record = gateway.record("POST")
        assert (record.status, record.decision) == (200, "public")

    def test_a_function_may_answer_its_own_client(self, serve_websocket: ServeWebSocket) -> None:
        gateways: list[RunningWebSocketGateway] = []

        def answer(event: dict[str, Any]) -> object:
            context = event["requestContext"]
            assert context["domainName"] == f"127.0.0.1:{gateways[0].port}"
            path = f"/{context['stage']}/@connections/{quote(context['connectionId'])}"
            return {"statusCode": gateways[0].http("POST", path, event["body"].upper().encode()).status}

        gateways.append(serve_websocket(websocket_api(route("$default", answer))))
        with gateways[0].client() as client:
            client.send("hello")
            assert client.recv(timeout=10) == "HELLO"

    def test_more_than_128_kb_are_413(self, serve_websocket: ServeWebSocket) -> None:
        with connected(serve_websocket) as (gateway, client, path):
            assert gateway.http("POST", path, b"a" * 131_072).status == 200
            assert len(client.recv(timeout=10)) == 131_072
            reply = gateway.http("POST", path, b"a" * 131_073)
            assert (reply.status, reply.header("x-amzn-ErrorType")) == (413, "PayloadTooLargeException")

    def test_what_is_not_text_is_400(self, serve_websocket: ServeWebSocket) -> None:
        with connected(serve_websocket) as (gateway, _client, path):
            assert gateway.http("POST", path, b"\xff").status == 400


def test_get_describes_the_connection(serve_websocket: ServeWebSocket) -> None:
    clock = FakeClock()
    with connected(serve_websocket, clock=clock) as (gateway, client, path):
        clock.now += 60
        client.send("a")
        gateway.record("MESSAGE")
        reply = gateway.http("GET", path)
    assert reply.status == 200
    assert json.loads(reply.body) == {
        "connectedAt": "2024-06-17T15:02:03.035Z",
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "wscat"},
        "lastActiveAt": "2024-06-17T15:03:03.035Z",
    }


def test_delete_closes_the_connection(serve_websocket: ServeWebSocket) -> None:
    with pytest.raises(ConnectionClosed) as caught, connected(serve_websocket) as (gateway, client, path):
        assert gateway.http("DELETE", path).status == 204
        client.recv(timeout=10)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1000
    assert gateway.record("DISCONNECT").reason == "closed with 1000"
    assert gateway.http("DELETE", path).status == 410


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_connection_that_is_not_there_is_410(serve_websocket: ServeWebSocket, method: str) -> None:
    with connected(serve_websocket) as (gateway, client, path):
        assert gateway.http(method, UNKNOWN).status == 410
        client.close()
        gateway.record("DISCONNECT")
        reply = gateway.http(method, path)
    assert (reply.status, reply.body) == (410, b"")
    assert reply.header("x-amzn-ErrorType") == "GoneException"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD"])
def test_other_methods_are_403(serve_websocket: ServeWebSocket, method: str) -> None:
    reply = serve_websocket(websocket_api()).http(method, UNKNOWN)
    assert (reply.status, reply.header("x-amzn-ErrorType")) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize("path", ["/@connections/AAAAAAAAAAAAAAA=", "/other/@connections/x", "/"])
def test_outside_the_stage_everything_is_403(serve_websocket: ServeWebSocket, path: str) -> None:
    reply = serve_websocket(websocket_api()).http("POST", path)
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')


@pytest.mark.parametrize("path", ["/dev", "/dev/", "/dev/a", "/dev/a/b", "/dev/@connections"])
def test_an_ordinary_request_is_told_to_upgrade(serve_websocket: ServeWebSocket, path: str) -> None:
    gateway = serve_websocket(websocket_api())
    reply = gateway.http("GET", path)
    assert (reply.status, reply.header("Upgrade")) == (426, "websocket")
    record = gateway.record("GET")
    assert (record.status, record.decision, record.path) == (426, "refused", path)
