"""The WWW-Authenticate value of a refusal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import (
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidProofError,
    InvalidRequestError,
    InvalidTokenError,
    MissingTokenError,
    NonceRequiredError,
)

GRAMMAR = re.compile(
    r'Bearer( [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]+"(, [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]+")*)?'
)


def test_without_credentials_there_is_no_error_code():
    assert str(Challenge.of(MissingTokenError("The request has no access token."))) == "Bearer"


def test_an_invalid_token_and_an_invalid_request_say_so():
    assert str(Challenge.of(InvalidTokenError("It expired."))) == (
        'Bearer error="invalid_token", error_description="It expired."'
    )
    assert 'error="invalid_request"' in str(Challenge.of(InvalidRequestError("Two tokens.")))


def test_a_missing_scope_names_all_that_the_operation_needs():
    error = InsufficientScopeError("Lacks b.", required_scopes=frozenset({"b", "a"}))
    assert (
        str(Challenge.of(error)) == 'Bearer error="insufficient_scope", error_description="Lacks b.", scope="a b"'
    )


@pytest.mark.rule("R66")
@given(description=st.text(), some=st.frozensets(st.text(max_size=5), max_size=3))
def test_whatever_is_said_keeps_to_the_grammar(description, some):
    printed = str(Challenge("invalid_token", description, some))
    assert GRAMMAR.fullmatch(printed)


ALGORITHMS = ("ES256", "PS256")


@pytest.mark.rule("R2", "R67")
def test_without_credentials_both_schemes_are_offered_where_proofs_can_be_checked():
    challenge = Challenge.of(MissingTokenError("The request has no access token."), dpop_algorithms=ALGORITHMS)
    assert str(challenge) == 'Bearer, DPoP algs="ES256 PS256"'


@pytest.mark.rule("R3", "R67")
def test_what_is_ambiguous_is_told_on_both_schemes():
    printed = str(Challenge.of(InvalidRequestError("Two."), scheme="Bearer", dpop_algorithms=ALGORITHMS))
    assert printed == (
        'Bearer error="invalid_request", error_description="Two.",'
        ' DPoP error="invalid_request", error_description="Two.", algs="ES256 PS256"'
    )


@pytest.mark.rule("R67")
@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_what_is_wrong_is_told_on_the_scheme_that_was_used(scheme):
    printed = str(Challenge.of(InvalidTokenError("No."), scheme=scheme, dpop_algorithms=ALGORITHMS))
    assert printed.startswith(f'{scheme} error="invalid_token"')
    assert printed.count("error=") == 1
    assert ("algs" in printed) == (scheme == "DPoP")


@pytest.mark.rule("R37")
def test_a_bound_token_without_its_proof_is_told_on_the_scheme_to_use():
    error = InvalidTokenError("Bound.", scheme="DPoP")
    assert str(Challenge.of(error, scheme="Bearer", dpop_algorithms=ALGORITHMS)).startswith("DPoP error=")


@pytest.mark.rule("R38", "R48")
def test_proofs_have_error_codes_of_their_own():
    for error, code in (
        (InvalidProofError("Bad."), "invalid_dpop_proof"),
        (NonceRequiredError("Nonce.", nonce="n"), "use_dpop_nonce"),
    ):
        assert str(Challenge.of(error, dpop_algorithms=ALGORITHMS)) == (
            f'DPoP error="{code}", error_description="{error}", algs="ES256 PS256"'
        )


@pytest.mark.rule("R66")
@given(values=st.lists(st.text(), max_size=3), age=st.integers(0))
def test_what_a_route_asks_of_the_login_keeps_to_the_grammar(values, age):
    error = InsufficientAuthenticationError("Log in again.", acr_values=tuple(values), max_age=age)
    assert GRAMMAR.fullmatch(str(Challenge.of(error)))
