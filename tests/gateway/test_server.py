import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from apigw_oauth.gateway.api import LambdaProxy, Method
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer, api, mock_methods, request_authorizer
from tests.gateway.running_gateway import RunningGateway, read_reply


def echo(event: dict[str, Any]) -> object:
    return {"body": json.dumps({"headers": list(event["headers"]), "path": event["requestContext"]["path"]})}


def echoing(serve: Serve) -> RunningGateway:
    return serve(api(Method("ANY", "/{proxy+}", authorized=False, integration=LambdaProxy(FakeFunction(echo)))))


def test_header_names_keep_the_clients_casing_on_a_kept_connection(serve: Serve) -> None:
    gateway = echoing(serve)
    with gateway.connect() as connection:
        for name in ("X-lower-UPPER", "x-plain"):
            head = f"POST /dev/a HTTP/1.1\r\nhOsT: h\r\n{name}: 1\r\ncontent-LENGTH: 3\r\n\r\nabc"
            connection.sendall(head.encode())
            names = read_reply(connection).json["headers"]
            assert name in names
            assert "Host" in names


def test_pipelined_requests_do_not_see_each_others_headers(serve: Serve) -> None:
    gateway = echoing(serve)
    requests = [f"GET /dev/{i} HTTP/1.1\r\nHost: h\r\nX-Number-{i}: {i}\r\n\r\n".encode() for i in range(5)]
    with gateway.connect() as connection:
        connection.sendall(b"".join(requests))
        received = b""
        while received.count(b'"path"') < 5:
            received += connection.recv(65536)
    bodies = [json.loads(body) for body in re.findall(rb'\{"headers".*?\}', received)]
    assert len(bodies) == 5
    for i, body in enumerate(bodies):
        assert body["path"] == f"/dev/{i}"
        assert [name for name in body["headers"] if name.startswith("X-Number")] == [f"X-Number-{i}"]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/dev/a/%2F%2e%2E/../b//c/", "/dev/a/%2F%2e%2E/../b//c/"),
        ("http://elsewhere/dev/a", "/dev/a"),
        ("/dev/" + "a" * 1400, "/dev/" + "a" * 1400),
        ("/dev/a;b=c,d:e@f!$&'()*+", "/dev/a;b=c,d:e@f!$&'()*+"),
    ],
)
def test_targets_are_not_tidied_up(serve: Serve, target: str, path: str) -> None:
    assert echoing(serve).send("GET", target).json["path"] == path


