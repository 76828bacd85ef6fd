"""WebSocket APIs over TLS, and the client's certificate in their events."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus, WebSocketException

from tests.gateway.certificates import DN, authority, client, client_side, server_side
from tests.gateway.fakes import FakeFunction, answer
from tests.gateway.websocket_api.conftest import ServeWebSocket
from tests.gateway.websocket_api.websocket_apis import TOKEN, guarded, ok, route

CA = authority()
SOURCE = "context.identity.clientCert.subjectDN"


def test_all_events_of_a_connection_have_the_certificate_in_identity(
    serve_websocket: ServeWebSocket, tmp_path: Path
) -> None:
    certificate = client(CA)
    asked, function = FakeFunction(lambda _: answer()), FakeFunction(ok)
    routes = (route("$connect", function, authorized=True), route("$default", function))
    api = guarded(asked, *routes, route("$disconnect", function), sources=(SOURCE,))
    gateway = serve_websocket(api, tls=server_side(CA.pem))
    with gateway.tls_client(TOKEN, ssl=client_side(certificate.write(tmp_path))) as connection:
        connection.send("hello")
        gateway.record("MESSAGE")
    gateway.record("DISCONNECT")
    assert len(asked.events) == 1
    assert [event["requestContext"]["eventType"] for event in function.events] == [
        "CONNECT",
        "MESSAGE",
        "DISCONNECT",
    ]
    for event in (*asked.events, *function.events):
        told = event["requestContext"]["identity"]["clientCert"]
        assert (told["clientCertPem"], told["subjectDN"], told["issuerDN"]) == (certificate.pem, DN, "CN=Pets CA")
    headers = asked.events[0]["headers"]
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("https", str(gateway.port))


def test_without_mutual_tls_there_is_none(serve_websocket: ServeWebSocket) -> None:
    asked = FakeFunction(lambda _: answer())
    gateway = serve_websocket(guarded(asked), tls=server_side())
    with gateway.tls_client(TOKEN, ssl=client_side()):
        assert "clientCert" not in asked.events[0]["requestContext"]["identity"]
    without = serve_websocket(guarded(sources=(SOURCE,)), tls=server_side())
    with pytest.raises(InvalidStatus) as caught, without.tls_client(TOKEN, ssl=client_side()):
        pass
    assert caught.value.response.status_code == 401


def test_a_client_without_a_certificate_does_not_connect(serve_websocket: ServeWebSocket) -> None:
    gateway = serve_websocket(guarded(), tls=server_side(CA.pem))
    with pytest.raises((OSError, WebSocketException)), gateway.tls_client(TOKEN, ssl=client_side()):
        pass
    assert gateway.records == []


def test_a_message_of_many_frames_comes_through_whole(serve_websocket: ServeWebSocket) -> None:
    function = FakeFunction(ok)
    gateway = serve_websocket(guarded(None, route("$default", function)), tls=server_side())
    text = "ä" * 60_000
    with gateway.tls_client(TOKEN, ssl=client_side()) as connection:
        connection.send([text[part : part + 10_000] for part in range(0, len(text), 10_000)])
        gateway.record("MESSAGE")
    assert function.events[0]["body"] == text
