"""JWT access tokens: whose they are, what signs them, what they call themselves; then, and only then, what they say."""

import json

import pytest

from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.conftest import make_request
from tests.authorizer.verifiers.jose_signing import b64, private_key, sign
from tests.authorizer.verifiers.jose_vectors import REFUSE, VERIFY
from tests.authorizer.verifiers.jwt_tokens import (
    ABSENT,
    AUDIENCE,
    CLAIMS,
    HEADER,
    ISSUER,
    KEYS,
    NOW,
    STRICT,
    reason,
    token,
    verifier,
    verify,
)


@pytest.mark.rule("R20")
def test_a_good_token_is_turned_into_facts():
    facts = verify(token(acr="gold", auth_time=NOW - 5, email="j@example.com"))
    assert facts.issuer == ISSUER
    assert (facts.subject, facts.client_id) == ("5ba552d67", "s6BhdRkqt3")
    assert facts.scopes == {"openid", "profile"}
    assert facts.audience == {AUDIENCE}
    assert facts.expires_at == NOW + 600
    assert facts.leeway == 30
    assert facts.reusable
    assert facts.confirmation == {}
    assert facts.claims == {
        "iat": NOW, "jti": CLAIMS["jti"], "acr": "gold", "auth_time": NOW - 5, "email": "j@example.com",
    }  # fmt: skip


@pytest.mark.rule("R9", "R13")
@pytest.mark.parametrize(
    "text", [*REFUSE.values(), *(vector[0] for vector in VERIFY.values())], ids=[*REFUSE, *VERIFY]
)
def test_no_example_of_a_signed_object_is_an_access_token_of_ours(text):
    assert reason(text) in {Reason.MALFORMED_TOKEN, Reason.WRONG_ISSUER}


@pytest.mark.rule("R13", "L1")
def test_only_the_algorithms_of_the_settings_are_taken():
    only_ps = verifier(algorithms=["PS256"])
    assert reason(token({"alg": "RS256", "kid": "2"}), only_ps) is Reason.INVALID_SIGNATURE
    assert reason(token({"alg": "PS256", "kid": "2"}), only_ps) is None
    for alg in ("none", "HS256", "ES384", "RS512", "es256"):
        assert reason(token({"alg": alg})) is Reason.INVALID_SIGNATURE


@pytest.mark.rule("R13", "L1")
def test_a_public_key_is_no_secret_that_signs():
    import hashlib
    import hmac

    pem = json.dumps(KEYS["keys"][0]).encode()
    signing_input = f"{b64(json.dumps({**HEADER, 'alg': 'HS256'}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    forged = f"{signing_input}.{b64(hmac.new(pem, signing_input.encode(), hashlib.sha256).digest())}"
    assert reason(forged) is Reason.INVALID_SIGNATURE


@pytest.mark.rule("R20", "L12")
def test_the_signature_is_verified_before_any_claim_is_looked_at():
    stranger = private_key("P-256", 1)
    worst = {"iss": ISSUER, "aud": 7, "exp": "soon", "scope": ["x"], "cnf": 1}
    assert reason(sign(HEADER, worst, key=stranger)) is Reason.INVALID_SIGNATURE


@pytest.mark.rule("R14", "R35")
@pytest.mark.parametrize(
    "typ",
    [
        "JWT",
        ABSENT,
        "dpop+jwt",
        "token-introspection+jwt",
        "logout+jwt",
        "id_token+jwt",
        "at-jwt",
        "x/at+jwt",
        "absent",
        "",
    ],
)
def test_a_token_that_does_not_call_itself_an_access_token_is_refused(typ):
    assert reason(token({"typ": typ})) is Reason.WRONG_TOKEN_TYPE


@pytest.mark.rule("R14")
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT", "Application/At+Jwt"])
def test_the_type_of_an_access_token_is_compared_in_any_case_and_with_or_without_application(typ):
    assert reason(token({"typ": typ})) is None


@pytest.mark.rule("R14")
@pytest.mark.parametrize("typ", [None, 1, ["at+jwt"]])
def test_a_type_that_is_not_text_is_malformed(typ):
    assert reason(token({"typ": typ})) is Reason.MALFORMED_TOKEN


