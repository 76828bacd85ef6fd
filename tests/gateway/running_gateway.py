"""The real server on a free port, spoken to byte by byte."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.http_api.api import HttpApi
from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import Server, create_app

# The gateway for each kind of API.
GATEWAYS: dict[type, Any] = {RestApi: LocalGateway, HttpApi: HttpGateway}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RunningGateway:
    """A gateway that serves in a thread until it is closed."""

    def __init__(self, api: RestApi | HttpApi, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.records: list[RequestRecord] = []
        self.notices: list[str] = []
        make = GATEWAYS[type(api)]
        self.gateway = make(api, on_request=self.records.append, on_notice=self.notices.append, **options)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        ready = threading.Event()
        self.server = Server(create_app(self.gateway), on_ready=ready.set, tls=tls)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        self.server.should_exit = True

    def close(self) -> None:
        self.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        raw_target: bytes | None = None,
    ) -> Reply:
        """Send one request exactly as given (plus Host and Content-Length) and return the reply."""
        lines = [method.encode() + b" " + (raw_target or target.encode()) + b" HTTP/1.1"]
        lines += [f"{name}: {value}".encode("latin-1") for name, value in headers]
        if not any(name.lower() == "host" for name, _ in headers):
            lines.append(f"Host: 127.0.0.1:{self.port}".encode())
        if body:
            lines.append(f"Content-Length: {len(body)}".encode())
        with self.connect() as connection:
            connection.sendall(b"\r\n".join([*lines, b"", b""]) + body)
            return read_reply(connection, method)

    def get(self, target: str, token: str | None = None) -> Reply:
        return self.send("GET", target, [("Authorization", token)] if token is not None else [])


def read_reply(connection: socket.socket, method: str = "GET") -> Reply:
    with http.client.HTTPResponse(connection, method=method) as response:
        response.begin()
        return Reply(response.status, tuple(response.getheaders()), response.read())
