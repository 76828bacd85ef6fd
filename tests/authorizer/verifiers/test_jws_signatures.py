"""Signatures: verified with the key that fits and no other."""

import functools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers import base64url, jws
from apigw_oauth.authorizer.verifiers.jwks import Key
from apigw_oauth.authorizer.verifiers.jws import InvalidSignatureError, Jws, MalformedJwsError
from tests.authorizer.verifiers.jose_signing import b64, kind_of, private_key, public_jwk, sign
from tests.authorizer.verifiers.jose_vectors import REFUSE, VERIFY

EVERY = list(jws.ALGORITHMS)


def key_for(alg: str, number: int = 0, /, **labels: Any) -> Key:
    return Key.parse(public_jwk(kind_of(alg), number, **labels))


def accepted(text: str, key: Key) -> Jws | None:
    try:
        parts = jws.parse(text)
        jws.verify(parts, key)
    except (MalformedJwsError, InvalidSignatureError):
        return None
    return parts


@pytest.mark.rule("R20")
@pytest.mark.parametrize("name", VERIFY)
def test_the_examples_of_the_rfcs_verify(name):
    text, jwk, payload = VERIFY[name]
    parts = accepted(text, Key.parse(jwk))
    assert parts is not None
    assert parts.payload == payload


@pytest.mark.rule("R9", "R13", "L1")
@pytest.mark.parametrize("name", REFUSE)
@pytest.mark.parametrize("jwk", [VERIFY[name][1] for name in VERIFY], ids=list(VERIFY))
def test_hmac_none_json_serialisation_and_detached_content_are_refused_with_every_key(name, jwk):
    assert accepted(REFUSE[name], Key.parse(jwk)) is None


@pytest.mark.rule("R13", "R20")
@pytest.mark.parametrize("alg", EVERY)
def test_a_signature_of_each_algorithm_verifies_and_one_of_another_key_does_not(alg):
    text = sign({"alg": alg}, b"payload")
    parts = accepted(text, key_for(alg))
    assert parts is not None
    assert (parts.payload, parts.header) == (b"payload", {"alg": alg})
    assert accepted(text, key_for(alg, 1)) is None


@pytest.mark.rule("R18", "L2")
@pytest.mark.parametrize("alg", EVERY)
@pytest.mark.parametrize("claimed", EVERY)
def test_an_algorithm_is_verified_as_itself_whatever_another_one_would_say(alg, claimed):
    text = sign({"alg": claimed}, b"payload", alg=alg)
    same = {alg, claimed} <= {"EdDSA", "Ed25519"}
    assert (accepted(text, key_for(alg)) is not None) == (alg == claimed or same)
    assert (accepted(text, key_for(claimed)) is not None) == (alg == claimed or same)


@pytest.mark.rule("R13", "L1")
@pytest.mark.parametrize(
    "alg",
    ["none", "None", "NONE", "HS256", "HS384", "HS512", "es256", "RS256 ", "ES256K", "Ed448", "RSA-OAEP", ""],
)
def test_other_algorithms_are_refused_whatever_they_are_signed_with(alg):
    text = sign({"alg": alg}, b"payload", alg="ES256")
    assert accepted(text, key_for("ES256")) is None


@pytest.mark.rule("R16", "L6")
def test_a_key_that_comes_with_the_object_is_never_used():
    stranger = private_key("P-256", 1)
    embedded = {
        "jwk": public_jwk("P-256", 1),
        "jku": "https://evil.example/k",
        "x5u": "https://evil.example/c",
        "x5c": ["MII="],
    }
    assert accepted(sign({"alg": "ES256", **embedded}, b"payload", key=stranger), key_for("ES256")) is None
    assert accepted(sign({"alg": "ES256", **embedded}, b"payload"), key_for("ES256")) is not None


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("alg", "size"), [("ES256", 64), ("ES384", 96), ("ES512", 132), ("EdDSA", 64), ("Ed25519", 64)]
)
def test_a_signature_has_exactly_the_size_of_its_algorithm(alg, size):
    signing_input, _, signature = sign({"alg": alg}, b"payload").rpartition(".")
    octets = base64url.decode(signature)
    assert len(octets) == size
    for other in (octets + b"\0", b"\0" + octets, octets[:-1], octets[1:], octets * 2, bytes(size)):
        assert accepted(f"{signing_input}.{b64(other)}", key_for(alg)) is None


@pytest.mark.rule("R20")
def test_an_ecdsa_signature_in_der_is_refused():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    signing_input = sign({"alg": "ES256"}, b"payload").rpartition(".")[0]
    der = private_key("P-256").sign(signing_input.encode(), ec.ECDSA(hashes.SHA256()))
    assert accepted(f"{signing_input}.{b64(der)}", key_for("ES256")) is None


@pytest.mark.rule("R20")
def test_numbers_outside_the_group_make_no_signature():
    signing_input = sign({"alg": "ES256"}, b"payload").rpartition(".")[0]
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for r, s in [(0, 0), (0, 1), (1, 0), (order, 1), (1, order), (2**256 - 1, 2**256 - 1)]:
        assert accepted(f"{signing_input}.{b64(r.to_bytes(32) + s.to_bytes(32))}", key_for("ES256")) is None


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    "labels", [{"alg": "ES384"}, {"alg": "RS256"}, {"use": "enc"}, {"key_ops": []}, {"key_ops": ["encrypt"]}]
)
def test_a_key_verifies_only_what_it_says_it_is_for(labels):
    assert accepted(sign({"alg": "ES256"}, b"payload"), key_for("ES256", **labels)) is None


def test_a_key_whose_point_is_not_on_its_curve_verifies_nothing():
    jwk = public_jwk("P-256")
    key = Key.parse({**jwk, "x": jwk["y"]})
    assert accepted(sign({"alg": "ES256"}, b"payload"), key) is None


@functools.cache
def good(alg: str) -> str:
    return sign({"alg": alg, "kid": "1"}, {"iss": "joe"})


@pytest.mark.rule("L5", "R20")
@given(data=st.data(), alg=st.sampled_from(EVERY))
def test_no_mutation_of_a_good_object_is_accepted_or_ends_otherwise(data, alg):
    text = good(alg)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    put = data.draw(st.text(st.sampled_from("ABCabc019-_.=é \n{"), max_size=8))
    changed = text[:start] + put + text[end:]
    parts = accepted(changed, key_for(alg))
    assert (parts is not None) == (changed == text)


_HEADERS = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "x"]),
    st.sampled_from(
        [
            "ES256",
            "RS256",
            "none",
            "EdDSA",
            "",
            "x" * 300,
            0,
            -1,
            1e300,
            None,
            True,
            [],
            ["exp"],
            {},
            {"kty": "EC"},
        ]
    ),
)


@pytest.mark.rule("L5")
@given(_HEADERS, st.binary(max_size=200), st.sampled_from(EVERY))
def test_any_header_and_any_signature_end_in_one_of_two_errors(header, signature, alg):
    text = f"{b64(json.dumps(header).encode())}.cA.{b64(signature)}"
    assert accepted(text, key_for(alg)) is None