@pytest.mark.parametrize(
    "head",
    [
        b"GET /dev/\xc3\xbc HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /dev/a HTTP/1.1\r\n\r\n",
        b"GET /dev/a HTTP/1.1\r\nHost: h\r\nX : 1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_not_http_is_400_and_nothing_breaks(
    serve: Serve, head: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    gateway = echoing(serve)
    with gateway.connect() as connection:
        connection.sendall(head)
        assert read_reply(connection).status == 400
    assert gateway.get("/dev/a").status == 200
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("target", ["*", "", "host:443"])
def test_targets_without_a_path_lie_on_no_stage(serve: Serve, target: str) -> None:
    method = "CONNECT" if ":" in target else "OPTIONS"
    gateway = echoing(serve)
    if target:
        assert gateway.send(method, target).status == 403
    else:
        with gateway.connect() as connection:
            connection.sendall(b"GET  HTTP/1.1\r\nHost: h\r\n\r\n")
            assert read_reply(connection).status == 400


def test_a_url_of_more_than_10240_characters_is_414(serve: Serve) -> None:
    gateway = echoing(serve)
    assert gateway.get("/dev/a?q=" + "a" * 10_231).status == 200
    assert gateway.get("/dev/a?q=" + "a" * 10_232).status == 414
    assert gateway.get("/dev/" + "a" * 60_000).status == 414


def test_connection_close_and_http_1_0(serve: Serve) -> None:
    gateway = echoing(serve)
    for head in (b"GET /dev/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", b"GET /dev/a HTTP/1.0\r\n\r\n"):
        with gateway.connect() as connection:
            connection.sendall(head)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in received.lower()


def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_no_trace(serve: Serve) -> None:
    gateway = echoing(serve)
    with gateway.connect() as connection:
        connection.sendall(b"POST /dev/a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
    assert gateway.get("/dev/a").status == 200
    assert len(gateway.records) == 1
    assert gateway.notices == []


def test_many_requests_at_once_are_answered_in_their_order(serve: Serve) -> None:
    gateway = echoing(serve)
    plain = b"".join(b"GET /dev/%d HTTP/1.1\r\nHost: h\r\nX: %s\r\n\r\n" % (i, b"x" * 500) for i in range(300))
    last = b"GET /dev/last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"  # which h11 reads
    received = b""
    with gateway.connect() as connection:
        sender = threading.Thread(target=connection.sendall, args=(plain + last,))
        sender.start()
        while chunk := connection.recv(65536):
            received += chunk
        sender.join()
    paths = re.findall(rb'"path": "/dev/(\w+)"', received)
    assert paths == [*(b"%d" % i for i in range(300)), b"last"]
    assert received.count(b"Connection: close\r\n") == 1


def test_what_comes_with_a_plain_request_is_served_each_time(serve: Serve) -> None:
    gateway = echoing(serve)
    both = (
        b"GET /dev/plain HTTP/1.1\r\nHost: h\r\n\r\n"
        b"POST /dev/chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    )
    with gateway.connect() as connection:
        for number in (1, 2):
            connection.sendall(both)
            received = b""
            while received.count(b'"path"') < 2:
                received += connection.recv(65536)
            assert [record.path for record in gateway.records] == ["/dev/plain", "/dev/chunked"] * number


def test_a_body_that_comes_later_is_no_request_although_it_looks_like_one(serve: Serve) -> None:
    gateway = echoing(serve)
    inner = b"GET /dev/inner HTTP/1.1\r\nHost: h\r\n\r\n"
    head = b"POST /dev/outer HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(inner)
    with gateway.connect() as connection:
        for _ in range(2):  # the first request of a connection, and a later one
            connection.sendall(head)
            time.sleep(0.05)
            connection.sendall(inner)
            assert read_reply(connection).json["path"] == "/dev/outer"
            connection.sendall(inner)
            assert read_reply(connection).json["path"] == "/dev/inner"
    assert [record.path for record in gateway.records] == ["/dev/outer", "/dev/inner"] * 2


def test_a_header_that_comes_later_is_no_request_although_it_looks_like_one(serve: Serve) -> None:
    gateway = echoing(serve)
    with gateway.connect() as connection:
        for _ in range(2):
            connection.sendall(b"GET /dev/outer HTTP/1.1\r\nX: ")
            time.sleep(0.05)
            connection.sendall(b"GET /dev/inner HTTP/1.1\r\nHost: h\r\n\r\n")
            assert read_reply(connection).json["path"] == "/dev/outer"
    assert [record.path for record in gateway.records] == ["/dev/outer"] * 2


def test_a_client_that_leaves_before_it_is_answered_leaves_no_trace(serve: Serve) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(_event: dict[str, Any]) -> object:
        entered.set()
        release.wait(10)
        return {}

    gateway = serve(api(Method("GET", "/a", authorized=False, integration=LambdaProxy(FakeFunction(hang)))))
    with gateway.connect() as connection:
        connection.sendall(b"GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n")
        assert entered.wait(10)
    release.set()
    assert gateway.get("/dev/a").status == 200
    assert [record.status for record in gateway.records] == [200, 200]
    assert gateway.notices == []


def test_it_stops_at_once_although_a_connection_idles(serve: Serve) -> None:
    gateway = serve(api(*mock_methods("GET /a")))
    with gateway.connect() as used, gateway.connect():
        used.sendall(b"GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n")
        assert read_reply(used).status == 200
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 2


def test_it_stops_although_a_function_hangs(serve: Serve) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(_event: dict[str, Any]) -> object:
        entered.set()
        return release.wait(30)

    gateway = serve(api(Method("GET", "/a", authorized=False, integration=LambdaProxy(FakeFunction(hang)))))
    with gateway.connect() as connection:
        connection.sendall(b"GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n")
        assert entered.wait(10)
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 3
    release.set()


def test_a_rest_api_does_not_upgrade(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    head = b"GET /dev/a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    key = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    gateway = serve(api(*mock_methods("GET /a")))
    with gateway.connect() as connection:
        connection.sendall(head + key)
        reply = read_reply(connection)
    assert (reply.status, reply.json) == (200, "GET /a")
    assert "".join(capfd.readouterr()) == ""


LOADED = """
import sys
from apigw_oauth.gateway.api import Method, Mock, RestApi
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import Server, create_app
from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway
for gateway in (LocalGateway(RestApi("demo", "dev", ())), WebSocketGateway(WebSocketApi("demo", "dev", ()))):
    Server(create_app(gateway)).config.load()
    print("wsproto" in sys.modules)
"""


def test_only_a_websocket_api_loads_the_websocket_library() -> None:
    output = subprocess.check_output([sys.executable, "-c", LOADED], text=True, env=environment())
    assert output.split() == ["False", "True"]


@pytest.mark.parametrize(
    "path",
    [
        "/restapis/puhdx84jy9/stages/dev/cache/authorizers",
        "/v2/apis/puhdx84jy9/stages/dev/cache/authorizers",
        "/v2/apis/puhdx84jy9/stages/%64ev/cache/authorizers",
    ],
)
def test_the_control_planes_paths_flush_the_authorizer_cache(serve: Serve, path: str) -> None:
    fake = FakeFunction(lambda _: answer())
    gateway = serve(api(*mock_methods("GET /a", authorized=True), authorizer=request_authorizer(fake)))
    for count in (1, 2):
        assert gateway.get("/dev/a", "t").status == gateway.get("/dev/a", "t").status == 200
        assert len(fake.events) == count
        assert gateway.send("GET", path).status == 403
        assert gateway.send("DELETE", path).status == 202


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


PROGRAM = """
import socket, sys
from apigw_oauth.gateway.api import Method, Mock, RestApi
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import create_app, run
api = RestApi("demo", "dev", (Method("GET", "/a", False, Mock("1")),))
sock = socket.create_server(("127.0.0.1", 0))
run(create_app(LocalGateway(api)), sock, on_ready=lambda: print(sock.getsockname()[1], flush=True))
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_cleanly_at_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n")
            assert read_reply(connection).status == 200
            process.send_signal(number)
            output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "stopped\n", "")
