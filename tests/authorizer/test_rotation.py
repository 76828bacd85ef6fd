"""Secrets that AWS keeps: when they are fetched, when anew, and that no failure lets anybody in."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from apigw_oauth.authorizer import rotation
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Kept, Source
from apigw_oauth.authorizer.rotation import PAUSE, RotatingVerifier
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
        self.warnings: list[str] = []
        self.notes = Notes()
        self.verifier = RotatingVerifier(
            TABLES, self.secrets, make=self.server.make, monotonic=self.clock, warn=self.warnings.append, notes=self.notes
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


@pytest.fixture
def world() -> World:
    made = World()
    made.verifier.start()
    return made


def test_each_secret_is_read_once_at_start_and_never_again_while_it_is_good(world: World):
    assert world.secrets.asked == [("/prod/id", "start"), ("prod/as", "start")]
    assert world.server.made == [
        [
            {"type": "x", "client_id": "api", "client_secret": "s1"},
            {"type": "y", "token": "t1", "audience": "ssm:/not/a/reference"},
        ]
    ]
    for _ in range(3):
        world.clock.now += 1000
        assert world.verify() == "s1"
        with pytest.raises(InvalidTokenError):
            world.verify("bad")
        assert world.secrets.asked == []
    assert world.verifier.recognizes("good")
    assert not world.verifier.recognizes("other")
    assert world.warnings == []


def test_a_secret_that_has_changed_is_fetched_when_the_old_one_is_refused_and_the_request_is_answered(
    world: World,
):
    world.rotate("s2")
    world.notes.asked("x", "miss")
    assert world.verify() == "s2"
    assert world.notes.verifier is None  # the new verifier, a fake, notes nothing
    assert world.secrets.asked == [("/prod/id", "refusal"), ("prod/as", "refusal")]
    assert world.server.asked == ["s1", "s2"]
    assert world.verify() == "s2"
    assert (world.secrets.asked, world.server.asked) == ([], ["s2"])
    (warning,) = world.warnings
    assert "AWS keeps other ones" in warning
    assert "s2" not in warning


def test_credentials_that_stay_wrong_are_looked_up_no_more_often_than_the_pause(world: World):
    world.server.accepted = "elsewhere"
    world.refused()
    assert len(world.secrets.asked) == 2
    for _ in range(5):
        world.clock.now += PAUSE / 10
        world.refused()
        assert world.secrets.asked == []
    world.clock.now += PAUSE
    world.refused()
    assert len(world.secrets.asked) == 2
    assert len(world.server.made) == 1


def test_a_new_secret_that_is_refused_too_is_tried_once(world: World):
    world.rotate("s2", at_the_server=False)
    world.server.accepted = "s3"
    world.refused()
    assert world.server.asked == ["s1", "s2"]
    world.clock.now += PAUSE
    world.refused()
    assert world.server.asked == ["s2"]
    world.rotate("s3")
    world.clock.now += PAUSE
    assert world.verify() == "s3"


def test_a_secret_that_is_the_one_before_again_is_a_new_one(world: World):
    world.rotate("s2")
    assert world.verify() == "s2"
    world.clock.now += PAUSE
    world.rotate("s1")
    assert world.verify() == "s1"
    assert len(world.server.made) == 3  # nothing that was learned in the name of an earlier one comes back


@pytest.mark.parametrize(
    "text",
    [OUTAGE, SettingsError("may not be read"), "{}", "garbage", "[]", "", kept("unusable"), '{"secret": 5, "token": "t"}', None],
    ids=["outage", "denied", "no key", "no JSON", "no object", "empty", "unusable", "no text", "not ready"],
)  # fmt: skip
def test_where_no_new_secret_can_be_had_the_refusal_stands_and_the_old_one_stays(world: World, text: Any):
    world.server.accepted = "s2"
    world.secrets.texts["prod/as"] = text
    world.refused()
    assert world.server.asked == ["s1"]
    assert all("no new ones" in warning for warning in world.warnings)
    assert len(world.warnings) == (text is not None)
    world.server.accepted = "s1"
    assert world.verify() == "s1"


def test_what_is_no_refusal_of_our_credentials_is_none_of_its_business(world: World):
    other = VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT)
    world.secrets.asked.clear()
    for error in (other, InvalidTokenError("x"), ValueError("x")):
        world.server.fails = error
        with pytest.raises(type(error)):
            world.verifier.verify("good", make_request())
    assert world.secrets.asked == []


def test_a_mistake_of_the_operator_keeps_the_function_from_starting():
    for text, message in [
        (SettingsError("the secret prod/as may not be read"), r"^verifiers\[0\].client_secret: the secret prod/as may not"),
        ("{}", r"^verifiers\[0\].client_secret: the secret prod/as has no key secret"),
        ('{"secret": ""}', r"^verifiers\[0\].client_secret: .* is empty"),
        ('{"secret": "s1"}', r"^verifiers\[1\].token: .* no key token"),
        ('{"secret": "a", "secret": "b"}', "not a JSON object"), (kept("unusable"), "cannot be used"),
    ]:  # fmt: skip
        with pytest.raises(SettingsError, match=message):
            World(**{"prod/as": text}).verifier.start()
    with pytest.raises(SettingsError, match=r"^verifiers\[0\].client_id: .*empty"):
        World(**{"/prod/id": " \n"}).verifier.start()


def test_in_an_outage_of_aws_the_function_starts_and_requests_fail_until_it_is_over():
    world = World(**{"prod/as": OUTAGE})
    world.verifier.start()
    assert world.warnings == ["verifiers[0].client_secret: AWS does not answer; the first request asks again"]
    for expected in (2, 0, 0):
        with pytest.raises(VerifierUnavailableError) as caught:
            world.verify()
        assert caught.value.reason is Reason.SECRETS_UNAVAILABLE
        assert len(world.secrets.asked) == expected
        with pytest.raises(VerifierUnavailableError):
            world.verifier.recognizes("good")
    world.secrets.texts["prod/as"] = kept()
    world.clock.now += PAUSE
    assert world.verify() == "s1"
    world.rotate("s2")
    assert world.verify() == "s2"


def test_what_cannot_be_had_before_the_first_request_is_fetched_by_it():
    world = World(**{"/prod/id": None})
    world.verifier.start()
    assert (world.warnings, world.server.made) == ([], [])
    assert world.secrets.asked == [("/prod/id", "start")]
    with pytest.raises(VerifierUnavailableError, match="cannot be had yet"):
        world.verify()
    world.secrets.texts["/prod/id"] = "api"
    assert world.verify() == "s1"
    assert world.secrets.asked == [("/prod/id", "request"), ("prod/as", "request")]


def test_a_mistake_that_the_first_request_finds_is_told_to_the_next_ones_without_asking_again():
    world = World(**{"/prod/id": None})
    world.verifier.start()
    world.secrets.texts |= {"/prod/id": "api", "prod/as": "{}"}
    for expected in (2, 0):
        with pytest.raises(SettingsError, match="has no key secret"):
            world.verify()
        assert len(world.secrets.asked) == expected


def test_what_is_kept_is_never_read_as_a_reference():
    tables = [{"a": Kept(PARAMETER), "b": Kept(SECRET, "secret")}]
    secrets = FakeSecrets(**{"/prod/id": "secretsmanager:prod/as#token", "prod/as": kept("ssm:/prod/id")})
    resolved = rotation.resolve(tables, secrets, when="start")
    assert resolved == [{"a": "secretsmanager:prod/as#token", "b": "ssm:/prod/id"}]


def test_no_message_holds_a_word_of_a_secret():
    for text in ("hunter2", '["hunter2"]', '{"other": "hunter2"}', '{"secret": ["hunter2"], "token": "hunter2"}'):
        with pytest.raises(SettingsError) as caught:
            rotation.resolve(TABLES, FakeSecrets(**{"prod/as": text}), when="start")
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None
