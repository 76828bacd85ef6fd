"""Integrations through real HTTP."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apigw_oauth.gateway.api import GatewayResponse, HttpProxy, Integration, LambdaProxy, Method, Mock
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer, api, request_authorizer
from tests.gateway.running_gateway import RunningGateway


def serving(serve: Serve, integration: Integration, route: str = "ANY /x", **options: Any) -> RunningGateway:
    verb, path = route.split(" ")
    definition = options.pop("definition", {})
    return serve(api(Method(verb, path, authorized=False, integration=integration), **definition), **options)


def handler(function: Callable[[dict[str, Any]], object]) -> LambdaProxy:
    return LambdaProxy(function_from_callable(lambda: lambda event, _context: function(event), name="backend"))


INTERNAL = b'{"message": "Internal server error"}'


class TestMock:
    def test_it_answers_itself(self, serve: Serve) -> None:
        gateway = serving(serve, Mock("<p>", status=201, content_type="text/html"))
        reply = gateway.get("/dev/x")
        assert (reply.status, reply.body, reply.header("Content-Type")) == (201, b"<p>", "text/html")
        assert reply.header("X-Amzn-Trace-Id")
        assert reply.header("x-amzn-ErrorType") is None

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PATCH"])
    def test_any_serves_every_verb(self, serve: Serve, method: str) -> None:
        reply = serving(serve, Mock("12345")).send(method, "/dev/x")
        assert reply.status == 200
        assert reply.header("Content-Length") == "5"
        assert reply.body == (b"" if method == "HEAD" else b"12345")

    @pytest.mark.parametrize("status", [204, 205, 304])
    def test_some_statuses_have_no_body(self, serve: Serve, status: int) -> None:
        gateway = serving(serve, Mock("body", status=status))
        with gateway.connect() as connection:
            connection.sendall(b"GET /dev/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.endswith(b"\r\n\r\n")
        assert received.startswith(f"HTTP/1.1 {status} ".encode())


class TestLambdaProxy:
    def test_hello_world(self, serve: Serve) -> None:
        gateway = serving(serve, handler(lambda _: {"statusCode": 200, "body": json.dumps({"Hello": "World"})}))
        reply = gateway.get("/dev/x")
        assert (reply.status, reply.json) == (200, {"Hello": "World"})
        assert reply.header("Content-Type") == "application/json"
        assert len(reply.header("x-amzn-RequestId") or "") == 36

    def test_several_cookies_and_names_in_their_casing(self, serve: Serve) -> None:
        answer = {"multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "headers": {"x-MiXed": "1"}}
        reply = serving(serve, handler(lambda _: answer)).get("/dev/x")
        assert [value for name, value in reply.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
        assert ("x-MiXed", "1") in reply.headers

    def test_headers_of_the_gateway_are_remapped(self, serve: Serve) -> None:
        names = (
            "Authorization", "Connection", "content-length", "Content-MD5", "Date", "Expect", "Host",
            "Max-Forwards", "Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent", "www-authenticate",
        )  # fmt: skip
        answer = {"headers": dict.fromkeys(names, "1") | {"Transfer-Encoding": "chunked"}, "body": "four"}
        gateway = serving(serve, handler(lambda _: answer))
        reply = gateway.get("/dev/x")
        assert reply.body == b"four"
        for name in names:
            assert reply.header(f"x-amzn-Remapped-{name}") == "1"
        assert ("x-amzn-Remapped-WWW-Authenticate", "1") in reply.headers
        assert reply.header("WWW-Authenticate") is None
        assert reply.header("Transfer-Encoding") is None
        assert any("WWW-Authenticate" in notice for notice in gateway.notices)

    def test_a_header_that_cannot_be_sent_is_left_out(self, serve: Serve) -> None:
        answer = {"headers": {"X-Bad": "a\r\nX-Injected: 1", "X B": "1", "X-Snow": "☃", "X-Good": " 1 "}}
        gateway = serving(serve, handler(lambda _: answer))
        reply = gateway.get("/dev/x")
        assert reply.status == 200
        assert [name for name, _ in reply.headers if name.startswith("X-") and name != "X-Amzn-Trace-Id"] == [
            "X-Good"
        ]
        assert gateway.notices

    @pytest.mark.parametrize("answer", [None, {"Hello": "World"}, {"statusCode": 200, "body": {}}], ids=str)
    def test_a_malformed_answer_is_502_and_explained(self, serve: Serve, answer: object) -> None:
        gateway = serving(serve, handler(lambda _: answer))
        reply = gateway.get("/dev/x")
        assert (reply.status, reply.body) == (502, INTERNAL)
        assert reply.header("x-amzn-ErrorType") == "InternalServerErrorException"
        assert any("malformed Lambda proxy response" in notice for notice in gateway.notices)

    def test_a_failing_function_is_502_and_its_traceback_is_told_without_the_token(self, serve: Serve) -> None:
        def fail(event: dict[str, Any]) -> object:
            raise LookupError(event["headers"]["Authorization"])

        gateway = serving(serve, handler(fail))
        reply = gateway.get("/dev/x", "Bearer s3cr3t-t0ken")
        assert (reply.status, reply.body) == (502, INTERNAL)
        told = "\n".join(gateway.notices)
        assert "LookupError: [redacted]" in told
        assert "s3cr3t" not in told

    def test_a_token_in_a_name_is_told_nowhere(self, serve: Serve) -> None:
        def handle(event: dict[str, Any]) -> object:
            token = event["headers"]["Authorization"]
            if event["httpMethod"] == "GET":
                return {token: 1}
            raise type(token, (Exception,), {})

        gateway = serving(serve, handler(handle))
        for verb in ("GET", "POST"):
            assert gateway.send(verb, "/dev/x", [("Authorization", "Bearer s3cr3t-t0ken")]).status == 502
            assert "[redacted]" in gateway.records[-1].reason
        assert "s3cr3t" not in "\n".join(gateway.notices) + str(gateway.records)

    def test_too_slow_for_api_gateway_is_504(self, serve: Serve) -> None:
        release = threading.Event()
        slow = LambdaProxy(FakeFunction(lambda _: release.wait(30)))
        gateway = serving(serve, slow, integration_limit=0.05)
        reply = gateway.get("/dev/x")
        release.set()
        assert (reply.status, reply.body) == (504, b'{"message": "Endpoint request timed out"}')

    def test_integration_errors_can_be_customised(self, serve: Serve) -> None:
        responses = {"DEFAULT_5XX": GatewayResponse(headers={"X-Oops": "'1'"})}
        gateway = serving(serve, handler(lambda _: None), definition={"gateway_responses": responses})
        reply = gateway.get("/dev/x")
        assert (reply.status, reply.header("X-Oops")) == (502, "1")


class Backend(http.server.BaseHTTPRequestHandler):
    """Answers with what it got."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        got = {
            "target": self.path,
            "method": self.command,
            "headers": list(self.headers.items()),
            "body": self.rfile.read(length).decode(),
        }
        body = json.dumps(got).encode()
        redirect = "/redirect" in self.path
        self.send_response(302 if redirect else 200)
        if redirect:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("WWW-Authenticate", "Basic")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_PUT = answer  # noqa: N815 names of the standard library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 signature of the standard library
        pass


