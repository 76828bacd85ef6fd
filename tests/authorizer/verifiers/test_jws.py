"""Signed objects: taken apart strictly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers import base64url, jws
from apigw_oauth.authorizer.verifiers.jws import MalformedJwsError
from tests.authorizer.verifiers.jose_signing import b64, sign

EVERY = list(jws.ALGORITHMS)


def malformed(text: str) -> bool:
    try:
        jws.parse(text)
    except MalformedJwsError:
        return True
    return False


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
        # What a lenient reader of base64 would skip, wherever it stands.
        lambda text: "!!!!" + text,
        lambda text: text[:-6] + "    " + text[-6:],
        lambda text: text[:-6] + "====" + text[-6:],
        lambda text: text[:-6] + "++//" + text[-2:],
        lambda text: text[:6] + "\n\n\n\n" + text[6:],
    ],
)
def test_only_three_parts_of_base64url_characters_are_taken_apart(spoil):
    text = sign({"alg": "ES256"}, b"payload")
    assert not malformed(text)
    assert malformed(spoil(text))
    with pytest.raises(MalformedJwsError):
        jws.split(spoil(text))


@given(st.text(alphabet="ABQgw-_+/=. !\n\x00é\uff21", max_size=30))
def test_a_text_is_taken_apart_as_its_parts_alone_would_be(text):
    texts = text.split(".")
    try:
        alone = [base64url.decode(part) for part in texts] if len(texts) == 3 and all(texts) else None
    except ValueError:
        alone = None
    try:
        signed, *parts = jws.segments(text)
        assert signed.decode() == text.rpartition(".")[0]
        read = [base64url.decode_standard(part) for part in parts]
    except ValueError:
        read = None
    assert read == alone


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


def test_what_is_not_verified_is_not_shown():
    parts = jws.parse(sign({"alg": "ES256"}, b"secret"))
    assert "secret" not in repr(parts)
    assert b64(parts.signature) not in str(parts)


@pytest.mark.rule("L5")
@given(st.text() | st.text(st.sampled_from("eyJhbGciOiJFUzI1NiJ9._-="), max_size=60))
def test_any_text_is_taken_apart_or_malformed(text):
    assert malformed(text) in {True, False}
