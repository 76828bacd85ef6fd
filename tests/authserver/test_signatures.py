import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from apigw_oauth.authserver import signatures
from apigw_oauth.authserver.secret_hashes import base64url
from apigw_oauth.authserver.signatures import MalformedJwsError

EC = ECKey.generate_key("P-256", private=True)
RSA = RSAKey.generate_key(2048, private=True)
OKP = OKPKey.generate_key("Ed25519", private=True)
RSA_JWK = RSA.as_dict(private=False)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(EC, "ES256"), (RSA, "RS256"), (RSA, "PS512"), (OKP, "Ed25519"), (OKP, "EdDSA")],
)
def test_what_is_signed_is_verified_with_the_public_key(key, algorithm):
    jws = signatures.parse(signatures.sign({"alg": algorithm}, {"a": "ü"}, key))
    assert json.loads(jws.payload) == {"a": "ü"}
    assert signatures.is_signed_by(jws, signatures.public_key(key.as_dict(private=False)))


def test_others_write_what_is_read():
    text = joserfc_jws.serialize_compact({"alg": "ES256"}, b"payload", EC, algorithms=["ES256"])
    jws = signatures.parse(text)
    assert (jws.payload, signatures.is_signed_by(jws, EC)) == (b"payload", True)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "ES256"}, ECKey.generate_key("P-256", private=True)),
        ({"alg": "ES256"}, RSA),
        ({"alg": "ES256"}, ECKey.generate_key("P-384", private=True)),
        ({"alg": "ES384"}, EC),
        ({"alg": "none"}, EC),
        ({"alg": "HS256"}, EC),
        ({"alg": ["ES256"]}, EC),
        ({}, EC),
        ({"alg": "ES256", "crit": ["b64"], "b64": False}, EC),
    ],
)
def test_what_another_key_or_algorithm_signed_is_not_accepted(header, key):
    _, payload, signature = signatures.sign({"alg": "ES256"}, {}, EC).split(".")
    jws = signatures.parse(f"{base64url(json.dumps(header).encode())}.{payload}.{signature}")
    assert not signatures.is_signed_by(jws, key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "e30.e30",
        "e30.e30.=",
        "e30.e30.a+b",
        "W10.e30.AA",
        "e30.e30.é",
        "e30.e30.AA.",
        "e30." + "A" * 300_000 + ".AA",
    ],
)
def test_what_is_no_compact_jws(text):
    with pytest.raises(MalformedJwsError):
        signatures.parse(text)


@given(st.text() | st.lists(st.binary().map(base64url), min_size=3, max_size=3).map(".".join))
def test_rubbish_is_malformed_or_not_signed(text):
    try:
        jws = signatures.parse(text)
    except MalformedJwsError:
        return
    assert not signatures.is_signed_by(jws, EC)


@pytest.mark.parametrize(
    "jwk",
    [
        {}, {"kty": "EC"}, {"kty": "oct"}, {"kty": "oct", "k": "AA"}, {"kty": 1}, {"kty": ["RSA"]},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "EC", "crv": "P-256", "x": 1, "y": 1},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"}, EC.as_dict(private=True), RSA.as_dict(private=True),
        {**RSA_JWK, "n": "AQAB"}, {**RSA_JWK, "n": 1}, {**RSA_JWK, "n": "é"}, {**RSA_JWK, "n": "A" * 350},
        {**RSA_JWK, "n": "_" * 1400}, {**RSA_JWK, "e": "AA"},
    ],
)  # fmt: skip
def test_what_is_no_public_key(jwk):
    with pytest.raises(ValueError, match=r"^it is "):
        signatures.public_key(jwk)


@given(st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e"]), st.text() | st.integers() | st.none()))
def test_any_jwk_is_a_key_or_none(jwk):
    with pytest.raises(ValueError, match=r"^it is "):
        signatures.public_key(jwk)
