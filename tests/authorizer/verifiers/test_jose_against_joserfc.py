"""The same tokens, read by joserfc: what it refuses we refuse, and what we accept it accepts with the same claims."""

import functools
import json
import warnings
from typing import Any

import joserfc.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as other
from joserfc.jwk import ECKey, OKPKey, RSAKey

from apigw_oauth.authorizer.verifiers import jws
from apigw_oauth.authorizer.verifiers.jwks import Key, UnusableKeyError, thumbprint
from tests.authorizer.verifiers.jose_signing import b64, kind_of, public_jwk, sign

EVERY = list(jws.ALGORITHMS)
_KINDS: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


def by_us(text: str, jwk: dict[str, Any]) -> bytes | None:
    try:
        parts = jws.parse(text)
        jws.verify(parts, Key.parse(jwk))
    except (jws.MalformedJwsError, jws.InvalidSignatureError, UnusableKeyError):
        return None
    return parts.payload


def by_joserfc(text: str, jwk: dict[str, Any]) -> bytes | None:
    registry = other.JWSRegistry(algorithms=EVERY, strict_check_header=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", joserfc.errors.SecurityWarning)
        try:
            key = _KINDS[jwk["kty"]].import_key(jwk)
            return other.deserialize_compact(text, key, registry=registry).payload
        except (joserfc.errors.JoseError, ValueError, TypeError, KeyError):
            return None


def agree(text: str, jwk: dict[str, Any]) -> bool:
    """Whether nothing is accepted here that joserfc refuses, or reads differently."""
    ours, theirs = by_us(text, jwk), by_joserfc(text, jwk)
    return ours is None or ours == theirs


@functools.cache
def good(alg: str) -> str:
    return sign({"alg": alg, "kid": "1", "typ": "at+jwt"}, {"iss": "https://as.example", "sub": "john", "exp": 1})


@pytest.mark.rule("R20")
@pytest.mark.parametrize("alg", EVERY)
def test_both_accept_a_good_token_of_each_algorithm(alg):
    jwk = public_jwk(kind_of(alg))
    assert by_us(good(alg), jwk) == by_joserfc(good(alg), jwk) is not None


@pytest.mark.rule("R20")
@pytest.mark.parametrize("alg", EVERY)
def test_what_joserfc_signs_is_accepted(alg):
    jwk = public_jwk(kind_of(alg))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", joserfc.errors.SecurityWarning)
        private = _KINDS[jwk["kty"]].generate_key(jwk.get("crv", 2048))
        text = other.serialize_compact({"alg": alg}, b'{"a":1}', private, algorithms=[alg])
    theirs: Any = private.as_dict(private=False)
    assert by_us(text, theirs) == b'{"a":1}'
    assert thumbprint(theirs) == private.thumbprint()


@pytest.mark.rule("R9", "R11", "R20")
@given(data=st.data(), alg=st.sampled_from(EVERY))
def test_no_changed_token_is_accepted_here_and_refused_by_joserfc(data, alg):
    text = good(alg)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 4)))
    put = data.draw(st.text(st.sampled_from("ABCabc019-_.=\n"), max_size=4))
    assert agree(text[:start] + put + text[end:], public_jwk(kind_of(alg)))


_NAMES = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "jku", "cty", "x"])
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["ES256", "RS256", "EdDSA", "none", "HS256", "JWT", "", 1, None, True, False, [], ["b64"], ["exp"], {}]
)


@pytest.mark.rule("R13", "R15", "R16")
@given(st.dictionaries(_NAMES, _VALUES), st.sampled_from(EVERY))
def test_no_strange_header_is_accepted_here_and_refused_by_joserfc(header, alg):
    text = sign({"alg": alg, **header}, b'{"a":1}', alg=alg)
    # joserfc looks at the form of these; nobody here looks at them at all.
    assert agree(text, public_jwk(kind_of(alg))) or header.keys() & {"jwk", "x5c", "jku"}


@pytest.mark.rule("R18", "L2")
@given(st.sampled_from(EVERY), st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_no_algorithm_is_accepted_here_with_a_key_that_joserfc_refuses(claimed, signed, held):
    assert agree(sign({"alg": claimed}, b"x", alg=signed), public_jwk(kind_of(held)))


_LABELS = st.fixed_dictionaries(
    {},
    optional={
        "use": st.sampled_from(["sig", "enc"]),
        "alg": st.sampled_from(EVERY),
        "key_ops": st.lists(st.sampled_from(["verify", "sign", "encrypt"]), unique=True),
    },
)


@pytest.mark.rule("R18")
@given(_LABELS, st.sampled_from(EVERY))
def test_no_label_of_a_key_is_looser_here_than_at_joserfc(labels, alg):
    assert agree(sign({"alg": alg}, b"x"), {**public_jwk(kind_of(alg)), **labels})


@pytest.mark.rule("R18")
@given(data=st.data(), kind=st.sampled_from(["RSA", "P-256", "P-384", "P-521", "Ed25519"]))
def test_no_changed_key_verifies_here_what_joserfc_refuses(data, kind):
    alg = {"RSA": "RS256", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "Ed25519"}[kind]
    jwk = public_jwk(kind)
    name = data.draw(st.sampled_from([name for name in ("n", "e", "x", "y") if name in jwk]))
    at = data.draw(st.integers(0, len(jwk[name]) - 1))
    put = data.draw(st.sampled_from(["", "A", "_", "=", "AA", "Z"]))
    assert agree(sign({"alg": alg}, b"x"), {**jwk, name: jwk[name][:at] + put + jwk[name][at + 1 :]})


def test_where_joserfc_is_looser_we_are_not():
    jwk = public_jwk("P-256")
    looser = [
        sign(b'{"alg":"none","alg":"ES256"}', b"{}"),
        sign(b'\xef\xbb\xbf{"alg":"ES256"}', b"{}"),
        sign({"alg": "ES256", "crit": []}, b"{}"),
        sign({"alg": "ES256", "kid": "x" * 300}, b"{}"),
        f"{b64(json.dumps({'alg': 'none'}).encode())}.e30.",
    ]
    assert [by_us(text, jwk) for text in looser] == [None] * len(looser)
