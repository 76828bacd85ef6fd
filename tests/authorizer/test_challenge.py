"""The WWW-Authenticate value of a refusal."""

import re

from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import (
    InsufficientScopeError,
    InvalidRequestError,
    InvalidTokenError,
    MissingTokenError,
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


@given(description=st.text(), some=st.frozensets(st.text(max_size=5), max_size=3))
def test_whatever_is_said_keeps_to_the_grammar(description, some):
    printed = str(Challenge("invalid_token", description, some))
    assert GRAMMAR.fullmatch(printed)
