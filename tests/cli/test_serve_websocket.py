"""`serve` runs a WebSocket API: the authorizer is asked at the handshake, and messages find their routes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.serve_process import FREE, ServeProcess

PROJECT = """
[api]
name = "chat"
type = "websocket"
stage = "live"

[routes]
"$connect" = ["chat"]
"$disconnect" = { integration = { lambda = "functions.py:known_caller" } }
"$default" = { integration = { lambda = "functions.py:known_caller" } }
"hello" = { integration = { lambda = "functions.py:known_caller" } }
"""

FUNCTIONS = """
def known_caller(event, context):
    told = event["requestContext"].get("authorizer") or {}
    return {"statusCode": 200 if told.get("sub") == "john" else 500}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    directory: Path = tmp_path_factory.mktemp("chat")
    (directory / "apigw-oauth.toml").write_text(PROJECT)
    (directory / "functions.py").write_text(FUNCTIONS)
    running = ServeProcess(directory, *FREE)
    yield running
    assert running.stop() == 0


def test_a_connection_with_a_good_token_carries_messages_to_their_routes(server: ServeProcess):
    assert server.ready["gateway"].startswith("ws://127.0.0.1:")
    assert server.ready["gateway"].endswith("/live")
    headers = {"Authorization": f"Bearer {server.token('chat', subject='john')}"}
    with connect(server.ready["gateway"], additional_headers=headers, proxy=None) as connection:
        connection.send('{"action": "hello"}')
        connection.send("anything")
        told = [server.next() for _ in range(3)]
    told.append(server.next())
    assert [(one["route"], one["status"]) for one in told] == [
        ("$connect", 101), ("hello", 200), ("$default", 200), ("$disconnect", 200),
    ]  # fmt: skip
    assert [one["authorizer"] for one in told] == ["invoked", "none", "none", "none"]


@pytest.mark.parametrize(("credentials", "status"), [(None, 401), ("Bearer made-up", 401), ("of another", 403)])
def test_a_handshake_is_refused(server: ServeProcess, credentials: str | None, status: int):
    if credentials == "of another":
        credentials = f"Bearer {server.token()}"
    headers = {} if credentials is None else {"Authorization": credentials}
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(server.ready["gateway"], additional_headers=headers, proxy=None),
    ):
        pass
    assert caught.value.response.status_code == status
    assert server.next()["status"] == status
