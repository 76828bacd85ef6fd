"""HTTP proxy integrations against a backend that answers with these very bytes."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from apigw_oauth.gateway.api import HttpProxy, Method
from apigw_oauth.gateway.local_gateway import default_http_client
from tests.gateway.conftest import Serve
from tests.gateway.fakes import api
from tests.gateway.running_gateway import RunningGateway

INTERNAL = b'{"message": "Internal server error"}'


class RawBackend:
    """Answers every connection once, and remembers the requests."""

    def __init__(self, answer: bytes) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                request = connection.recv(65536)
                if request == b"end":
                    return
                self.requests.append(request)
                connection.sendall(self._answer)

    def close(self) -> None:
        host, port = self._listener.getsockname()
        with socket.create_connection((host, port)) as connection:
            connection.sendall(b"end")
        self._thread.join(10)
        self._listener.close()


Answering = Callable[[bytes], RawBackend]


@pytest.fixture
def answering() -> Iterator[Answering]:
    backends: list[RawBackend] = []

    def start(answer: bytes) -> RawBackend:
        backends.append(RawBackend(answer))
        return backends[-1]

    yield start
    for backend in backends:
        backend.close()


def in_front_of(serve: Serve, url: str, **options: float) -> RunningGateway:
    return serve(api(Method("ANY", "/x", authorized=False, integration=HttpProxy(url))), **options)


def assert_failure(gateway: RunningGateway) -> None:
    reply = gateway.get("/dev/x")
    assert (reply.status, reply.body) == (500, INTERNAL)
    assert reply.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert gateway.records[-1].decision == "public"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/"])
def test_nobody_there_is_500(serve: Serve, url: str) -> None:
    gateway = in_front_of(serve, url)
    assert_failure(gateway)
    assert "ConnectError" in gateway.records[-1].reason


def test_a_password_in_the_url_is_not_told(serve: Serve) -> None:
    gateway = in_front_of(serve, "http://user:s3cr3t@127.0.0.1:1/")
    assert_failure(gateway)
    assert gateway.records[-1].reason == "no answer from 127.0.0.1:1 (ConnectError)"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ],
)
def test_what_is_not_a_response_of_http_is_500(serve: Serve, answering: Answering, answer: bytes) -> None:
    assert_failure(in_front_of(serve, answering(answer).url))


@pytest.mark.parametrize("status", [600, 999])
def test_a_status_that_cannot_be_handed_on_is_500(serve: Serve, answering: Answering, status: int) -> None:
    answer = f"HTTP/1.1 {status} Odd\r\nContent-Length: 2\r\n\r\nab".encode()
    gateway = in_front_of(serve, answering(answer).url)
    assert_failure(gateway)
    assert gateway.records[-1].reason == f"the integration answered with status {status}"


@pytest.mark.parametrize("status", [200, 299, 451, 599])
def test_every_other_status_goes_through(serve: Serve, answering: Answering, status: int) -> None:
    answer = f"HTTP/1.1 {status} Odd\r\nContent-Length: 2\r\n\r\nab".encode()
    reply = in_front_of(serve, answering(answer).url).get("/dev/x")
    assert (reply.status, reply.body) == (status, b"ab")


def test_a_backend_that_hangs_is_504(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = in_front_of(serve, f"http://127.0.0.1:{silent.getsockname()[1]}/", integration_limit=0.1)
        reply = gateway.get("/dev/x")
    assert (reply.status, reply.body) == (504, b'{"message": "Endpoint request timed out"}')


@pytest.mark.parametrize(("answer", "length"), [(b"Content-Length: 77\r\n", "77"), (b"", "0")])
def test_a_response_to_head_keeps_the_length_of_its_body(
    serve: Serve, answering: Answering, answer: bytes, length: str
) -> None:
    backend = answering(b"HTTP/1.1 200 OK\r\n" + answer + b"\r\n")
    reply = in_front_of(serve, backend.url).send("HEAD", "/dev/x")
    assert (reply.status, reply.body, reply.header("Content-Length")) == (200, b"", length)
    assert backend.requests[0].startswith(b"HEAD / HTTP/1.1\r\n")


def test_headers_for_one_hop_stay_on_it_in_both_directions(serve: Serve, answering: Answering) -> None:
    backend = answering(
        b"HTTP/1.1 200 OK\r\nConnection: X-Back, close\r\nx-back: 1\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n"
    )
    headers = [("Connection", "X-There , x-forwarded-for"), ("X-there", "1"), ("X-Kept", "1")]
    reply = in_front_of(serve, backend.url).send("GET", "/dev/x", headers)
    assert (reply.header("X-Back"), reply.header("X-Kept")) == (None, "1")
    sent = backend.requests[0].lower()
    assert b"x-there" not in sent
    assert b"x-kept: 1" in sent
    assert b"x-forwarded-for: 127.0.0.1" in sent


def test_cookies_reach_the_client_and_are_not_kept(serve: Serve, answering: Answering) -> None:
    backend = answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n")
    clients = []

    def client() -> object:
        clients.append(default_http_client())
        return clients[-1]

    method = Method("ANY", "/x", authorized=False, integration=HttpProxy(backend.url))
    gateway = serve(api(method), http_client=client)
    assert [gateway.get("/dev/x").header("Set-Cookie") for _ in range(2)] == ["a=1", "a=1"]
    assert list(clients[0].cookies.jar) == []
    assert b"cookie" not in backend.requests[1].lower()


@pytest.mark.parametrize("verb", ["delete", "get"])
def test_a_verb_in_lower_case_does_not_become_the_one_it_looks_like(
    serve: Serve, answering: Answering, verb: str
) -> None:
    backend = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert in_front_of(serve, backend.url).send(verb, "/dev/x").status == 403
    assert backend.requests == []
