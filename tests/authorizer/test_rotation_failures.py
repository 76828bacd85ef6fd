"""Secrets that cannot be had: nobody is let in, and nothing is told of them."""

from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.rotation import PAUSE
from tests.authorizer.kept_secrets import OUTAGE, World, kept


@pytest.fixture
def world() -> World:
    made = World()
    made.verifier.start()
    return made


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
