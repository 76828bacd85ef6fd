"""RFC 6750 §2.1: one token, one scheme, nothing else."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import bearer_token
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.errors import (
    BearerTokenError,
    InvalidProofError,
    InvalidRequestError,
    MissingTokenError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from tests.authorizer.conftest import make_request


def from_request(request: Request, *, dpop: bool = False) -> Credentials:
    return bearer_token.from_request(request, dpop=dpop)


B64TOKEN = st.text(string.ascii_letters + string.digits + "-._~+/", min_size=1, max_size=200)


@pytest.mark.rule("R4")
@given(
    token=B64TOKEN,
    padding=st.sampled_from(["", "=", "=="]),
    scheme=st.sampled_from(["Bearer", "bearer", "BEARER", "bEaReR"]),
    spaces=st.integers(1, 3),
)
def test_a_token_is_taken_out_whatever_the_case_of_the_scheme(token, padding, scheme, spaces):
    request = make_request(authorization=f"{scheme}{' ' * spaces}{token}{padding}")
    assert from_request(request) == ("Bearer", token + padding)


@pytest.mark.parametrize("value", [None, "", " ", "\t"])
def test_a_request_without_credentials_is_told_apart(value):
    with pytest.raises(MissingTokenError) as caught:
        from_request(make_request(authorization=value))
    assert caught.value.reason is Reason.MISSING_TOKEN


@pytest.mark.rule("R7")
@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "DPoP abc", "Digest x=1", "abc"])
def test_another_scheme_is_no_token_and_no_error(value):
    with pytest.raises(MissingTokenError) as caught:
        from_request(make_request(authorization=value))
    assert caught.value.reason is Reason.UNSUPPORTED_SCHEME


@pytest.mark.rule("R4")
@pytest.mark.parametrize(
    "value",
    [
        "Bearer", "Bearer  ", "Bearer a b", "Bearer a\nb", "Bearer a\n", "Bearer é", "Bearer a=b", "Bearer =",
        "Bearer a*b", "Bearer\ta", "Bearer \ta", "Bearer a\x00", 'Bearer "a"', "Bearer a;b",
    ],
)  # fmt: skip
def test_a_malformed_header_is_an_invalid_request(value):
    with pytest.raises(InvalidRequestError) as caught:
        from_request(make_request(authorization=value))
    assert caught.value.reason is Reason.MALFORMED_AUTHORIZATION


@pytest.mark.rule("R3")
def test_two_headers_are_refused_even_if_they_are_equal():
    request = make_request(authorization=None, headers={"authorization": ("Bearer a", "Bearer a")})
    with pytest.raises(InvalidRequestError) as caught:
        from_request(request)
    assert caught.value.reason is Reason.MULTIPLE_TOKENS


@pytest.mark.rule("R3")
@pytest.mark.parametrize("value", ["Bearer a,Bearer b", "Bearer a, Bearer b", "Bearer a,b"])
def test_joined_headers_are_several_tokens(value):
    with pytest.raises(InvalidRequestError) as caught:
        from_request(make_request(authorization=value))
    assert caught.value.reason is Reason.MULTIPLE_TOKENS


@pytest.mark.rule("R5")
def test_the_longest_token_is_8192_characters():
    assert from_request(make_request(authorization="Bearer " + "a" * 8192)).token == "a" * 8192
    with pytest.raises(InvalidRequestError) as caught:
        from_request(make_request(authorization="Bearer " + "a" * 8193))
    assert caught.value.reason is Reason.TOKEN_TOO_LONG


@given(value=st.text(max_size=60))
def test_any_header_gives_a_token_of_the_grammar_or_a_refusal(value):
    try:
        token = from_request(make_request(authorization=value)).token
    except BearerTokenError as error:
        assert error.reason  # and nothing but a refusal
    else:
        assert token.isascii()
        assert token in value
        assert not set(token) & set(' ,"\n\r\t')


def presented(scheme: str, *proofs: str) -> Request:
    return make_request(authorization=f"{scheme} token", headers={"dpop": proofs} if proofs else None)


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
@pytest.mark.rule("R4")
def test_the_scheme_dpop_is_known_in_any_case_where_proofs_can_be_checked(scheme):
    assert from_request(presented(scheme, "proof"), dpop=True) == ("DPoP", "token")


@pytest.mark.rule("R8", "R40")
def test_a_bearer_token_with_a_proof_beside_it_is_ambiguous():
    with pytest.raises(InvalidRequestError) as caught:
        from_request(presented("Bearer", "proof"), dpop=True)
    assert caught.value.reason is Reason.AMBIGUOUS_PRESENTATION


@pytest.mark.rule("R8", "R38")
def test_the_scheme_dpop_without_a_proof_is_refused_before_anybody_is_asked():
    with pytest.raises(InvalidProofError) as caught:
        from_request(presented("DPoP"), dpop=True)
    assert caught.value.reason is Reason.MISSING_PROOF


def test_a_proof_says_nothing_where_none_can_be_checked():
    assert from_request(presented("Bearer", "proof")) == ("Bearer", "token")


@pytest.mark.rule("R6")
def test_a_token_in_the_query_is_not_looked_for():
    request = make_request(path="/pets/7?access_token=abc", authorization=None)
    with pytest.raises(MissingTokenError):
        from_request(request, dpop=True)
