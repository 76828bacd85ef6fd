"""RFC 9449 §4.3: what a proof has to be, and for what."""

import warnings
from typing import Any

import joserfc.errors
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from apigw_oauth.authorizer.dpop_proof import ProofRules
from apigw_oauth.authorizer.errors import InvalidProofError, InvalidTokenError
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import jwks, jws
from tests.authorizer.conftest import FakeClock
from tests.authorizer.dpop_client import (
    ABSENT,
    CLAIMS,
    bound,
    constraint,
    proof,
    reason,
    refusal,
    request_with,
)
from tests.authorizer.verifiers.jose_signing import jwk_of, kind_of, private_key, public_jwk, sign

# RFC 9449 figures 2 and 13.
RFC_HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rs"
    "cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2"
    "In19"
)
RFC_AT_THE_SERVER = (
    f"{RFC_HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29t"
    "L3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70n"
    "fbV37xRZT3Lg"
)
RFC_AT_THE_RESOURCE = (
    f"{RFC_HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9y"
    "Zy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcW"
    "tzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
RFC_JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

ONE = constraint(replay="off")
EVERY = list(jws.ALGORITHMS)
ANY = constraint(replay="off", algorithms=EVERY)


def rules_for(base: str, now: float) -> ProofRules:
    return ProofRules(PublicAddresses([base]), ("ES256",), 60, None, FakeClock(now))


def why(header: dict[str, Any] | None = None, /, *, key: Any = None) -> Reason | None:
    """Why a proof with another header, or signed by another key, is refused; None if it is not."""
    return reason(ONE, request_with(proof(header, key=key)))


@pytest.mark.rule("R42", "R43", "R44", "R45", "R47")
def test_the_proof_of_rfc_9449_section_7_verifies_for_its_request():
    rules = rules_for("https://resource.example.org", 1562262618)
    request = request_with(RFC_AT_THE_RESOURCE, path="/protectedresource")
    values = request.headers["dpop"]
    assert rules.verify(values, request, token=RFC_TOKEN, thumbprint=RFC_JKT).until == 1562262618 + 70
    with pytest.raises(InvalidProofError, match="ath"):
        rules.verify(values, request, token="another", thumbprint=RFC_JKT)
    with pytest.raises(InvalidTokenError):
        rules.verify(values, request, token=RFC_TOKEN, thumbprint=RFC_JKT[::-1])


@pytest.mark.rule("R42")
def test_the_proof_of_rfc_9449_section_4_is_signed_by_its_key_and_is_for_the_authorization_server_alone():
    parts = jws.parse(RFC_AT_THE_SERVER)
    jws.verify(parts, jwks.Key.parse(parts.header["jwk"]))
    assert jwks.thumbprint(parts.header["jwk"]) == RFC_JKT
    rules = rules_for("https://server.example.com", 1562262616)
    request = request_with(RFC_AT_THE_SERVER, method="POST", path="/token")
    with pytest.raises(InvalidProofError, match="must have the claim ath"):
        rules.verify(request.headers["dpop"], request, token=RFC_TOKEN, thumbprint=RFC_JKT)


@pytest.mark.rule("R42")
@pytest.mark.parametrize("alg", EVERY)
def test_a_proof_of_each_algorithm_verifies(alg):
    assert reason(ANY, request_with(proof({"alg": alg})), bound(kind_of(alg))) is None


@pytest.mark.rule("R42")
@pytest.mark.parametrize("alg", EVERY)
def test_a_proof_that_joserfc_made_verifies(alg):
    kinds: dict[str, Any] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", joserfc.errors.SecurityWarning)
        kind = kinds[alg[:2]]
        key = kind.generate_key(2048 if kind is RSAKey else kind_of(alg))
        header = {"alg": alg, "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
        text = jwt.encode(header, dict(CLAIMS), key, algorithms=[alg])
    token = bound()._replace(confirmation={"jkt": key.thumbprint()})
    assert reason(ANY, request_with(text), token) is None


@pytest.mark.rule("R41")
@pytest.mark.parametrize(
    "proofs",
    [
        (proof(), proof(jti="two")), (proof(), proof()), (f"{proof()},{proof(jti='two')}",), (f"{proof()}, ",), (f",{proof()}",), ("",), (" ",), (), ("a", "", ""),
    ],
)  # fmt: skip
def test_a_request_has_exactly_one_proof(proofs):
    assert reason(ONE, request_with(*proofs)) is Reason.INVALID_PROOF


@pytest.mark.rule("R41", "L11")
def test_a_proof_that_is_too_long_is_not_looked_at():
    error = refusal(ONE, request_with("a" * 8193))
    assert error is not None
    assert str(error) == "The DPoP proof is too long."


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    "text",
    [
        "proof", "a.b", "a.b.c.d", "....", proof() + "=", proof() + "\n", proof()[:-1] + "~", proof() + " x", "Bearer " + proof(), f'"{proof()}"',
        proof().replace(".", ".."), '{"payload":"e30"}', proof() + ".a.b",
    ],
)  # fmt: skip
def test_a_proof_is_a_signed_object_in_compact_form(text):
    assert reason(ONE, request_with(text)) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    "typ", [ABSENT, "JWT", "at+jwt", "DPoP+JWT", "application/dpop+jwt", "dpop+jwt ", "", None, 1, ["dpop+jwt"]]
)
def test_a_proof_says_that_it_is_one(typ):
    assert why({"typ": typ}) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    "alg", ["none", "None", "HS256", "es256", "ES384", "RS512", "ES256K", "", None, 1, ["ES256"], ABSENT]
)
def test_a_proof_is_signed_with_an_algorithm_that_the_settings_accept(alg):
    assert why({"alg": alg}) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    "jwk",
    [
        ABSENT, None, "x", 1, [], {}, {"kty": "EC"}, {"kty": "oct", "k": "c2VjcmV0"}, public_jwk("P-256", d="AAAA"), public_jwk("P-256", d=None), public_jwk("P-256", k="AAAA"),
        public_jwk("RSA"), public_jwk("P-384"), public_jwk("secp256k1"), public_jwk("P-256", crv="P-384"), public_jwk("P-256", y="AAAA"), public_jwk("P-256", x=1),
        public_jwk("P-256", use="enc"), public_jwk("P-256", alg="ES384"), public_jwk("P-256", key_ops=["sign"]), {"kty": ["EC"]}, {"kty": {}},
        {**public_jwk("P-256"), "y": public_jwk("P-256")["x"]}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    ],
)  # fmt: skip
def test_a_proof_holds_a_public_key_that_fits(jwk):
    assert why({"jwk": jwk}) in {Reason.INVALID_PROOF, Reason.WRONG_KEY}


