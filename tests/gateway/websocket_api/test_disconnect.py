"""How connections end, through real sockets."""

import socket
import threading
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.guarded_api import raising
from tests.gateway.websocket_api.conftest import ServeWebSocket
from tests.gateway.websocket_api.websocket_apis import TOKEN, guarded, ok, route, websocket_api


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [(1000, "", "Connection Closed Normally"), (4321, "had enough", "had enough"), (1001, "bye", "bye")],
)
def test_disconnect_is_told_how_the_client_closed(
    serve_websocket: ServeWebSocket, code: int, reason: str, told: str
) -> None:
    ended = FakeFunction(ok)
    gateway = serve_websocket(websocket_api(route("$disconnect", ended)))
    with gateway.client() as client:
        client.close(code, reason)
    record = gateway.record("DISCONNECT")
    assert (record.status, record.route, record.reason) == (200, "$disconnect", f"closed with {code}")
    context = ended.events[0]["requestContext"]
    assert (context["disconnectStatusCode"], context["disconnectReason"]) == (code, told)


def test_a_connection_that_breaks_is_told_as_1006(serve_websocket: ServeWebSocket) -> None:
    ended = FakeFunction(ok)
    gateway = serve_websocket(websocket_api(route("$disconnect", ended)))
    with gateway.client() as client:
        client.socket.shutdown(socket.SHUT_RDWR)
        assert gateway.record("DISCONNECT").reason == "closed with 1006"
    assert ended.events[0]["requestContext"]["disconnectStatusCode"] == 1006


def test_disconnect_is_told_what_the_authorizer_said(serve_websocket: ServeWebSocket) -> None:
    ended = FakeFunction(ok)
    authorizer = FakeFunction(lambda _: allow(context={"scope": "a"}))
    gateway = serve_websocket(guarded(authorizer, route("$disconnect", ended)))
    with gateway.client(TOKEN):
        pass
    assert gateway.record("DISCONNECT").decision == "allow"
    told = ended.events[0]["requestContext"]["authorizer"]
    assert (told["principalId"], told["scope"]) == ("user", "a")


def test_without_a_route_the_end_is_recorded_all_the_same(serve_websocket: ServeWebSocket) -> None:
    gateway = serve_websocket(websocket_api())
    with gateway.client():
        pass
    record = gateway.record("DISCONNECT")
    assert (record.status, record.route) == (200, None)


def test_a_disconnect_function_that_fails_harms_nobody(serve_websocket: ServeWebSocket) -> None:
    gateway = serve_websocket(websocket_api(route("$disconnect", raising(RuntimeError("boom")))))
    with gateway.client():
        pass
    assert gateway.record("DISCONNECT").status == 502
    assert any("boom" in notice for notice in gateway.notices)
    with gateway.client():
        pass


def test_a_client_that_was_not_let_in_does_not_disconnect(serve_websocket: ServeWebSocket) -> None:
    ended = FakeFunction(ok)
    gateway = serve_websocket(guarded(FakeFunction(lambda _: allow("Deny")), route("$disconnect", ended)))
    assert gateway.refused(TOKEN).status_code == 403
    gateway.close()
    assert ended.events == []
    assert [record.method for record in gateway.records] == ["CONNECT"]


def test_a_message_whose_client_left_ends_quietly(serve_websocket: ServeWebSocket) -> None:
    entered, release = threading.Event(), threading.Event()

    def fail(_event: dict[str, Any]) -> object:
        entered.set()
        return release.wait(10)

    gateway = serve_websocket(websocket_api(route("$default", fail)))
    with gateway.client() as client:
        client.send("a")
        assert entered.wait(10)
        client.socket.shutdown(socket.SHUT_RDWR)
    release.set()
    assert gateway.record("DISCONNECT").status == 200
    assert gateway.record("MESSAGE").status == 502
    assert not any("gateway itself" in notice for notice in gateway.notices)


def test_a_server_that_stops_says_1001_and_tells_disconnect(serve_websocket: ServeWebSocket) -> None:
    ended = FakeFunction(ok)
    gateway = serve_websocket(websocket_api(route("$disconnect", ended)))
    with pytest.raises(ConnectionClosed) as caught, gateway.client() as first, gateway.client():
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 3
        first.recv(timeout=10)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1001
    contexts = [event["requestContext"] for event in ended.events]
    assert [(one["disconnectStatusCode"], one["disconnectReason"]) for one in contexts] == [
        (1001, "Going away")
    ] * 2


def test_a_server_stops_although_functions_hang(serve_websocket: ServeWebSocket) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(_event: dict[str, Any]) -> object:
        entered.set()
        return release.wait(30)

    gateway = serve_websocket(websocket_api(route("$default", hang), route("$disconnect", hang)))
    with gateway.client() as client:
        client.send("a")
        assert entered.wait(10)
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 3
    release.set()


def test_a_server_stops_although_a_handshake_hangs(serve_websocket: ServeWebSocket) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(_event: dict[str, Any]) -> object:
        entered.set()
        return release.wait(30)

    gateway = serve_websocket(websocket_api(route("$connect", hang)))
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(gateway.refused().status_code))
    waiting.start()
    assert entered.wait(10)
    gateway.close()
    waiting.join(10)
    release.set()
    assert answers == [500]
