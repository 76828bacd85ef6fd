"""Whatever strangers and issuers send: a token is good, invalid, or unjudged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.verifiers.jwt_tokens import (
    AUDIENCE,
    CLAIMS,
    STRICT,
    reason,
    token,
    verifier,
)

_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_NAMES = st.sampled_from(
    [
        *CLAIMS,
        "nbf",
        "cnf",
        "acr",
        "auth_time",
        "authorization_details",
        "nonce",
        "token_use",
        "azp",
        "cid",
        "scp",
        "roles",
        "typ",
        "gty",
    ]
)


@pytest.mark.rule("L5", "I16")
@given(
    st.dictionaries(_NAMES, _ANY, max_size=4),
    st.sampled_from(["rfc9068", "cognito", "auth0", "okta", "entra", "keycloak"]),
)
def test_whatever_a_signed_token_says_it_is_good_or_invalid_and_nothing_else(changes, profile):
    by = verifier(profile=profile, typ=["at+jwt", "absent"], audience=[AUDIENCE, CLAIMS["client_id"]])
    assert isinstance(reason(token(**changes), by), Reason | None)


@pytest.mark.rule("L5", "I16")
@given(data=st.data())
def test_no_mutation_of_a_good_token_is_accepted(data):
    text = token()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    put = data.draw(st.text(st.sampled_from("ABCabc019-_.=é \n"), max_size=8))
    spoilt = text[:start] + put + text[end:]
    assert (reason(spoilt) is None) == (spoilt == text)
    assert STRICT.recognizes(spoilt) in {True, False}
