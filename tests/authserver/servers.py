"""A real server on loopback, in a thread, with a clock that tests turn."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any
from unittest.mock import patch

import httpx2

from apigw_oauth.authserver.secret_hashes import ChosenSecret
from apigw_oauth.authserver.server import AuthserverApp, create_app, make_server
from apigw_oauth.authserver.settings import AuthserverSettings

API_SECRET = "api-secret-of-the-tests"
CLIENT_SECRET = "client-secret-of-the-tests"
PASSWORD = "password-of-john"
SETTINGS = {
    "service_name": "mydemo",
    "api_key": "21653835348762",
    "api_secret": API_SECRET,
    "service_access_token": "service-token-of-the-tests",
    "scopes": ["timeline.read"],
    "clients": [
        {
            "client_id": "demo",
            "client_secret": CLIENT_SECRET,
            "name": "Demo",
            "scopes": ["profile", "history.read"],
            "redirect_uris": ["http://127.0.0.1:9/cb", "com.example.app:/cb?a=b"],
        },
        {"client_id": "plain"},
        {"client_id": "public", "confidential": False},
        {"client_id": "12345", "client_secret": CLIENT_SECRET, "redirect_uris": ["http://127.0.0.1:9/only"]},
    ],
    "users": [{"login": "john", "password": PASSWORD}, {"login": "ann", "password": "ann", "subject": "user-2"}],
}


@dataclass(slots=True)
class Clock:
    """Seconds since the epoch, until somebody turns them."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Running:
    """A server, and how to talk to it."""

    base_url: str
    app: AuthserverApp
    clock: Clock
    http: httpx2.Client = field(repr=False)

    @property
    def key(self) -> str:
        return self.app.credentials.service_api_key

    def call(self, path: str, body: object = None, **kwargs: Any) -> httpx2.Response:
        """Call the API, version 2, with JSON."""
        auth = (self.key, self.app.credentials.service_api_secret)
        return self.http.post(f"/api{path}", json=body or {}, auth=auth, **kwargs)

    def create(self, **body: Any) -> dict[str, Any]:
        """Make a token and return the whole answer."""
        asked = {"grantType": "AUTHORIZATION_CODE", "clientIdentifier": "demo", "subject": "john", **body}
        answer: dict[str, Any] = self.call("/auth/token/create", asked).json()
        return answer

    def introspect(self, token: str | None, **body: Any) -> dict[str, Any]:
        """Ask about a token."""
        answer: dict[str, Any] = self.call("/auth/introspection", {"token": token, **body}).json()
        return answer

    def authorization_url(self, **parameters: str) -> str:
        query = httpx2.QueryParams({"client_id": "demo", "response_type": "token", **parameters})
        return f"{self.base_url}/api/auth/authorization/direct/{self.key}?{query}"

    def decide(self, page: httpx2.Response, client: httpx2.Client | None = None, **fields: str) -> httpx2.Response:
        """Send the form of an authorization page."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert action is not None
        assert ticket is not None
        data = {"ticket": unescape(ticket[1]), **fields}
        return (client or self.http).post(unescape(action[1]), data=data)

    def log_in(self, login: str = "john", password: str = PASSWORD, **parameters: str) -> httpx2.Response:
        """Walk through the page and return the redirect."""
        page = self.http.get(self.authorization_url(**parameters))
        assert page.status_code == 200, page.text
        return self.decide(page, loginId=login, password=password, authorized="true")

    def token(self, data: dict[str, Any], **kwargs: Any) -> httpx2.Response:
        """Ask the direct token endpoint."""
        return self.http.post(f"/api/auth/token/direct/{self.key}", data=data, **kwargs)


# Nobody verifies anything over plain HTTP; to load the certificates takes as long as to start a server.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# What a person chose takes a while to be hashed, on purpose: the secrets of the tests are hashed once.
_HASHED_ONCE = staticmethod(cache(ChosenSecret.of))
_Ending = list[Callable[[], None]]


@contextmanager
def running(clock: Clock | None = None, ending: _Ending | None = None, /, **changes: Any) -> Iterator[Running]:
    """Start a server with these settings on top of the usual ones; stop it at the end.

    With a list for those that are `ending`, what waits for the end goes there.
    """
    clock = clock or Clock()
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    base_url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    settings = AuthserverSettings.from_dict({"base_url": base_url, **SETTINGS, **changes})
    with patch.object(ChosenSecret, "of", _HASHED_ONCE):
        app = create_app(settings, clock=clock)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()

    def end() -> None:
        thread.join(10)
        assert not thread.is_alive()
        app.close()

    try:
        with httpx2.Client(base_url=base_url, follow_redirects=False, verify=_NO_TLS) as http:
            yield Running(base_url, app, clock, http)
    finally:
        server.should_exit = True
        if ending is None:
            end()
        else:
            ending.append(end)
