"""Proofs and certificates at Authlete: which ones it gets to see, and what its refusals of them mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import AuthorizerError, InvalidProofError, InvalidTokenError, NonceRequiredError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.authlete_verdict import Evidence
from tests.authorizer.verifiers.jose_signing import public_jwk, sign
from tests.authorizer.verifiers.test_authlete_bound import (
    CLAIMS,
    HTU,
    NO_PROOF,
    OK,
    FakeAuthlete,
    proof,
    refusal,
    refused,
    verify,
    with_proof,
)
from tests.authorizer.verifiers.test_mutual_tls import CERTIFICATE


@pytest.mark.rule("R36", "R44", "L10")
@pytest.mark.parametrize(
    "htu",
    [
        "https://evil.example/dev/pets/7", "https://api.example/pets/7", "http://api.example/dev/pets/7", f"{HTU}/",
        "https://api.example/dev/pets/8", "nonsense", "", None, 5,
    ],
)  # fmt: skip
def test_a_proof_for_another_url_is_refused_before_authlete_sees_it(htu):
    server = FakeAuthlete("key")
    error = refused(server, with_proof(proof(claims={"htu": htu})))
    assert isinstance(error, InvalidProofError)
    assert all("dpop" not in question for question in server.questions)


@pytest.mark.rule("R36", "R44")
def test_authlete_is_told_the_url_of_the_request_in_its_normal_form():
    server = FakeAuthlete("key")
    verify(server, with_proof(proof(claims={"htu": "HTTPS://API.example:443/dev/./pets/%37?x=y#z"})))
    assert server.questions[-1]["htu"] == HTU


@pytest.mark.rule("R41")
@pytest.mark.parametrize(
    "values",
    [
        (proof(), proof()), (f"{proof()},{proof()}",), ("",), ("a.b.c",), ("x" * 9000,), (proof({"jwk": None}),),
        (proof({"jwk": "x"}),), (proof({"jwk": {**public_jwk("P-256"), "d": "AA"}}),), (proof({"jwk": {"kty": "oct", "k": "AA"}}),),
        (proof({"jwk": {"kty": "EC"}}),), (proof({"crit": ["x"]}),),
    ],
)  # fmt: skip
def test_a_proof_that_is_none_is_refused_before_authlete_sees_it(values):
    server = FakeAuthlete("key")
    assert isinstance(refused(server, with_proof(*values)), InvalidProofError)
    assert all("dpop" not in question for question in server.questions)


def test_a_handshake_is_a_get():
    server = FakeAuthlete("key")
    handshake = with_proof(proof(claims={"htu": "wss://api.example/dev"}))._replace(
        method="$connect", external_path=""
    )
    verify(server, handshake)
    assert (server.questions[-1]["htm"], server.questions[-1]["htu"]) == ("GET", "https://api.example/dev")


@pytest.mark.rule("R36", "R45")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal("A065309", "invalid_dpop_proof"), Reason.WRONG_KEY),
        (refusal("A065310", "invalid_dpop_proof"), Reason.INVALID_PROOF),
        (refusal("A065311"), Reason.INVALID_PROOF),
        (refusal("A065312"), Reason.INVALID_PROOF),
        (refusal("A065313"), Reason.INVALID_PROOF),
        (refusal("A999999", "invalid_dpop_proof"), Reason.INVALID_PROOF),
        (refusal("A999999", "use_dpop_nonce"), Reason.INVALID_PROOF),
    ],
)
def test_a_proof_that_authlete_refuses_is_an_invalid_proof(answer, reason):
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert isinstance(error, InvalidProofError)
    assert error.error == "invalid_dpop_proof"
    assert error.reason is reason


@pytest.mark.rule("R36", "R53")
@pytest.mark.parametrize("code", ["A065304", "A065305", "A065306", "A065307"])
def test_a_certificate_that_authlete_refuses_is_the_wrong_one(code):
    error = refused(
        FakeAuthlete("certificate", then=refusal(code)), with_proof(scheme="Bearer", certificate=CERTIFICATE)
    )
    assert error.reason is Reason.WRONG_CERTIFICATE
    assert refused(FakeAuthlete("certificate"), with_proof(scheme="Bearer")).reason is Reason.WRONG_CERTIFICATE


@pytest.mark.rule("R36", "R48")
def test_a_nonce_that_authlete_asks_for_is_handed_to_the_client():
    answer = refusal("A999999", "use_dpop_nonce", dpopNonce="n-0S6_WzA2Mj")
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert isinstance(error, NonceRequiredError)
    assert error.nonce == "n-0S6_WzA2Mj"
    assert verify(FakeAuthlete("key", then={**OK, "dpopNonce": "next"}), with_proof(proof())).dpop_nonce == "next"
    stale = refused(
        FakeAuthlete("key", then=refusal("A065310", "invalid_dpop_proof", dpopNonce="n2")), with_proof(proof())
    )
    assert stale.nonce == "n2"


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    "content",
    [
        'DPoP error="use_dpop_nonce"\r\nX: y', 'DPoP error="use_dpop_nonce",error_description="ä"', 5, None, "", "DPoP",
        'DPoP error_description="error=\\"use_dpop_nonce\\""', 'DPoP error_description=" error=",x="use_dpop_nonce"',
    ],
)  # fmt: skip
def test_a_challenge_that_could_not_be_a_header_is_not_read(content):
    answer = {**refusal("A999999", dpopNonce="n"), "responseContent": content}
    error = refused(FakeAuthlete("key", then=answer), with_proof(proof()))
    assert type(error) is InvalidTokenError
    assert error.reason is Reason.INACTIVE_TOKEN


@pytest.mark.rule("I15")
def test_evidence_is_not_shown():
    assert "geheim" not in repr(Evidence({"dpop": "geheim", "clientCertificate": "geheim"}, "geheim", "geheim"))


def test_an_expired_bound_token_is_expired():
    error = refused(FakeAuthlete("key", then=refusal("A065303")), with_proof(proof()))
    assert error.reason is Reason.EXPIRED_TOKEN


def test_a_proof_that_was_sent_and_is_missed_all_the_same_refuses():
    assert (
        refused(FakeAuthlete("key", then=NO_PROOF), with_proof(proof())).reason is Reason.SENDER_CONSTRAINED_TOKEN
    )


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=2)


@pytest.mark.rule("L5")
@given(
    header=st.dictionaries(st.sampled_from(["typ", "alg", "jwk", "kid", "crit"]), JSON, max_size=2),
    claims=st.dictionaries(st.sampled_from(["htu", "htm", "jti"]), JSON, max_size=2),
    position=st.integers(0, 400),
    octets=st.text(st.characters(max_codepoint=255), max_size=3),
)
def test_a_damaged_proof_ends_in_facts_or_in_one_of_our_errors(header, claims, position, octets):
    made = sign(
        {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256"), **header},
        {**CLAIMS, **claims},
        alg="ES256",
    )
    try:
        token = verify(FakeAuthlete("key"), with_proof(made[:position] + octets + made[position:]))
    except AuthorizerError:
        return
    assert set(token.confirmation) == {"jkt"}
