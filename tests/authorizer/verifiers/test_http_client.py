"""One connection, kept open; one deadline, kept; nothing but a whole answer is an answer."""

import socket
import struct
import threading

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from tests.scripted_server import ScriptedServer, answer, answer_and_hang_up, hang_up, raw


def post(client: HttpClient) -> bytes:
    return client.post("/introspect", {"Content-Type": "text/plain"}, b"token").body


def test_a_thousand_calls_use_one_connection():
    with ScriptedServer(answer(b'{"n":1}')) as server:
        client = HttpClient(server.url)
        assert {post(client) for _ in range(1000)} == {b'{"n":1}'}
        assert (server.connections, len(server.requests)) == (1, 1000)
        client.close()


def test_the_request_is_what_was_asked_for():
    with ScriptedServer(answer()) as server:
        client = HttpClient(server.url)
        post(client)
        client.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /introspect HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}".encode() in head
    assert b"Accept-Encoding: identity" in head
    assert body == b"token"


def test_each_request_is_written_as_if_it_were_the_first():
    traces = iter(["00-1-2-01", "00-3-4-00", None, "00-5-6-01"])
    asked = [
        ("POST", "/a", {"A": "1"}),
        ("POST", "/a", {"A": "1"}),
        ("POST", "/a", {"A": "2"}),
        ("GET", "/b", {"A": "2"}),
    ]
    with ScriptedServer(answer()) as server:
        client = HttpClient(server.url, trace=lambda: next(traces))
        headers: dict[str, str] = {}
        for method, path, named in asked:
            headers |= named  # the same object, with other members
            client.get(path, headers) if method == "GET" else client.post(path, headers, b"x")
        client.close()
    host = f"127.0.0.1:{server.port}".encode()
    expected = [
        b"POST /a HTTP/1.1\r\nHost: %b\r\nAccept-Encoding: identity\r\ntraceparent: 00-1-2-01\r\nA: 1\r\nContent-Length: 1\r\n\r\nx",
        b"POST /a HTTP/1.1\r\nHost: %b\r\nAccept-Encoding: identity\r\ntraceparent: 00-3-4-00\r\nA: 1\r\nContent-Length: 1\r\n\r\nx",
        b"POST /a HTTP/1.1\r\nHost: %b\r\nAccept-Encoding: identity\r\nA: 2\r\nContent-Length: 1\r\n\r\nx",
        b"GET /b HTTP/1.1\r\nHost: %b\r\nAccept-Encoding: identity\r\ntraceparent: 00-5-6-01\r\nA: 2\r\n\r\n",
    ]  # fmt: skip
    assert server.requests == [one % host for one in expected]


def test_a_trace_puts_nothing_into_a_request():
    client = HttpClient("http://127.0.0.1:9", trace=lambda: "00-1-2-01\r\nX: y")
    with pytest.raises(VerifierUnavailableError, match="cannot be written"):
        post(client)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://as.example.com", "as.example.com"), ("https://as.example.com:443", "as.example.com"),
        ("https://as.example.com:80", "as.example.com:80"), ("http://127.0.0.1:80", "127.0.0.1"),
        ("http://[::1]", "[::1]"), ("https://[::1]:8443", "[::1]:8443"),
    ],
)  # fmt: skip
def test_the_host_is_named_without_the_port_that_goes_without_saying(address, host):
    assert HttpClient(address)._authority == host


def test_a_long_request_is_sent_to_its_end():
    token = b"t" * 4_000_000  # more than the system takes at once
    with ScriptedServer(answer()) as server:
        client = HttpClient(server.url, total_timeout=30)
        client.post("/", {}, token)
        assert server.requests[0].endswith(b"\r\n\r\n" + token)
        client.close()


def test_a_long_request_that_nobody_reads_is_given_up_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = HttpClient(f"http://127.0.0.1:{silent.getsockname()[1]}", total_timeout=0.1)
        with pytest.raises(VerifierUnavailableError) as caught:
            client.post("/", {}, b"t" * 20_000_000)
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_TIMEOUT


def test_a_connection_that_was_closed_while_idle_is_not_used_again():
    with ScriptedServer(answer_and_hang_up(b"1"), answer(b"2")) as server:
        client = HttpClient(server.url)
        assert post(client) == b"1"
        assert server.idle.wait(5)
        assert post(client) == b"2"
        assert (server.connections, len(server.requests)) == (2, 2)
        client.close()


def test_a_used_connection_that_closes_before_the_first_byte_is_replaced_once():
    with ScriptedServer(answer(b"1"), hang_up, answer(b"2")) as server:
        client = HttpClient(server.url)
        assert post(client) == b"1"
        assert post(client) == b"2"
        assert (server.connections, len(server.requests)) == (2, 3)
        client.close()


