"""An issuer that is asked for its keys, without a network."""

import json
from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer


def json_answer(
    content: Any, *, status: int = 200, content_type: str = "application/json", max_age: int | None = None
) -> HttpAnswer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpAnswer(status, content_type, body, None, max_age)


OUTAGE = VerifierUnavailableError("no answer in time", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT)


class FakeFetch:
    """Answers what it is told to; counts how often it is asked."""

    def __init__(self, answer: HttpAnswer | Exception) -> None:
        self.answer = answer
        self.calls = 0

    def __call__(self) -> HttpAnswer:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class FakeServers:
    """Stands in for the network: what each URL answers, and which ones were asked."""

    def __init__(self, answers: Mapping[str, HttpAnswer | Exception]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.public_only: dict[str, bool] = {}

    def __call__(self, origin: str, *, public_only: bool) -> "FakeClient":
        self.public_only[origin] = public_only
        return FakeClient(origin, self)


class FakeClient:
    def __init__(self, origin: str, servers: FakeServers) -> None:
        self._origin = origin
        self._servers = servers

    def get(self, path: str, headers: Mapping[str, str]) -> HttpAnswer:
        url = self._origin + path
        self._servers.asked.append(url)
        answer = self._servers.answers.get(url, json_answer({}, status=404))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        raise AssertionError("keys are got, not posted for")
