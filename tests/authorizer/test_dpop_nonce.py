"""RFC 9449 §8 and §9: nonces that nobody has to remember."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.dpop_nonce import SLOT_LENGTH, Nonces
from apigw_oauth.authorizer.errors import SettingsError
from tests.authorizer.conftest import FakeClock
from tests.authorizer.dpop_client import SECRET

START = 60 * 28_333_333


@pytest.fixture
def time():
    return FakeClock(START)


@pytest.mark.rule("R49")
def test_a_nonce_is_good_in_its_slot_and_in_the_next(time):
    nonces = Nonces(SECRET, clock=time)
    nonce = nonces.current()
    for later, good in [(0, True), (59.9, True), (60, True), (119.9, True), (120, False), (-0.1, False)]:
        time.now = START + later
        accepted = nonces.accept(nonce)
        assert (accepted is not None) == good
        assert accepted is None or accepted.until == START + 2 * SLOT_LENGTH


@pytest.mark.rule("R49")
def test_a_nonce_may_be_used_again_and_is_the_same_for_everybody(time):
    nonces = Nonces(SECRET, clock=time)
    assert nonces.accept(nonces.current()) == nonces.accept(nonces.current())
    assert Nonces(SECRET, clock=time).current() == nonces.current()


@pytest.mark.rule("R48", "R49")
def test_a_fresh_nonce_comes_with_one_of_the_previous_slot(time):
    nonces = Nonces(SECRET, clock=time)
    nonce = nonces.current()
    now = nonces.accept(nonce)
    time.now += SLOT_LENGTH
    later = nonces.accept(nonce)
    assert now is not None
    assert later is not None
    assert now.fresh is None
    assert later.fresh == nonces.current() != nonce


@pytest.mark.rule("R49")
@given(st.integers(0, 2**40))
def test_a_nonce_has_the_characters_that_one_may_have(now):
    nonce = Nonces(SECRET, clock=FakeClock(now)).current()
    assert re.fullmatch(r"[\x21\x23-\x5B\x5D-\x7E]+", nonce)


@pytest.mark.rule("R48")
@given(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.just("\ud800"))
def test_nothing_else_is_a_nonce(value):
    assert Nonces(SECRET, clock=FakeClock(START)).accept(value) is None


@pytest.mark.rule("R48")
@given(st.integers(0, 53), st.sampled_from("AZaz09-_"))
def test_no_changed_nonce_is_one(position, character):
    nonces = Nonces(SECRET, clock=FakeClock(START))
    nonce = nonces.current()
    spoilt = nonce[:position] + character + nonce[position + 1 :]
    assert (nonces.accept(spoilt) is not None) == (spoilt == nonce)


@pytest.mark.rule("R48")
def test_the_nonce_of_another_secret_is_none(time):
    assert Nonces(SECRET, clock=time).accept(Nonces(SECRET[::-1], clock=time).current()) is None


@pytest.mark.parametrize("secret", ["", "0123456789abcdef0123456789abcde"])
def test_a_secret_that_could_be_guessed_is_a_mistake_of_the_settings(secret, time):
    with pytest.raises(
        SettingsError, match="APIGW_OAUTH_DPOP_NONCE_SECRET must hold at least 32 random characters"
    ):
        Nonces(secret, clock=time)
