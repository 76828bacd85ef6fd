"""WebSocket APIs for tests, and a gateway that serves one over real sockets."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect

from apigw_oauth.gateway.api import LambdaProxy
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.server import Server, create_app
from apigw_oauth.gateway.websocket_api.api import WebSocketApi, WebSocketAuthorizer, WebSocketRoute
from apigw_oauth.gateway.websocket_api.websocket_gateway import WebSocketGateway
from tests.gateway.fakes import FakeFunction
from tests.gateway.fakes import answer as allow
from tests.gateway.running_gateway import Reply, read_reply
from tests.tls_websocket import TlsWebSocket, connected

HEADER = "route.request.header.Authorization"
TOKEN = ("Authorization", "Bearer s3cr3t-t0ken")


def ok(_event: dict[str, Any]) -> object:
    return {"statusCode": 200}


def route(
    key: str, function: Function | Callable[[dict[str, Any]], object] = ok, *, authorized: bool = False
) -> WebSocketRoute:
    """Return a route to a function, or to a fake one that answers what the callable returns."""
    known = FakeFunction(function) if callable(function) else function
    return WebSocketRoute(key, LambdaProxy(known), authorized)


def websocket_api(
    *routes: WebSocketRoute, authorizer: WebSocketAuthorizer | None = None, **more: Any
) -> WebSocketApi:
    values: dict[str, Any] = {"name": "demo", "stage": "dev", "api_id": "abcdef123"}
    return WebSocketApi(routes=routes, authorizer=authorizer, **{**values, **more})


def guarded(
    function: Function | None = None,
    *routes: WebSocketRoute,
    sources: tuple[str, ...] = (HEADER,),
    **more: Any,
) -> WebSocketApi:
    """Return an API whose $connect is behind an authorizer."""
    authorizer = WebSocketAuthorizer(sources, function or FakeFunction(lambda _: allow()))
    opening = () if any(one.route_key == "$connect" for one in routes) else (route("$connect", authorized=True),)
    return websocket_api(*opening, *routes, authorizer=authorizer, **more)


class RunningWebSocketGateway:
    """A gateway that serves in a thread until it is closed."""

    def __init__(self, api: WebSocketApi, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.records: list[RequestRecord] = []
        self.notices: list[str] = []
        self._reported = threading.Condition()
        self.gateway = WebSocketGateway(api, on_request=self._report, on_notice=self.notices.append, **options)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        ready = threading.Event()
        self.server = Server(create_app(self.gateway), on_ready=ready.set, tls=tls)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        assert ready.wait(10)

    def _report(self, record: RequestRecord) -> None:
        with self._reported:
            self.records.append(record)
            self._reported.notify_all()

    def record(self, method: str, count: int = 1) -> RequestRecord:
        """Return the record number `count` of an event, as soon as it is there."""

        def found() -> list[RequestRecord]:
            return [record for record in self.records if record.method == method]

        with self._reported:
            assert self._reported.wait_for(lambda: len(found()) >= count, timeout=10)
            return found()[count - 1]

    @property
    def told(self) -> str:
        """Return everything that the console was told."""
        return "\n".join([*self.notices, *map(str, self.records)])

    @contextmanager
    def client(self, *headers: tuple[str, str], path: str = "/dev", **more: Any) -> Iterator[ClientConnection]:
        """Connect as a client that was let in."""
        options = {"proxy": None, "compression": None, "close_timeout": 5, **more}
        url = f"ws://127.0.0.1:{self.port}{path}"
        with connect(url, additional_headers=list(headers), **options) as client:
            yield client

    @contextmanager
    def tls_client(self, *headers: tuple[str, str], ssl: ssl.SSLContext) -> Iterator[TlsWebSocket]:
        """Connect over TLS as a client that was let in."""
        options: dict[str, Any] = {"proxy": None, "compression": None, "close_timeout": 5, "ssl": ssl}
        url = f"wss://127.0.0.1:{self.port}/dev"
        with connected(url, additional_headers=list(headers), **options) as client:
            yield client

    def refused(self, *headers: tuple[str, str], path: str = "/dev", **more: Any) -> Response:
        """Return the answer to the handshake of a client that is not let in."""
        with pytest.raises(InvalidStatus) as caught, self.client(*headers, path=path, **more):
            pass
        return caught.value.response

    def http(self, method: str, path: str, body: bytes = b"") -> Reply:
        """Send an ordinary request."""
        head = f"{method} {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n"
        with self.connect() as connection:
            connection.sendall(head.encode() + body)
            return read_reply(connection, method)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def stop(self) -> None:
        self.server.should_exit = True

    def close(self) -> None:
        self.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()


def received(client: ClientConnection) -> Any:
    """Return the next message, which is JSON."""
    return json.loads(client.recv(timeout=10))


def assert_refused(response: Response, status: int, body: bytes, error_type: str) -> None:
    assert (response.status_code, bytes(response.body)) == (status, body)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["x-amzn-ErrorType"] == error_type
    assert "WWW-Authenticate" not in response.headers
