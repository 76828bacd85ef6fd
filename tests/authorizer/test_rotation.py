"""Secrets that AWS keeps: when they are fetched, when anew, and that nothing is read as a reference twice."""

import pytest

from apigw_oauth.authorizer import rotation
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Kept
from apigw_oauth.authorizer.rotation import PAUSE
from tests.authorizer.conftest import make_request
from tests.authorizer.kept_secrets import PARAMETER, SECRET, TABLES, FakeSecrets, World, kept


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


@pytest.mark.parametrize("seconds", [PAUSE, 3600, -3600])
def test_the_pause_ends_though_the_one_clock_stands_still_while_the_environment_is_frozen(
    world: World, seconds: float
):
    world.server.accepted = "s2"
    world.refused()
    world.wall.now += seconds
    world.rotate("s2")
    assert world.verify() == "s2"


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


def test_what_is_no_refusal_of_our_credentials_is_none_of_its_business(world: World):
    other = VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT)
    world.secrets.asked.clear()
    for error in (other, InvalidTokenError("x"), ValueError("x")):
        world.server.fails = error
        with pytest.raises(type(error)):
            world.verifier.verify("good", make_request())
    assert world.secrets.asked == []


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
