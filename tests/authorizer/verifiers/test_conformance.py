"""Every verifier of the table in the suite that users' own verifiers run."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from apigw_oauth.authorizer import verifiers
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier
from apigw_oauth.testing import TokenVerifierConformance
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers import jwt_tokens
from tests.scripted_server import ScriptedServer, answer

NOW = jwt_tokens.NOW
NOBODY = "http://127.0.0.1:1"


class KnowsGood(ScriptedServer):
    """An authorization server that knows the token `good` and no other."""

    def __init__(self, known: dict[str, Any], unknown: dict[str, Any], token_of: Callable[[bytes], str]) -> None:
        self._answers = {True: json.dumps(known).encode(), False: json.dumps(unknown).encode()}
        self._token_of = token_of
        super().__init__(self._say)

    def _say(self, connection: socket.socket) -> object:
        body = self.requests[-1].partition(b"\r\n\r\n")[2]
        return answer(self._answers[self._token_of(body) == "good"])(connection)


def load(table: dict[str, Any]) -> TokenVerifier:
    return verifiers.load([table], Surroundings(clock=FakeClock(NOW)))


class TestAuthlete(TokenVerifierConformance):
    good_token, bad_token = "good", "bad"
    table: ClassVar[dict[str, Any]] = {"type": "authlete", "api_key": "k", "api_secret": "s"}

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        known = {"action": "OK", "subject": "john", "clientId": 5, "scopes": ["a"], "expiresAt": (NOW + 60) * 1000}
        unknown = {"action": "UNAUTHORIZED", "resultCode": "A057302"}
        with KnowsGood(known, unknown, lambda body: str(json.loads(body)["token"])) as server:
            self.url = server.url
            yield

    def make_verifier(self) -> TokenVerifier:
        return load({**self.table, "base_url": self.url})

    def make_unavailable_verifier(self) -> TokenVerifier:
        return load({**self.table, "base_url": NOBODY})


class TestIntrospection(TokenVerifierConformance):
    good_token, bad_token = "good", "bad"
    table: ClassVar[dict[str, Any]] = {"type": "introspection", "client_id": "c", "client_secret": "s"}

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        known = {"active": True, "sub": "john", "client_id": "demo", "scope": "a b", "exp": NOW + 60}
        with KnowsGood(known, {"active": False}, lambda body: parse_qs(body.decode())["token"][0]) as server:
            self.url = server.url
            yield

    def make_verifier(self) -> TokenVerifier:
        return load({**self.table, "endpoint": f"{self.url}/introspect"})

    def make_unavailable_verifier(self) -> TokenVerifier:
        return load({**self.table, "endpoint": f"{NOBODY}/introspect"})


class TestJwt(TokenVerifierConformance):
    good_token = jwt_tokens.token()
    bad_token = jwt_tokens.token(aud="https://elsewhere.example")
    foreign_token = jwt_tokens.token(iss="https://as.example/")
    table: ClassVar[dict[str, Any]] = {"type": "jwt", "issuer": jwt_tokens.ISSUER, "audience": jwt_tokens.AUDIENCE}

    def make_verifier(self) -> TokenVerifier:
        return load({**self.table, "jwks": jwt_tokens.KEYS})

    def make_unavailable_verifier(self) -> TokenVerifier:
        return load({**self.table, "jwks_uri": f"{NOBODY}/jwks"})


def test_every_verifier_of_the_table_runs_the_suite():
    tested = [one.table["type"] for one in (TestAuthlete, TestIntrospection, TestJwt)]
    assert tested == list(verifiers.VERIFIERS)
