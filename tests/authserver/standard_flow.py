"""The standard endpoints, as a client uses them."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.authserver.servers import CLIENT_SECRET, PASSWORD, Running

CB = "http://127.0.0.1:9/cb"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BASIC = ("demo", CLIENT_SECRET)
USUAL = {
    "client_id": "demo",
    "response_type": "code",
    "redirect_uri": CB,
    "scope": "profile history.read",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def query_of(**changes: Any) -> httpx2.QueryParams:
    asked = {**USUAL, **changes}
    return httpx2.QueryParams({name: value for name, value in asked.items() if value is not None})


def arrived(answer: httpx2.Response) -> dict[str, str]:
    """Read what a redirect brings to the client, in query or fragment."""
    assert answer.status_code == 303, answer.text
    location = urlsplit(answer.headers["location"])
    return dict(parse_qsl(location.query or location.fragment, keep_blank_values=True))


def log_in(server: Running, **changes: Any) -> httpx2.Response:
    page = server.http.get("/authorize", params=query_of(**changes))
    assert page.status_code == 200, page.text
    return server.decide(page, loginId="john", password=PASSWORD, authorized="true")


def code_of(server: Running, **changes: Any) -> str:
    return arrived(log_in(server, **changes))["code"]


def ask(server: Running, data: dict[str, Any], **kwargs: Any) -> httpx2.Response:
    """Send a token request; Basic of the client `demo` unless told otherwise."""
    sent = {name: value for name, value in data.items() if value is not None}
    return server.http.post("/token", data=sent, **{"auth": BASIC, **kwargs})


def exchange(server: Running, code: str, **changes: Any) -> httpx2.Response:
    usual = {"grant_type": "authorization_code", "code": code, "redirect_uri": CB, "code_verifier": VERIFIER}
    kwargs = {name: changes.pop(name) for name in ("auth", "headers") if name in changes}
    return ask(server, {**usual, **changes}, **kwargs)


def tokens_of(server: Running, **changes: Any) -> dict[str, Any]:
    """Walk through the whole flow."""
    answer = exchange(server, code_of(server, **changes))
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def refresh(server: Running, token: str, **changes: Any) -> httpx2.Response:
    kwargs = {name: changes.pop(name) for name in ("auth", "headers") if name in changes}
    return ask(server, {"grant_type": "refresh_token", "refresh_token": token, **changes}, **kwargs)


def own_token(server: Running, **changes: Any) -> dict[str, Any]:
    """Get a token of the client's own."""
    kwargs = {name: changes.pop(name) for name in ("auth", "headers") if name in changes}
    answer = ask(server, {"grant_type": "client_credentials", **changes}, **kwargs)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def introspected(server: Running, token: str, **kwargs: Any) -> dict[str, Any]:
    """Ask about a token as the service."""
    auth = (server.key, server.app.credentials.service_api_secret)
    answer = server.http.post("/introspect", data={"token": token}, **{"auth": auth, **kwargs})
    assert answer.status_code == 200, answer.text
    described: dict[str, Any] = answer.json()
    return described


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    """Read status, error and result code of an OAuth error."""
    assert answer.headers["cache-control"] == "no-store"
    error = answer.json()
    return answer.status_code, error["error"], error["error_description"][1:].partition("]")[0]
