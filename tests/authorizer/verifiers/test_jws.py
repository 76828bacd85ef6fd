"""Signed objects: taken apart strictly, verified with the key that fits and no other."""

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


def malformed(text: str) -> bool:
    try:
        jws.parse(text)
    except MalformedJwsError:
        return True
    return False


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


@pytest.mark.rule("R13")
@pytest.mark.parametrize("header", [{}, {"alg": None}, {"alg": 1}, {"alg": ["ES256"]}, {"alg": {"ES256": 1}}])
def test_a_header_without_an_algorithm_is_malformed(header):
    assert malformed(sign(header, b"payload", alg="ES256"))


@pytest.mark.rule("R9", "L13", "L15")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text + ".",
        lambda text: "." + text,
        lambda text: text + ".a.b",  # five parts: encrypted
        lambda text: text.rpartition(".")[0],
        lambda text: text.rpartition(".")[0] + ".",
        lambda text: text + "=",
        lambda text: text.replace(".", "=.", 1),
        lambda text: " " + text,
        lambda text: text + "\n",
        lambda text: text[:10] + "\r\n" + text[10:],
        lambda text: text.replace(".", "..", 1),
        lambda text: text[:-1] + "é",
        lambda text: text[:-1] + "\uff21",
        lambda text: text + "\x00",
        lambda text: "Bearer " + text,
    ],
)
def test_only_three_parts_of_base64url_characters_are_taken_apart(spoil):
    text = sign({"alg": "ES256"}, b"payload")
    assert not malformed(text)
    assert malformed(spoil(text))
    assert not jws.has_shape(spoil(text))


@pytest.mark.rule("R11", "L15")
def test_bits_that_say_nothing_must_be_zero():
    header, payload, signature = sign({"alg": "ES256"}, b"payload").split(".")  # 64 octets leave four bits over
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [
        c
        for c in alphabet
        if alphabet.index(c) // 16 == alphabet.index(signature[-1]) // 16 and c != signature[-1]
    ]
    assert len(others) == 15
    assert all(malformed(f"{header}.{payload}.{signature[:-1]}{c}") for c in others)


@pytest.mark.rule("R10", "L11")
def test_size_is_limited_before_anything_is_verified():
    def header(size: int) -> bytes:
        return b'{"alg":"ES256","x":"' + b"x" * (size - 22) + b'"}'

    assert not malformed(sign(header(2048), b"p"))
    assert malformed(sign(header(2049), b"p"))
    assert not malformed(f"{b64(header(30))}.cA.{b64(bytes(1024))}")
    assert malformed(f"{b64(header(30))}.cA.{b64(bytes(1025))}")
    text = sign({"alg": "ES256"}, b"p" * 3000)
    assert not malformed(text)
    with pytest.raises(MalformedJwsError):
        jws.parse(text, max_length=len(text) - 1)
    assert malformed(sign({"alg": "ES256"}, b"p" * 9000))


@pytest.mark.rule("R10")
@pytest.mark.parametrize("depth", [31, 32, 1000])
def test_the_header_is_nested_moderately_or_refused(depth):
    text = sign(b'{"alg":"ES256","x":' + b"[" * depth + b"]" * depth + b"}", b"p")
    assert malformed(text) == (depth > 31)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"ES256"}',
        b'{"alg":"ES256","\\u0061lg":"ES256"}',
        b'\xef\xbb\xbf{"alg":"ES256"}',
        '{"alg":"ES256"}'.encode("utf-16"),
        b'{"alg":"ES256","x":"\\ud800"}',
        b'{"alg":"ES256","x":NaN}',
        b'["alg","ES256"]',
        b"{",
    ],
)
def test_a_header_of_two_meanings_is_malformed(header):
    assert malformed(sign(header, b"payload"))


@pytest.mark.rule("R15", "L4")
@pytest.mark.parametrize(
    "more", [{"crit": []}, {"crit": ["exp"], "exp": 1}, {"crit": None}, {"crit": ["b64"], "b64": False}]
)
def test_a_critical_header_is_refused_even_if_it_lists_nothing(more):
    assert malformed(sign({"alg": "ES256", **more}, b"payload"))


@pytest.mark.rule("R15")
@pytest.mark.parametrize("b64_value", [False, None, 0, "true", []])
def test_a_payload_that_is_not_encoded_is_refused(b64_value):
    assert malformed(sign({"alg": "ES256", "b64": b64_value}, b"payload"))
    assert not malformed(sign({"alg": "ES256", "b64": True}, b"payload"))


@pytest.mark.rule("R16")
@pytest.mark.parametrize("kid", [None, 1, ["a"], {"a": 1}, "x" * 257])
def test_a_key_identifier_is_text_of_moderate_length(kid):
    assert malformed(sign({"alg": "ES256", "kid": kid}, b"payload"))
    assert not malformed(sign({"alg": "ES256", "kid": "x" * 256}, b"payload"))
    assert not malformed(sign({"alg": "ES256", "kid": "../../etc/passwd' OR 1=1"}, b"payload"))


@pytest.mark.parametrize("name", ["typ", "cty"])
@pytest.mark.parametrize("value", [None, 1, ["at+jwt"], {}])
def test_a_type_is_text(name, value):
    assert malformed(sign({"alg": "ES256", name: value}, b"payload"))


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


def test_what_is_not_verified_is_not_shown():
    parts = jws.parse(sign({"alg": "ES256"}, b"secret"))
    assert "secret" not in repr(parts)
    assert b64(parts.signature) not in str(parts)


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


@pytest.mark.rule("L5")
@given(st.text() | st.text(st.sampled_from("eyJhbGciOiJFUzI1NiJ9._-="), max_size=60))
def test_any_text_is_taken_apart_or_malformed(text):
    assert malformed(text) in {True, False}


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
