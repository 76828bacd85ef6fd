"""What is kept of a token's verification, and for how long."""

import pytest

from apigw_oauth.authorizer.errors import (
    InsufficientScopeError,
    InvalidProofError,
    InvalidTokenError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.caching import MAX_SIZE
from tests.authorizer.conftest import make_request
from tests.authorizer.verifiers.caching_setup import GOOD, NOW, Setup


def test_what_was_learned_of_a_token_is_not_asked_again_for_thirty_seconds():
    setup = Setup()
    outcomes = []
    for seconds in (0, 29.9, 0.2):
        setup.passes(seconds)
        assert setup.verify() == GOOD
        outcomes.append(setup.notes.cache)
    assert outcomes == ["miss", "hit", "miss"]
    assert setup.asked.asked == ["good"] * 2


def test_an_unknown_token_is_not_asked_about_again_for_ten_seconds():
    setup = Setup()
    for seconds in (0, 9.9, 0.2):
        setup.passes(seconds)
        assert setup.verify("unknown") == "inactive_token"
    assert setup.asked.asked == ["unknown"] * 2


def test_a_refusal_that_is_kept_says_the_same_to_the_client():
    setup = Setup()
    said = []
    for _ in range(2):
        with pytest.raises(InvalidTokenError) as caught:
            setup.verifier.verify("unknown", make_request())
        said.append((str(caught.value), caught.value.reason, caught.value.error))
    assert said[0] == said[1]


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("lives", "leeway", "kept"), [(20, 0, 20), (20, 5, 15), (3, 5, 0), (100, 0, 30), (-1, 30, 0)]
)
def test_nothing_is_kept_beyond_the_end_of_the_token(lives, leeway, kept):
    setup = Setup({"t": GOOD._replace(expires_at=NOW + lives, leeway=float(leeway))})
    setup.verify("t")
    setup.passes(kept - 0.1)
    assert setup.outcome("t") == ("hit" if kept else "miss")
    setup.passes(0.2)
    assert setup.outcome("t") == "miss"


def test_a_token_without_an_end_is_kept_for_the_same_time_as_others():
    setup = Setup({"t": GOOD._replace(expires_at=None)})
    setup.verify("t")
    setup.passes(29.9)
    assert setup.outcome("t") == "hit"
    setup.passes(0.1)
    assert setup.outcome("t") == "miss"


@pytest.mark.rule("I16", "I17", "R28")
@pytest.mark.parametrize(
    "error",
    [
        *(VerifierUnavailableError("x", reason=reason) for reason in Reason if reason.startswith("authorization_server")),
        VerifierUnavailableError("x", reason=Reason.CREDENTIALS_REFUSED), VerifierUnavailableError("x", retry_after=5),
        InvalidTokenError("x", reason=Reason.EXPIRED_TOKEN), InvalidTokenError("x", reason=Reason.WRONG_AUDIENCE),
        InvalidTokenError("x", reason=Reason.MALFORMED_TOKEN), InvalidProofError("x"), ValueError("x"),
        InsufficientScopeError("x", required_scopes=frozenset()),
    ],
    ids=repr,
)  # fmt: skip
def test_outages_and_what_is_found_out_here_are_not_kept(error):
    setup = Setup({"t": error})
    for _ in range(2):
        with pytest.raises(type(error)):
            setup.verifier.verify("t", make_request())
    assert setup.asked.asked == ["t", "t"]
    assert len(setup.cache.refusals) == len(setup.cache.facts) == 0


def test_a_refusal_with_a_nonce_or_a_scheme_for_the_next_request_is_not_kept():
    with_nonce = InvalidTokenError("x")
    with_nonce.nonce = "n"
    for error in (with_nonce, InvalidTokenError("x", scheme="DPoP")):
        setup = Setup({"t": error})
        assert setup.verify("t") == setup.verify("t") == "inactive_token"
        assert setup.asked.asked == ["t", "t"]


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    "found",
    [
        GOOD._replace(reusable=False), GOOD._replace(dpop_nonce="n"), GOOD._replace(claims={"x": "y" * MAX_SIZE}),
        GOOD._replace(subject="s" * MAX_SIZE), GOOD._replace(claims={"x": object()}),
        GOOD._replace(claims={"x": "\U0001f600" * (MAX_SIZE // 11)}), GOOD._replace(claims=dict.fromkeys(map(str, range(1500)))),
    ],
    ids=["the request took part", "a nonce for the next request", "many claims", "a long subject", "no JSON", "long in JSON", "many names"],
)  # fmt: skip
def test_what_holds_for_one_request_or_is_too_large_is_not_kept(found):
    setup = Setup({"t": found})
    assert setup.verify("t") == setup.verify("t") == found
    assert setup.asked.asked == ["t", "t"]


@pytest.mark.rule("R36")
def test_a_thief_without_a_proof_does_not_have_the_rightful_sender_refused():
    setup = Setup()
    assert setup.verify("unknown") == "inactive_token"
    setup.asked.tokens["unknown"] = GOOD
    assert setup.verify("unknown", headers={"dpop": ("proof",)}) == GOOD
    setup = Setup()
    request = make_request()._replace(client_certificate="of the thief")
    with pytest.raises(InvalidTokenError):
        setup.verifier.verify("unknown", request)
    setup.asked.tokens["unknown"] = GOOD
    assert setup.verifier.verify("unknown", request._replace(client_certificate="of the sender")) == GOOD
