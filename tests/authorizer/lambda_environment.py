"""A handler as Lambda has it, its settings, its events, and its log."""

import json
from typing import Any

from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.authorizer.conftest import FakeClock, recorded

TOKEN = "SlAV32hkKG-a-token-to-look-for"
SECRET = "s3cr3t-to-look-for"
VALID = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": 1_700_000_100_000}


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

    def __init__(self, url: str, **changes: Any) -> None:
        self.lines: list[str] = []
        self.handler = make_handler(
            settings(url, **changes), environ={"SECRET": SECRET}, clock=FakeClock(), write=self.lines.append
        )

    def __call__(self, event: Any) -> dict[str, Any]:
        return self.handler(event, LambdaContext())

    @property
    def logged(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.lines[-1])
        return line