@pytest.mark.rule("R17", "L7", "I14")
@pytest.mark.parametrize(
    "issuer",
    [
        f"{ISSUER}/",
        "https://as.example.evil.example",
        "https://as.exampl",
        "HTTPS://as.example",
        "https://as.example:443",
        "",
        None,
        1,
        [ISSUER],
        {"iss": ISSUER},
        ABSENT,
    ],
)
def test_the_issuer_is_the_configured_one_letter_by_letter(issuer):
    text = token(iss=issuer)
    assert not STRICT.recognizes(text)
    assert reason(text) is Reason.WRONG_ISSUER


@pytest.mark.rule("R17")
def test_a_token_of_the_issuer_is_recognized_whether_it_is_good_or_not():
    assert STRICT.recognizes(token())
    assert STRICT.recognizes(token({"alg": "none", "crit": []}, exp=0))
    assert STRICT.recognizes(token().rpartition(".")[0] + ".AAAA")


@pytest.mark.rule("R17")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        f"{b64(b'{}')}.{b64(b'[]')}.AA",
        f"AA.{b64(b'not json')}.AA",
        token() + "=",
        token() + ".",
        "x" * 9000,
    ],
)
def test_a_token_of_another_shape_is_not_recognized(text):
    assert not STRICT.recognizes(text)
    assert reason(text) in {Reason.MALFORMED_TOKEN, Reason.WRONG_ISSUER}


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "payload",
    [
        json.dumps(CLAIMS).encode()[:-1] + b',"scope":"admin"}',
        json.dumps(CLAIMS).encode()[:-1] + b',"\\u0073cope":"admin"}',
        b"\xef\xbb\xbf" + json.dumps(CLAIMS).encode(),
        json.dumps(CLAIMS).encode("utf-16"),
        json.dumps(CLAIMS).encode()[:-1] + b',"x":"\\ud800"}',
        json.dumps(CLAIMS).encode()[:-1] + b',"x":NaN}',
        json.dumps(CLAIMS).encode()[:-1] + b',"x":' + b"[" * 32 + b"]" * 32 + b"}",
        b"[]",
        b"Payload",
    ],
)
def test_a_payload_with_two_meanings_is_refused_although_its_signature_is_good(payload):
    text = sign(HEADER, payload)
    assert reason(text) is Reason.MALFORMED_TOKEN
    assert not STRICT.recognizes(text)


def test_headers_are_remembered_of_good_signatures_alone_and_not_without_end():
    by = verifier()
    forged = sign({**HEADER, "x": "forged"}, CLAIMS, key=private_key("P-256", 9))
    assert reason(forged, by) is Reason.INVALID_SIGNATURE
    assert by._headers == {}
    for number in range(110):
        assert reason(token({"x": number}), by) is None
    assert len(by._headers) == 100


def test_a_key_that_verified_one_algorithm_verifies_another_in_that_ones_way():
    by = verifier()
    for alg, other in [("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "PS256")]:
        assert reason(token({"alg": alg, "kid": "2"}), by) is None
        swapped = sign({**HEADER, "alg": other, "kid": "2"}, CLAIMS, alg=alg)
        assert reason(swapped, by) is Reason.INVALID_SIGNATURE
    assert reason(token({"alg": "ES256", "kid": "2"}), by) is Reason.UNKNOWN_KEY


def test_a_header_that_begins_as_a_remembered_one_is_read_for_itself():
    by = verifier()
    assert reason(token({"x": "x" * 60}), by) is None
    assert reason(token({"x": "x" * 60, "crit": ["x"]}), by) is Reason.MALFORMED_TOKEN
    assert reason(token({"typ": "JWT"}), by) is Reason.WRONG_TOKEN_TYPE
    assert reason(token({"kid": "2"}), by) is Reason.UNKNOWN_KEY


def test_no_error_shows_the_token_or_what_it_says():
    text = sign({**HEADER, "kid": "geheim"}, {**CLAIMS, "sub": "geheim"})
    with pytest.raises(InvalidTokenError) as caught:
        STRICT.verify(text, make_request())
    assert "geheim" not in str(caught.value)
    assert text not in repr(caught.value)
