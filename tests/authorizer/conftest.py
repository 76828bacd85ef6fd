"""Stand-ins for what the authorizer meets in Lambda."""

import json
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev"


def recorded(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())
    return content


def make_request(
    method: str = "GET",
    path: str = "/pets/7",
    *,
    resource: str | None = "/pets/{id}",
    authorization: str | None = "Bearer good",
    headers: dict[str, tuple[str, ...]] | None = None,
) -> Request:
    given = {} if authorization is None else {"authorization": (authorization,)}
    arn = MethodArn.parse(f"{STAGE}/{method}{path}")
    route_key = None if resource is None else f"{method} {resource}"
    return Request(method, path, route_key, {**given, **(headers or {})}, arn)


class FakeVerifier:
    """Knows some tokens; counts how often it is asked."""

    def __init__(self, tokens: dict[str, AccessToken | Exception] | None = None) -> None:
        self.tokens = tokens or {
            "good": AccessToken(subject="john", client_id="demo", scopes=frozenset({"pets:read"}))
        }
        self.asked: list[str] = []

    def recognizes(self, token: str) -> bool:
        return True

    def verify(self, token: str, request: Request) -> AccessToken:
        self.asked.append(token)
        known = self.tokens[token]
        if isinstance(known, Exception):
            raise known
        return known


class FakeClock:
    def __init__(self, now: float = 1_700_000_000) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