@pytest.fixture
def backend() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class TestHttpProxy:
    def test_path_parameters_query_and_body_go_on_as_they_came(self, serve: Serve, backend: str) -> None:
        proxy = HttpProxy(f"{backend}/base/{{id}}/{{proxy}}?fixed=1")
        gateway = serving(serve, proxy, "ANY /a/{id}/{proxy+}")
        target = "/dev/a/p%2Fq/../x/%C3%BC/?a=%2F+b&a"
        headers = [("X-Mixed", "1"), ("Authorization", "Bearer t"), ("Connection", "keep-alive"), ("TE", "x")]
        got = gateway.send("POST", target, headers, b"body").json
        assert got["target"] == "/base/p%2Fq/../x/%C3%BC?fixed=1&a=%2F+b&a"
        assert (got["method"], got["body"]) == ("POST", "body")
        seen = dict(got["headers"])
        assert seen["Authorization"] == "Bearer t"
        assert seen["X-Mixed"] == "1"
        assert seen["X-Forwarded-For"] == "127.0.0.1"
        assert seen["x-amzn-apigateway-api-id"] == "puhdx84jy9"
        assert seen["User-Agent"] == "AmazonAPIGateway_puhdx84jy9"
        assert seen["Host"] == backend.removeprefix("http://")
        assert not {"TE", "Connection", "Accept-Encoding"} & set(seen)

    def test_redirects_and_challenges_are_handed_to_the_client(self, serve: Serve, backend: str) -> None:
        reply = serving(serve, HttpProxy(f"{backend}/redirect")).get("/dev/x")
        assert (reply.status, reply.header("Location")) == (302, "/elsewhere")
        assert reply.header("x-amzn-Remapped-WWW-Authenticate") == "Basic"
        assert reply.header("x-amzn-Remapped-Date")
        assert reply.header("X-Amzn-Trace-Id") is None

    def test_the_environments_proxy_is_not_used(
        self, serve: Serve, backend: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert serving(serve, HttpProxy(backend)).get("/dev/x").status == 200

    def test_a_caller_who_is_refused_does_not_reach_the_backend(self, serve: Serve) -> None:
        function = FakeFunction(lambda _: answer("Deny"))
        method = Method("GET", "/x", authorized=True, integration=HttpProxy("http://127.0.0.1:1/"))
        gateway = serve(api(method, authorizer=request_authorizer(function)))
        assert gateway.get("/dev/x", "t").status == 403