@pytest.mark.rule("R42")
@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "k", "oth"])
def test_a_key_with_a_private_member_is_refused_though_it_is_the_tokens(member):
    assert why({"jwk": public_jwk("P-256", **{member: "AAAA"})}) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
def test_a_weak_rsa_key_is_refused_though_it_is_the_tokens():
    key = rsa.generate_private_key(65537, 1024)
    jwk = jwk_of(key)
    token = bound()._replace(confirmation={"jkt": jwks.thumbprint(jwk)})
    text = sign({"typ": "dpop+jwt", "alg": "RS256", "jwk": jwk}, CLAIMS, key=key)
    assert reason(ANY, request_with(text), token) is Reason.INVALID_PROOF


@pytest.mark.rule("R42", "R10")
@pytest.mark.parametrize(
    "header", [{"crit": []}, {"crit": ["exp"], "exp": 1}, {"b64": False}, {"kid": 1}, {"x": "a" * 2048}]
)
def test_an_extension_that_is_not_understood_is_refused(header):
    assert why(header) is Reason.INVALID_PROOF


@pytest.mark.rule("R42")
def test_further_members_of_header_and_claims_are_no_mistake():
    text = proof({"kid": "k", "x5c": ["a"], "jku": "https://evil.example"}, nonce="any", iss="me", htx=[1])
    assert reason(ONE, request_with(text)) is None
    assert why({"jwk": public_jwk("P-256", kid="k", use="sig", alg="ES256", key_ops=["verify"])}) is None


@pytest.mark.rule("R42")
def test_the_signature_must_be_that_of_the_key_in_the_proof():
    assert why(key=private_key("P-256", 1)) is Reason.INVALID_PROOF
    text = proof()
    assert (
        reason(ONE, request_with(text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBB"))) is Reason.INVALID_PROOF
    )
    header, _, signature = text.split(".")
    _, other, _ = proof(jti="two").split(".")
    assert reason(ONE, request_with(f"{header}.{other}.{signature}")) is Reason.INVALID_PROOF


@pytest.mark.rule("R45", "L6")
def test_a_proof_by_another_key_is_an_invalid_token_in_the_words_of_rfc_9449():
    error = refusal(ONE, request_with(proof({"jwk": public_jwk("P-256", 1)}, key=private_key("P-256", 1))))
    assert isinstance(error, InvalidTokenError)
    assert (error.error, str(error), error.scheme, error.reason) == (
        "invalid_token",
        "Invalid DPoP key binding",
        "DPoP",
        Reason.WRONG_KEY,
    )


@pytest.mark.rule("L6", "L11")
def test_no_signature_is_verified_with_a_key_that_is_not_the_tokens():
    # The signature is rubbish; that it is not found out says that nobody looked.
    text = proof({"jwk": public_jwk("P-256", 1)})
    assert reason(ONE, request_with(text)) is Reason.WRONG_KEY
