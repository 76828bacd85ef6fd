import logging
import socket

import pytest

from apigw_oauth.authserver.guard import Guard
from tests.authserver.servers import Running, running


def ask(server: Running, *hosts: str) -> bytes:
    headers = "".join(f"Host: {host}\r\n" for host in hosts)
    port = int(server.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(f"GET /api/mock/redirection HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode("latin-1"))
        return b"".join(iter(lambda: sock.recv(4096), b""))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "127.0.0.1:65535", "[::1]:80", "[::1]"])
def test_loopback_names_with_any_port_are_ours(shared, host):
    assert ask(shared, host).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80",
        "a@127.0.0.1",
        "127.0.0.1/",
        "127.0.0.1:x",
        "127.0.0.1:",
        "[::1",
        "",
        "localhost.",
        "\xff",
    ],
)
def test_other_names_are_not(shared, host):
    answer = ask(shared, host)
    assert answer.startswith((b"HTTP/1.1 421 ", b"HTTP/1.1 400 "))
    assert b"Redirection Endpoint" not in answer


def test_the_refusal_says_why(shared):
    answer = shared.http.get("/api/mock/redirection", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["resultCode"]) == (421, "DEV301")


def test_no_host_and_two_hosts_are_refused(shared):
    assert ask(shared).startswith(b"HTTP/1.1 4")
    assert ask(shared, "127.0.0.1", "127.0.0.1").startswith(b"HTTP/1.1 4")


def test_the_host_of_the_base_url_is_ours():
    with running(base_url="http://dev.example:8081") as server:
        assert ask(server, "dev.example:1").startswith(b"HTTP/1.1 200 ")
        assert ask(server, "example").startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("path", ["/api/auth/introspection", "/introspect", "/api/auth/token/revoke"])
def test_a_broken_store_is_an_error_without_details(caplog, path):
    with running() as server:
        token = server.create()["accessToken"]
        server.app.close()
        auth, body = (server.key, server.app.credentials.service_api_secret), {"token": token}
        answer = server.http.post(path, data={**body, "accessTokenIdentifier": token}, auth=auth)
    assert (answer.status_code, answer.json()) == (
        500,
        {"resultCode": "A001101", "resultMessage": "[A001101] Authlete Server error."},
    )
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        "a request failed: ProgrammingError"
    ]
    assert token not in caplog.text
    assert not [record for record in caplog.records if record.exc_info and record.levelno > logging.DEBUG]


def test_a_client_that_goes_away_is_no_error(caplog):
    with running() as server:
        port = int(server.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as sock:
            path = f"/api/auth/token/direct/{server.key}"
            sock.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n".encode())
        assert server.http.get("/api/mock/redirection").status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_nothing_but_http_is_answered(kind):
    async def never(*_):
        raise AssertionError

    await Guard(never, "http://127.0.0.1")({"type": kind}, never, never)
