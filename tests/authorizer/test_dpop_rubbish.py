"""Whatever comes as a proof, a certificate or a binding: the request passes, is refused, or cannot be judged."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import BearerTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.request import Request
from tests.authorizer.dpop_client import (
    ABSENT,
    CERTIFICATE,
    CERTIFICATE_THUMBPRINT,
    CLAIMS,
    bound,
    constraint,
    jkt,
    proof,
    request_with,
    use,
)
from tests.authorizer.verifiers.jose_signing import b64, public_jwk, sign

ONE = constraint(replay="off")
GOOD = proof()
HEADER = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256")}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def passes(request: Request, token: AccessToken | None = None, scheme: str = "DPoP") -> bool:
    """Whether the request passes; fails where something else comes out than a refusal."""
    try:
        use(ONE, request, token, scheme, required=True)
    except (BearerTokenError, VerifierUnavailableError):
        return False
    return True


@pytest.mark.rule("R42", "L5", "I16")
@given(st.lists(st.text() | st.text(st.sampled_from("eyJ0.,-_= \n\x00é\ud800")), max_size=3))
def test_no_text_is_a_proof(values):
    assert not passes(request_with(*values))


@pytest.mark.rule("R42", "L5", "I16")
@given(st.data())
def test_no_mutation_of_a_good_proof_passes(data):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 8)))
    put = data.draw(st.text(st.sampled_from("ABCabc019-_.=é \n"), max_size=8))
    spoilt = GOOD[:start] + put + GOOD[end:]
    assert passes(request_with(spoilt)) == (spoilt.strip(" \t") == GOOD)


@pytest.mark.rule("R42", "L5", "I16")
@given(
    st.dictionaries(
        st.sampled_from(["typ", "alg", "jwk", "kid", "crit", "b64", "x5c"]), JSON, min_size=1, max_size=3
    )
)
def test_no_header_of_a_proof_is_too_odd_to_be_refused(header):
    text = sign({**HEADER, **header}, CLAIMS, alg="ES256")
    harmless = all(
        name == "x5c" or (name == "kid" and isinstance(value, str)) or (name == "b64" and value is True)
        for name, value in header.items()
    )
    assert passes(request_with(text)) == harmless


@pytest.mark.rule("R42", "L5", "I16")
@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "use", "alg", "kid", "key_ops"]), JSON, max_size=4
    )
)
def test_no_key_of_a_proof_is_too_odd_to_be_refused(jwk):
    passes(request_with(proof({"jwk": {**public_jwk("P-256"), **jwk}})))
    passes(request_with(proof({"jwk": jwk})))


@pytest.mark.rule("R42", "L5", "I16")
@given(
    st.dictionaries(
        st.sampled_from([*CLAIMS, "exp", "nbf", "nonce"]), JSON | st.just(ABSENT), min_size=1, max_size=3
    )
)
@example({"htu": "https://[", "iat": 10**99})
def test_no_claim_of_a_proof_is_too_odd_to_be_refused(claims):
    if passes(request_with(proof(**claims))):
        assert set(claims) <= {"jti", "exp", "nbf", "nonce"}


@pytest.mark.rule("R42", "L11")
@pytest.mark.parametrize(
    "text",
    [
        b64(b"[" * 1500) + ".e30.AA", b64(b'{"alg":' * 290) + ".e30.AA", "." * 8192, "a." * 4096, f"{b64(json.dumps(HEADER).encode())}.{b64(b'[' * 5000)}.AA",
        f"{b64(json.dumps(HEADER).encode())}.{b64(b'9' * 5000)}.{'A' * 86}",
        f"{b64(json.dumps({**HEADER, 'alg': 'RS256', 'jwk': {'kty': 'RSA', 'n': 'v' * 1366, 'e': 'v' * 11}}).encode())}.e30.{'A' * 1366}",
    ],
)  # fmt: skip
def test_what_is_made_to_take_long_is_refused_before_it_does(text):
    assert not passes(request_with(text))


@pytest.mark.rule("R54", "L5", "I16")
@given(
    st.dictionaries(
        st.sampled_from(["jkt", "x5t#S256", "kid", "jwk", ""]),
        JSON | st.sampled_from([jkt(), CERTIFICATE_THUMBPRINT]),
        max_size=3,
    )
)
def test_no_binding_is_too_odd_to_be_refused(confirmation):
    request = request_with(GOOD)._replace(client_certificate=CERTIFICATE)
    expected = (
        confirmation.get("jkt") == jkt()
        and confirmation.get("x5t#S256", CERTIFICATE_THUMBPRINT) == CERTIFICATE_THUMBPRINT
    )
    assert passes(request, AccessToken(confirmation=confirmation)) == expected


@pytest.mark.rule("R53", "L5", "I16")
@given(st.none() | st.text() | st.text(st.sampled_from("-BEGIN CRTFAED/+=\n"), max_size=200))
def test_no_certificate_is_too_odd_to_be_refused(pem):
    token = bound()._replace(confirmation={"x5t#S256": CERTIFICATE_THUMBPRINT})
    assert not passes(request_with()._replace(client_certificate=pem), token, "Bearer")
