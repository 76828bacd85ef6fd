"""Times of a token against the clock, on every request."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import token_times
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason

NOW = 1_700_000_000.0


def refusal(**facts) -> Reason | None:
    try:
        token_times.require_current(AccessToken(**facts), NOW)
    except InvalidTokenError as error:
        return error.reason
    return None


@pytest.mark.rule("R21", "R31")
@pytest.mark.parametrize(("ago", "refused"), [(-1, False), (29.9, False), (30, True), (31, True)])
def test_a_token_is_good_until_its_end_and_as_long_after_as_clocks_may_differ(ago, refused):
    assert (refusal(expires_at=NOW - ago, leeway=30) is Reason.EXPIRED_TOKEN) == refused


@pytest.mark.rule("R21")
def test_without_leeway_a_token_ends_on_the_second():
    assert refusal(expires_at=NOW) is Reason.EXPIRED_TOKEN
    assert refusal(expires_at=NOW + 0.1) is None


@pytest.mark.rule("R22", "R31")
@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_refused_beyond_what_clocks_may_differ(claim):
    assert refusal(claims={claim: NOW + 30}, leeway=30) is None
    assert refusal(claims={claim: NOW + 31}, leeway=30) is Reason.NOT_YET_VALID


@pytest.mark.rule("R22")
@pytest.mark.parametrize("value", ["1700000000", True, [1], {}])
@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_time_that_is_no_number_refuses_the_token(claim, value):
    assert refusal(claims={claim: value}) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R21", "R22")
@pytest.mark.parametrize(
    "facts", [{"expires_at": math.nan}, {"claims": {"nbf": math.nan}}, {"claims": {"iat": math.nan}}]
)
def test_a_time_that_cannot_be_compared_refuses_the_token(facts):
    assert refusal(**facts) is not None


@pytest.mark.rule("R21")
def test_a_clock_that_cannot_be_compared_lets_nobody_in():
    with pytest.raises(InvalidTokenError):
        token_times.require_current(AccessToken(expires_at=NOW + 60), math.nan)
    with pytest.raises(InvalidTokenError):
        token_times.require_current(AccessToken(expires_at=NOW + 60), -math.inf)
    with pytest.raises(InvalidTokenError):
        token_times.require_current(AccessToken(claims={"nbf": NOW - 60}), math.nan)


@given(age=st.integers(-100, 100), leeway=st.integers(0, 60))
def test_an_answer_never_outlives_what_it_was_made_of(age, leeway):
    token = AccessToken(expires_at=NOW - age, leeway=leeway)
    if age >= leeway:
        assert refusal(expires_at=NOW - age, leeway=leeway) is Reason.EXPIRED_TOKEN
        return
    end = token_times.end_of_answer(token, NOW)
    assert end is not None
    assert NOW < end <= NOW - age + leeway
    assert age >= 0 or end == token.expires_at  # the leeway is for clocks, not a longer life


def test_a_token_without_an_end_gives_answers_without_one():
    assert token_times.end_of_answer(AccessToken(), NOW) is None