def test_a_new_connection_that_closes_is_not_replaced():
    with ScriptedServer(hang_up) as server:
        with pytest.raises(VerifierUnavailableError) as caught:
            post(HttpClient(server.url))
        assert caught.value.reason is Reason.AUTHORIZATION_SERVER_UNREACHABLE
        assert (server.connections, len(server.requests)) == (1, 1)


def test_a_connection_that_closes_twice_is_not_tried_a_third_time():
    with ScriptedServer(answer(b"1"), hang_up) as server:
        client = HttpClient(server.url)
        post(client)
        with pytest.raises(VerifierUnavailableError):
            post(client)
        assert (server.connections, len(server.requests)) == (2, 3)


def test_an_answer_that_stops_half_way_is_none_and_is_not_asked_for_again():
    half = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    with ScriptedServer(answer(b"1"), half) as server:
        client = HttpClient(server.url)
        post(client)
        with pytest.raises(VerifierUnavailableError):
            post(client)
        assert len(server.requests) == 2


def test_a_used_connection_that_is_reset_after_the_first_byte_is_not_replaced():
    sent, read = threading.Event(), threading.Event()
    looks: list[float] = []

    def monotonic() -> float:
        # The client looks at the clock before each read: at the second one after `sent`, it has what was sent.
        looks.extend([0.0] * sent.is_set())
        if len(looks) >= 2:
            read.set()
        return 0.0

    def reset_half_way(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")
        sent.set()
        read.wait(2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset
        return False

    with ScriptedServer(answer(b"1"), reset_half_way, answer(b"2")) as server:
        client = HttpClient(server.url, monotonic=monotonic)
        assert post(client) == b"1"
        with pytest.raises(VerifierUnavailableError, match="ConnectionResetError"):
            post(client)
        assert len(server.requests) == 2


def test_bytes_that_nobody_asked_for_make_a_connection_unusable():
    read, sent = threading.Event(), threading.Event()

    def answer_twice(connection: socket.socket) -> None:
        answer(b"1")(connection)
        read.wait(5)
        answer(b"not for you")(connection)
        sent.set()

    with ScriptedServer(answer_twice, answer(b"2")) as server:
        client = HttpClient(server.url)
        assert post(client) == b"1"
        read.set()
        assert sent.wait(5)
        assert post(client) == b"2"
        assert server.connections == 2
        client.close()


def test_a_server_that_says_close_is_believed():
    with ScriptedServer(answer(b"1", headers="Connection: close\r\n"), answer(b"2")) as server:
        client = HttpClient(server.url)
        assert [post(client), post(client)] == [b"1", b"2"]
        assert server.connections == 2
        client.close()


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints", "199 x"])
def test_an_interim_answer_does_not_shift_answers_to_the_next_call(status):
    def interim(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}\r\nLink: </style.css>\r\n\r\n".encode())
        answer(b"of the first token")(connection)

    with ScriptedServer(interim, answer(b"of the second")) as server:
        client = HttpClient(server.url)
        assert [post(client), post(client)] == [b"of the first token", b"of the second"]
        assert server.connections == 1
        client.close()


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "401 Unauthorized"])
def test_a_connection_is_kept_after_a_200_only(status):
    with ScriptedServer(answer(b"left", status=status), answer(b"2")) as server:
        client = HttpClient(server.url)
        post(client)
        assert post(client) == b"2"
        assert server.connections == 2
        client.close()


def test_a_server_that_hangs_is_given_up_at_the_deadline():
    with ScriptedServer(answer()) as server:
        server._behaviours = [server.hang]
        with pytest.raises(VerifierUnavailableError) as caught:
            post(HttpClient(server.url, total_timeout=0.1))
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_TIMEOUT


def test_the_deadline_is_for_the_whole_answer_however_slowly_it_drips():
    now = [0.0]

    def drip(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            now[0] += 0.5  # each byte in good time, all of them not
            connection.sendall(b"X")
            if ready.wait(0.01):
                break
        return False

    ready = threading.Event()
    with ScriptedServer(drip) as server:
        with pytest.raises(VerifierUnavailableError) as caught:
            post(HttpClient(server.url, monotonic=lambda: now[0]))
        ready.set()
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_TIMEOUT


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(VerifierUnavailableError) as caught:
        post(HttpClient(f"http://127.0.0.1:{port}"))
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_UNREACHABLE


def test_the_next_call_after_a_failure_starts_afresh():
    with ScriptedServer(hang_up, answer(b"2")) as server:
        client = HttpClient(server.url)
        with pytest.raises(VerifierUnavailableError):
            post(client)
        assert post(client) == b"2"
        client.close()
