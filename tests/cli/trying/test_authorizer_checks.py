"""Which check a reason is about."""

import pytest

from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.cli.trying.advice import ADVICE, Refusal, for_refusal
from apigw_oauth.cli.trying.authorizer_checks import FAILED_BY, Check, outcomes

ALLOWS = {Reason.AUTHORIZED, Reason.PUBLIC_ROUTE}
REFUSALS = sorted(set(Reason) - ALLOWS)


def test_every_reason_is_about_a_check_and_every_check_can_fail():
    assert set(FAILED_BY) == set(Reason)
    assert {reason for reason, check in FAILED_BY.items() if check is None} == ALLOWS
    assert {check for check in FAILED_BY.values() if check} == set(Check)


def test_every_refusal_has_advice():
    assert set(ADVICE) == set(REFUSALS)


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refusal_has_the_one_check_that_failed_with_its_reason(reason: Reason):
    told = outcomes({"reason": str(reason), "route": "GET /x"})
    assert [(one.check, one.reason) for one in told if one.outcome == "failed"] == [(FAILED_BY[reason], reason)]
    assert [one.check for one in told] == [check for check in Check if check in {one.check for one in told}]


@pytest.mark.parametrize("reason", REFUSALS)
@pytest.mark.parametrize("uses_serve", [True, False])
def test_advice_is_a_sentence_also_where_nothing_is_known(reason: Reason, uses_serve: bool):
    told = for_refusal(reason, Refusal("GET /x", None, None, "https://as.example", uses_serve))
    assert told.endswith((".", "?", '"', "]", "token"))
    assert "None" not in told


def test_nothing_of_the_token_is_needed_for_a_public_route():
    told = {one.check: one.outcome for one in outcomes({"reason": "public_route", "route": "GET /x"})}
    assert told[Check.ROUTE] == "passed"
    assert {told[check] for check in (Check.METHOD, Check.CREDENTIALS, Check.VERDICT, Check.SCOPES)} == {
        "not needed"
    }


def test_an_unknown_route_before_and_after_the_token_was_verified():
    before = {one.check: one.outcome for one in outcomes({"reason": "unknown_route", "route": None})}
    after = {one.check: one.outcome for one in outcomes({"reason": "unknown_route", "route": None, "sub": "john"})}
    assert (before[Check.VERDICT], after[Check.VERDICT]) == ("not reached", "passed")
    assert before[Check.SCOPES] == after[Check.SCOPES] == "not reached"


def test_a_bad_token_on_an_unknown_route_fails_both():
    told = [one.check for one in outcomes({"reason": "inactive_token", "route": None}) if one.outcome == "failed"]
    assert told == [Check.ROUTE, Check.VERDICT]


def test_where_nobody_knows_what_happened_nothing_is_claimed():
    told = outcomes({"reason": "internal_error", "route": None})
    assert {one.outcome for one in told if one.check is not Check.NO_SURPRISE} == {"unknown"}


@pytest.mark.parametrize("line", [None, {}, {"reason": "of somebody else"}, {"level": "warning"}])
def test_without_a_log_line_of_ours_there_are_no_checks(line: dict[str, str] | None):
    assert outcomes(line) == ()
