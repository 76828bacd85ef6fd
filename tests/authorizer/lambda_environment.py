"""A handler as Lambda has it, its settings, its events, and its log."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.authorizer.conftest import FakeClock, recorded

TOKEN = "SlAV32hkKG-a-token-to-look-for"
SECRET = "s3cr3t-to-look-for"
VALID = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": 1_700_000_100_000}
INACTIVE = {"action": "UNAUTHORIZED", "resultCode": "A057302"}
# The recorded event of each format, and its route.
EVENTS = {
    "token": ("rest_token", "POST /lambda-token"),
    "request": ("rest_request", "POST /lambda-request"),
    "http-1.0": ("http_1_0", "GET /request"),
    "http-2.0": ("http_2_0", "POST /lambda"),
    "http-2.0-simple": ("http_2_0", "POST /lambda"),
    "websocket": ("websocket_connect", "$connect"),
}


class LambdaContext:
    aws_request_id = "request-1"


def settings(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "format": 1, "event": "request", "cache": "route", "refusals": "static-401", "context": ["sub", "scope"],
        "routes": [{"route": "POST /lambda-request", "any_of": [["profile"]]}, {"route": "POST /lambda-token", "any_of": [["profile"]]}],
        "verifiers": [{"type": "authlete", "version": 2, "base_url": url, "api_key": "key", "api_secret": "env:SECRET"}],
        **changes,
    }  # fmt: skip


def event(name: str = "rest_request", token: str = TOKEN) -> dict[str, Any]:
    text = json.dumps(recorded(name)).replace("Bearer foo", f"Bearer {token}")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


class Environment:
    """A handler, and what it logs."""

    def __init__(self, url: str, *, variables: Mapping[str, str] = MappingProxyType({}), **changes: Any) -> None:
        self.lines: list[str] = []
        self.handler = make_handler(
            settings(url, **changes),
            environ={"SECRET": SECRET, **variables},
            clock=FakeClock(),
            write=self.lines.append,
        )

    def __call__(self, event: Any) -> dict[str, Any]:
        return self.handler(event, LambdaContext())

    @property
    def logged(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.lines[-1])
        return line


def with_token(name: str) -> dict[str, Any]:
    """The recorded event of a format, with a token to authorize."""
    sent = event(EVENTS[name][0])
    if name in {"http-1.0", "websocket"}:
        sent["headers"]["Authorization"] = f"Bearer {TOKEN}"
    return sent


def without_token(name: str) -> dict[str, Any]:
    """The recorded event of a format, without credentials."""
    return {**event(EVENTS[name][0]), "headers": {}, "multiValueHeaders": {}, "authorizationToken": None}


def environment_for(url: str, name: str, **changes: Any) -> Environment:
    """A handler for a format, that knows the route of the recorded event."""
    routes = [{"route": EVENTS[name][1], "any_of": [["profile"]]}]
    return Environment(url, **{"event": name, "cache": "off", "routes": routes, **changes})
