"""RFC 9470: how, and how long ago, the user authenticated."""

import math

import pytest

from apigw_oauth.authorizer import step_up
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import InsufficientAuthenticationError

NOW = 1_700_000_000.0


def refused(claims, *, acr_values=(), max_age=None, leeway=0.0) -> InsufficientAuthenticationError | None:
    try:
        step_up.require(AccessToken(claims=claims, leeway=leeway), NOW, acr_values=acr_values, max_age=max_age)
    except InsufficientAuthenticationError as error:
        return error
    return None


@pytest.mark.rule("R55")
@pytest.mark.parametrize("acr", ["gold", "silver"])
def test_one_of_the_levels_that_the_route_names_is_enough(acr):
    assert refused({"acr": acr}, acr_values=("gold", "silver")) is None


@pytest.mark.rule("R55")
@pytest.mark.parametrize(
    "claims", [{}, {"acr": None}, {"acr": "bronze"}, {"acr": "Gold"}, {"acr": ["gold"]}, {"acr": 1}]
)
def test_another_level_or_none_is_not(claims):
    assert refused(claims, acr_values=("gold", "1")) is not None


@pytest.mark.rule("R56")
@pytest.mark.parametrize(("ago", "enough"), [(0, True), (300, True), (301, False), (300.5, False)])
def test_the_authentication_is_as_old_as_the_route_takes_it_at_most(ago, enough):
    assert (refused({"auth_time": NOW - ago}, max_age=300) is None) == enough


@pytest.mark.rule("R56")
def test_the_leeway_makes_no_authentication_younger():
    assert refused({"auth_time": NOW - 310}, max_age=300, leeway=30) is not None


@pytest.mark.rule("R56")
@pytest.mark.parametrize("auth_time", [None, "1700000000", True, math.nan, math.inf, -math.inf, [NOW], NOW + 31])
def test_a_token_that_does_not_say_when_is_not_recent(auth_time):
    assert refused({"auth_time": auth_time}, max_age=300, leeway=30) is not None


@pytest.mark.rule("R56")
def test_no_age_at_all_is_an_age():
    assert refused({"auth_time": NOW}, max_age=0) is None
    assert refused({"auth_time": NOW - 1}, max_age=0) is not None


@pytest.mark.rule("R57")
def test_the_challenge_names_what_the_route_asks_for_in_order_of_preference_and_on_the_scheme_that_was_used():
    error = refused({}, acr_values=("gold", "silver"), max_age=0)
    assert error is not None
    assert str(Challenge.of(error, scheme="DPoP", dpop_algorithms=("ES256",))) == (
        'DPoP error="insufficient_user_authentication", error_description="A different authentication level is required.",'
        ' acr_values="gold silver", max_age="0", algs="ES256"'
    )
    assert str(Challenge.of(error, scheme="Bearer")).startswith('Bearer error="insufficient_user_authentication"')


def test_a_route_that_asks_for_neither_looks_at_neither():
    assert refused({}) is None
