"""What the server takes in has an end, and whoever offers another protocol is answered in this one."""

import base64
import socket

import pytest

from tests.authserver.servers import API_SECRET, Running

LINE = b"X: " + b"y" * 1000 + b"\r\n"
LIMIT = 64 * 1024


def connected(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.base_url.rpartition(":")[2])), timeout=10)


def answered(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"}"):
        answer += connection.recv(4096)
    return answer


def request(server: Running, *headers: str) -> bytes:
    basic = base64.b64encode(f"{server.key}:{API_SECRET}".encode()).decode()
    lines = ["POST /introspect HTTP/1.1", "Host: localhost", f"Authorization: Basic {basic}", *headers, ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("headers", "before"),
    [
        ((), b""),
        (("Transfer-Encoding: chunked",), b"\r\n1\r\nx\r\n0\r\n"),
    ],
    ids=["head", "trailers"],
)
def test_headers_without_an_end_are_refused(shared, headers, before):
    with connected(shared) as connection:
        connection.sendall(request(shared, *headers) + before)
        sent = 0
        try:
            while sent < 10 * LIMIT:
                connection.sendall(LINE)
                sent += len(LINE)
            answer = connection.recv(100)
        except ConnectionError:  # it has hung up while there is more
            answer = b"HTTP/1.1 400 "
    assert sent < 10 * LIMIT or answer.startswith(b"HTTP/1.1 400 ")


def test_many_requests_and_long_bodies_are_no_long_head(shared):
    form = b"x=" + b"y" * 60_000 + b"&token=x"
    whole = request(shared, "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}", "")
    with connected(shared) as connection:
        for _ in range(3):
            connection.sendall(whole + form)
            assert answered(connection).startswith(b"HTTP/1.1 200 ")
        short = request(shared, "X: " + "y" * 900, "Content-Length: 0", "")
        for _ in range(100):
            connection.sendall(short)
            assert b"A145301" in answered(connection)  # no parameters, which is the endpoint's to say


def test_a_method_that_http_does_not_know_is_refused(shared):
    with connected(shared) as connection:
        connection.sendall(b"FOO /token HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


H2C = (
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
)
FORM = "Content-Type: application/x-www-form-urlencoded", "Content-Length: 7"


@pytest.mark.parametrize("cut", [0, 40, -1])
def test_whoever_offers_another_protocol_is_answered_in_this_one(shared, cut):
    sent = request(shared, *H2C, *FORM, "") + b"token=x"
    with connected(shared) as connection:
        for whole in (sent, sent, request(shared, *FORM, "") + b"token=x"):
            connection.sendall(whole[:cut])
            connection.sendall(whole[cut:])
            assert answered(connection).endswith(b'\r\n\r\n{"active":false}')


def test_another_protocol_may_be_offered_by_a_later_request_too(shared):
    with connected(shared) as connection:
        for offer in ((), H2C, ()):
            connection.sendall(request(shared, *offer, *FORM, "") + b"token=x")
            assert answered(connection).endswith(b'\r\n\r\n{"active":false}')


def test_another_protocol_is_not_offered_behind_a_request_that_waits(shared):
    with connected(shared) as connection:
        connection.sendall(
            (request(shared, *FORM, "") + b"token=x") + request(shared, *H2C, *FORM, "") + b"token=x"
        )
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.count(b"HTTP/1.1 200 ") <= 1
