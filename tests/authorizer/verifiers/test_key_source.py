"""Keys from the issuer: asked for seldom, kept for a while, replaced as a whole, missed with an error of their own."""

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.jwks import KeySet, NoKeyError
from apigw_oauth.authorizer.verifiers.key_source import LocalKeys, RemoteKeys
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.fake_issuer import OUTAGE, FakeFetch, json_answer
from tests.authorizer.verifiers.jose_signing import public_jwk

OLD = {"keys": [public_jwk("P-256", 0, kid="old")]}
NEW = {"keys": [public_jwk("P-256", 1, kid="new")]}


class Issuer:
    def __init__(self, answer: HttpAnswer | Exception | None = None) -> None:
        self.clock = FakeClock()
        self.fetch = FakeFetch(answer or json_answer(OLD))
        self.keys = RemoteKeys(self.fetch, clock=self.clock)

    def find(self, kid: str = "old") -> str:
        """What looking for a key ends in: found, unknown, or unavailable."""
        try:
            assert self.keys.find(kid=kid, alg="ES256").kid == kid
        except NoKeyError:
            return "unknown"
        except VerifierUnavailableError as error:
            assert error.reason is Reason.KEYS_UNAVAILABLE
            return "unavailable"
        return "found"

    def after(self, seconds: float, answer: HttpAnswer | Exception | None = None) -> "Issuer":
        self.clock.now += seconds
        if answer is not None:
            self.fetch.answer = answer
        return self


def test_keys_of_the_settings_are_asked_for_nowhere():
    keys = LocalKeys(KeySet.parse(OLD))
    assert keys.find(kid="old", alg="ES256").kid == "old"
    with pytest.raises(NoKeyError):
        keys.find(kid="new", alg="ES256")


def test_nothing_is_fetched_before_the_first_token():
    assert Issuer().fetch.calls == 0


def test_keys_are_fetched_once_for_five_minutes():
    issuer = Issuer()
    assert [issuer.find() for _ in range(3)] == ["found"] * 3
    assert issuer.after(299).find() == "found"
    assert issuer.fetch.calls == 1
    assert issuer.after(1).find() == "found"
    assert issuer.fetch.calls == 2


@pytest.mark.parametrize(("max_age", "kept"), [(0, 60), (59, 60), (600, 600), (3600, 3600), (86400, 3600)])
def test_the_server_says_how_long_keys_are_kept_within_limits(max_age, kept):
    issuer = Issuer(json_answer(OLD, max_age=max_age))
    issuer.find()
    issuer.after(kept - 1).find()
    assert issuer.fetch.calls == 1
    issuer.after(1).find()
    assert issuer.fetch.calls == 2


@pytest.mark.rule("L3")
def test_a_set_replaces_the_one_before_as_a_whole():
    issuer = Issuer()
    assert issuer.find("old") == "found"
    issuer.after(300, json_answer(NEW))
    assert issuer.find("new") == "found"
    assert issuer.find("old") == "unknown", "what has been withdrawn is gone"


@pytest.mark.rule("R19", "I17")
def test_without_any_keys_the_token_cannot_be_judged():
    issuer = Issuer(OUTAGE)
    assert issuer.find() == "unavailable"
    with pytest.raises(VerifierUnavailableError, match="no answer in time"):
        issuer.keys.find(kid="old", alg="ES256")


@pytest.mark.rule("R19", "L3")
def test_a_failed_fetch_leaves_the_keys_that_are_there_for_an_hour_at_most():
    issuer = Issuer()
    assert issuer.find() == "found"
    issuer.after(300, OUTAGE)
    assert issuer.find() == "found"
    assert issuer.after(3299).find() == "found"
    assert issuer.after(1).find() == "unavailable", "keys that are kept forever cannot be withdrawn"


def test_stale_keys_are_used_only_after_a_fetch_has_failed():
    issuer = Issuer()
    issuer.find()
    issuer.after(400, json_answer(NEW))
    assert issuer.find("old") == "unknown"
    assert issuer.fetch.calls == 2


@pytest.mark.rule("L3")
def test_an_issuer_that_fails_is_asked_again_after_one_second_then_two_up_to_thirty():
    issuer = Issuer(OUTAGE)
    waited = []
    for _ in range(8):
        before, seconds = issuer.fetch.calls, 0.0
        while issuer.fetch.calls == before:
            issuer.after(0.5).find()
            seconds += 0.5
        waited.append(seconds)
    assert waited == [0.5, 1, 2, 4, 8, 16, 30, 30]
    issuer.after(30, json_answer(OLD))
    assert issuer.find() == "found"
    issuer.after(300, OUTAGE)
    issuer.find()
    before = issuer.fetch.calls
    issuer.after(1).find()
    assert issuer.fetch.calls == before + 1, "a success makes the pause short again"


