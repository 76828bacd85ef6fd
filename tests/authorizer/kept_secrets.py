"""Secrets that AWS keeps, a server that takes one of them, and what stands between."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Kept, Source
from apigw_oauth.authorizer.rotation import RotatingVerifier
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.notes import Notes
from tests.authorizer.conftest import FakeClock, make_request

SECRET, PARAMETER = Source("secretsmanager", "prod/as"), Source("ssm", "/prod/id")
TABLES = [
    {"type": "x", "client_id": Kept(PARAMETER), "client_secret": Kept(SECRET, "secret")},
    {"type": "y", "token": Kept(SECRET, "token"), "audience": "ssm:/not/a/reference"},
]
OUTAGE = VerifierUnavailableError("AWS does not answer", reason=Reason.SECRETS_UNAVAILABLE)
REFUSED = VerifierUnavailableError("our credentials are refused", reason=Reason.CREDENTIALS_REFUSED)


def kept(secret: str = "s1", token: str = "t1") -> str:
    return json.dumps({"secret": secret, "token": token})


class FakeSecrets:
    """Keeps what a test says; counts who asks for what."""

    def __init__(self, **texts: Any) -> None:
        self.texts: dict[str, str | Exception | None] = {"prod/as": kept(), "/prod/id": "api\n", **texts}
        self.asked: list[tuple[str, str]] = []

    def read(self, source: Source, *, when: str) -> str | None:
        self.asked.append((source.id, when))
        found = self.texts[source.id]
        if isinstance(found, Exception):
            raise found
        return found


class Server:
    """Makes verifiers that know one secret; the server behind them takes another one, perhaps."""

    def __init__(self, accepted: str = "s1") -> None:
        self.accepted = accepted
        self.fails: Exception | None = None
        self.made: list[Sequence[Any]] = []
        self.asked: list[str] = []

    def make(self, tables: Sequence[Any]) -> "Client":
        if tables[0]["client_secret"] == "unusable":
            raise SettingsError("client_secret: cannot be used")
        self.made.append(tables)
        return Client(self, tables[0]["client_secret"])


class Client:
    def __init__(self, server: Server, secret: str) -> None:
        self.server = server
        self.secret = secret

    def recognizes(self, token: str) -> bool:
        return token != "other"

    def verify(self, token: str, request: Any) -> AccessToken:
        self.server.asked.append(self.secret)
        if self.server.fails is not None:
            raise self.server.fails
        if self.secret != self.server.accepted:
            raise REFUSED
        if token == "bad":
            raise InvalidTokenError("no")
        return AccessToken(subject=self.secret)


class World:
    def __init__(self, **texts: Any) -> None:
        self.secrets, self.server, self.clock = FakeSecrets(**texts), Server(), FakeClock(1000)
        self.wall = FakeClock()
        self.warnings: list[str] = []
        self.notes = Notes()
        self.verifier = RotatingVerifier(
            TABLES, self.secrets, make=self.server.make, surroundings=Surroundings(clock=self.wall, monotonic=self.clock), warn=self.warnings.append, notes=self.notes
        )  # fmt: skip

    def verify(self, token: str = "good") -> str | None:
        self.secrets.asked.clear()
        self.server.asked.clear()
        return self.verifier.verify(token, make_request()).subject

    def refused(self) -> None:
        with pytest.raises(VerifierUnavailableError) as caught:
            self.verify()
        assert caught.value.reason is Reason.CREDENTIALS_REFUSED

    def rotate(self, secret: str, *, at_the_server: bool = True) -> None:
        self.secrets.texts["prod/as"] = kept(secret)
        if at_the_server:
            self.server.accepted = secret
