"""Keys: which ones may verify what, and which ones nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers.jwks import (
    Key,
    UnusableKeyError,
    thumbprint,
)
from tests.authorizer.verifiers.jose_signing import b64, jwk_entries, public_jwk
from tests.authorizer.verifiers.jose_vectors import THUMBPRINTS


def usable(jwk: dict[str, Any]) -> bool:
    try:
        Key.parse(jwk).public_key()
    except UnusableKeyError:
        return False
    return True


def rsa_jwk(bits: int, exponent: int = 65537, *, modulus: int | None = None) -> dict[str, Any]:
    n = modulus or (1 << (bits - 1)) + 1
    return {
        "kty": "RSA",
        "n": b64(n.to_bytes((n.bit_length() + 7) // 8)),
        "e": b64(exponent.to_bytes(9).lstrip(b"\0")),
    }


@pytest.mark.parametrize("kind", ["RSA", "P-256", "P-384", "P-521", "Ed25519"])
def test_public_keys_of_all_supported_kinds_are_usable(kind):
    assert usable(public_jwk(kind))
    assert usable(public_jwk(kind, kid="1", use="sig", key_ops=["verify"], x5c=["MII="], x5t="x", issuer="x"))


@pytest.mark.rule("R18", "L1")
@pytest.mark.parametrize(
    "jwk",
    [
        {
            "kty": "oct",
            "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        },
        {"kty": "oct"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
        {"kty": "rsa", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": b64(bytes(32))},
        {"kty": "OKP", "crv": "Ed448", "x": b64(bytes(57))},
        {"kty": "EC", "crv": "P-192", "x": b64(bytes(24)), "y": b64(bytes(24))},
        {"kty": 1},
        {},
    ],
)
def test_symmetric_keys_and_unknown_kinds_are_refused(jwk):
    assert not usable(jwk)


@pytest.mark.rule("R18")
@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_key_with_a_private_member_is_refused(member):
    assert not usable(public_jwk("RSA", **{member: "AQAB"}))
    assert not usable(public_jwk("P-256", **{member: None}))


@pytest.mark.rule("R18")
def test_the_curve_of_bitcoin_is_refused():
    assert not usable(public_jwk("secp256k1"))


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("bits", "good"),
    [(1024, False), (2047, False), (2048, True), (4096, True), (8192, True), (8193, False), (16384, False)],
)
def test_a_modulus_has_2048_to_8192_bits(bits, good):
    assert usable(rsa_jwk(bits)) == good


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("exponent", "good"),
    [
        (0, False),
        (1, False),
        (2, False),
        (3, True),
        (65536, False),
        (65537, True),
        (2**63 + 1, True),
        (2**64 + 1, False),
    ],
)
def test_an_exponent_is_odd_and_at_least_three(exponent, good):
    assert usable(rsa_jwk(2048, exponent)) == good


@pytest.mark.rule("R18")
def test_an_even_modulus_is_refused():
    assert not usable(rsa_jwk(2048, modulus=1 << 2047))


def test_a_modulus_with_a_zero_before_it_is_what_it_is_without():
    jwk = public_jwk("RSA")
    padded = {**jwk, "n": b64(b"\0" + (Key.parse(jwk).public_key().public_numbers().n).to_bytes(256))}
    assert Key.parse(padded).public_key() == Key.parse(jwk).public_key()


@pytest.mark.rule("R18", "L11")
@pytest.mark.parametrize("name", ["n", "e"])
def test_an_enormous_number_is_refused_before_it_is_computed_with(name):
    assert not usable({**public_jwk("RSA"), name: "A" * 60_000})


@pytest.mark.rule("R18")
@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521"])
def test_a_point_must_lie_on_the_curve_that_the_key_names(kind):
    jwk = public_jwk(kind)
    size = {"P-256": 32, "P-384": 48, "P-521": 66}[kind]
    assert not usable({**jwk, "y": jwk["x"]})
    assert not usable({**jwk, "x": b64(bytes(size)), "y": b64(bytes(size))})
    assert not usable({**jwk, "x": b64(b"\xff" * size)})
    other = "P-384" if kind != "P-384" else "P-256"
    assert not usable({**jwk, "crv": other})


@pytest.mark.rule("R18")
@pytest.mark.parametrize("kind", ["P-256", "P-521", "Ed25519"])
def test_a_coordinate_has_the_size_of_its_curve(kind):
    jwk = public_jwk(kind)
    for x in ("", "AA", jwk["x"] + "AAAA", jwk["x"] + "=", None, 1, [jwk["x"]]):
        assert not usable({**jwk, "x": x})


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    "labels",
    [
        {"kid": 1},
        {"kid": "x" * 257},
        {"alg": 1},
        {"use": ["sig"]},
        {"key_ops": "verify"},
        {"key_ops": [1]},
        {"key_ops": ["verify", "verify"]},
        {"use": "sig", "key_ops": ["verify", "encrypt"]},
        {"key_ops": None},
        {"kid": None},
    ],
)
def test_labels_of_the_wrong_type_or_in_contradiction_make_a_key_unusable(labels):
    assert not usable(public_jwk("P-256", **labels))


@pytest.mark.rule("R18", "L2")
@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("RSA", {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
        ("P-256", {"ES256"}),
        ("P-384", {"ES384"}),
        ("P-521", {"ES512"}),
        ("Ed25519", {"EdDSA", "Ed25519"}),
    ],
)
def test_a_key_fits_the_algorithms_of_its_kind_and_curve_only(kind, fits):
    key = Key.parse(public_jwk(kind))
    every = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
    assert {alg for alg in every | {"none", "HS256", "ES256K", ""} if key.fits(alg)} == fits


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("labels", "good"),
    [
        ({"alg": "ES256", "use": "sig", "key_ops": ["verify", "sign"]}, True),
        ({"alg": "ES384"}, False),
        ({"alg": "ECDH-ES"}, False),
        ({"use": "enc"}, False),
        ({"use": "SIG"}, False),
        ({"key_ops": ["sign"]}, False),
        ({"key_ops": []}, False),
    ],
)
def test_a_key_must_not_say_that_it_is_for_something_else(labels, good):
    assert Key.parse(public_jwk("P-256", **labels)).fits("ES256") == good


@pytest.mark.parametrize("name", THUMBPRINTS)
def test_thumbprints_are_those_of_the_rfcs(name):
    jwk, expected = THUMBPRINTS[name]
    assert thumbprint(jwk) == expected


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AA"},
        {"kty": ["RSA"]},
        {"kty": "RSA", "n": "AA"},
        {"kty": "EC", "crv": 1, "x": "", "y": ""},
        {"kty": "OKP", "crv": "Ed25519", "x": "\ud800"},
    ],
)
def test_there_is_no_thumbprint_of_half_a_key(jwk):
    with pytest.raises(UnusableKeyError):
        thumbprint(jwk)


@pytest.mark.rule("L5")
@given(jwk_entries, st.sampled_from(["RSA", "P-256", "Ed25519"]), st.booleans())
def test_any_key_is_usable_or_refused_and_nothing_else(entry, kind, from_good):
    jwk = {**public_jwk(kind), **entry} if from_good else entry
    assert usable(jwk) in {True, False}
    try:
        assert len(thumbprint(jwk)) == 43
    except UnusableKeyError:
        assert not usable(jwk)