@pytest.mark.rule("R18", "L3")
def test_a_key_that_is_not_known_is_looked_for_once():
    issuer = Issuer()
    issuer.find("old")
    issuer.after(10, json_answer(NEW))
    assert issuer.find("new") == "found"
    assert issuer.fetch.calls == 2


@pytest.mark.rule("L3")
def test_strangers_cannot_make_the_issuer_be_asked_more_than_twice_a_minute():
    issuer = Issuer()
    issuer.find("old")
    for n in range(600):
        assert issuer.after(0.1).find(f"made up {n}") == "unknown"
    assert issuer.fetch.calls <= 3


@pytest.mark.rule("L3")
def test_a_token_with_an_unknown_key_is_no_reason_to_fetch_twice_at_once():
    issuer = Issuer()
    assert issuer.find("made up") == "unknown"
    assert issuer.fetch.calls == 1
    assert issuer.after(29).find("made up") == "unknown"
    assert issuer.fetch.calls == 1
    assert issuer.after(1).find("made up") == "unknown"
    assert issuer.fetch.calls == 2


@pytest.mark.rule("L3", "R19")
def test_the_cool_down_holds_after_a_failed_fetch_too_and_the_known_keys_stay():
    issuer = Issuer()
    issuer.find("old")
    issuer.after(1, OUTAGE)
    assert issuer.find("new") == "unavailable", "it may be a good token with a new key"
    assert issuer.fetch.calls == 2
    assert issuer.after(29).find("new") == "unavailable"
    assert issuer.find("old") == "found"
    assert issuer.fetch.calls == 2
    assert issuer.after(1, json_answer(NEW)).find("new") == "found"


def test_a_token_without_an_identifier_may_find_the_one_key_that_fits():
    issuer = Issuer()
    assert issuer.keys.find(kid=None, alg="ES256").kid == "old"
    with pytest.raises(NoKeyError):
        issuer.keys.find(kid=None, alg="RS256")


@pytest.mark.rule("R19")
def test_a_set_of_which_nothing_can_be_used_withdraws_the_keys_and_is_no_verdict_about_tokens():
    issuer = Issuer()
    assert issuer.find() == "found"
    issuer.after(300, json_answer({"keys": []}))
    assert issuer.find() == "unavailable"
    assert issuer.after(1, json_answer(OLD)).find() == "found"


def test_a_clock_that_goes_back_makes_keys_old_rather_than_eternal():
    issuer = Issuer()
    issuer.find()
    issuer.after(-86400, OUTAGE)
    assert issuer.find() == "unavailable"
    assert issuer.after(0, json_answer(OLD)).find() == "unavailable", "that was a moment ago"
    assert issuer.after(1).find() == "found"


@pytest.mark.rule("R19", "L3")
@pytest.mark.parametrize(
    "nonsense",
    [
        json_answer(OLD, status=404),
        json_answer(OLD, status=500),
        json_answer(OLD, status=302),
        json_answer(OLD, status=201),
        json_answer(OLD, content_type="text/html"),
        json_answer(OLD, content_type=""),
        json_answer(b"<html>"),
        json_answer(b"[]"),
        json_answer(b'{"keys":[],"keys":[]}'),
        json_answer(b"\xff"),
        json_answer(b"[" * 60_000),
        json_answer({}),
        json_answer({"keys": {}}),
        json_answer({"keys": [public_jwk("P-256", kid="old")] * 51}),
        json_answer({"keys": [{"kty": "oct", "k": "AA", "kid": "old"}]}),
        json_answer(public_jwk("P-256", kid="old")),
    ],
)
def test_an_answer_that_is_no_key_set_is_a_failed_fetch(nonsense):
    assert Issuer(nonsense).find() == "unavailable"


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/jwk-set+json", "Application/JSON; charset=utf-8"]
)
def test_key_sets_come_as_json_under_either_name(content_type):
    assert Issuer(json_answer(OLD, content_type=content_type)).find() == "found"


@pytest.mark.rule("R19", "L3")
def test_a_key_is_looked_for_as_soon_as_the_issuer_may_be_asked_again():
    issuer = Issuer()
    issuer.find("old")
    issuer.after(300, OUTAGE)
    assert issuer.find("new") == "unavailable"
    assert issuer.fetch.calls == 2
    issuer.fetch.answer = json_answer(NEW)
    assert issuer.find("new") == "unavailable"
    assert issuer.after(1).find("new") == "found"
    assert issuer.fetch.calls == 3
