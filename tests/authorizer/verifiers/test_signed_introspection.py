"""Signed answers of an introspection endpoint: what they must be, and that nothing else is taken."""

import base64
import json
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import (
    InvalidTokenError,
    SettingsError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import introspection
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_facts import FactRules, facts
from apigw_oauth.authorizer.verifiers.jwks import Key, KeySet
from apigw_oauth.authorizer.verifiers.key_source import LocalKeys
from apigw_oauth.authorizer.verifiers.signed_introspection import AnswerRules, SignedForm
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk, sign
from tests.scripted_server import Behaviour, ScriptedServer, answer, raw

# The shape of the example of RFC 9701 §5. The RFC publishes no key for its signature, so that ours signs it here.
MEDIA_TYPE = "application/token-introspection+jwt"
ISSUER, API, NOW = "https://as.example.com/", "https://rs.example.com/resource", 1514797892
HEADER: dict[str, Any] = {"typ": "token-introspection+jwt", "alg": "RS256", "kid": "wG6D"}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": API, "iat": NOW,
    "token_introspection": {
        "active": True, "iss": ISSUER, "aud": API, "iat": 1514797822, "exp": 1514797942, "client_id": "paiB2goo0a",
        "scope": "read write dolphin", "sub": "Z5O3upPC88QrAjx00dis", "birthdate": "1982-02-01", "jti": "t1FoCCaZd4Xv4",
    },
}  # fmt: skip
KEYS = LocalKeys(KeySet((Key.parse(public_jwk("RSA", kid="wG6D")), Key.parse(public_jwk("P-256", kid="ec")))))


def form(**rules: Any) -> SignedForm:
    made = AnswerRules(ISSUER, API, ("RS256",), 30, errors_refuse=False)._replace(**rules)
    return SignedForm(made, KEYS, clock=FakeClock(NOW))


def signed(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, **how: Any) -> str:
    return sign({**HEADER, **(header or {})}, {**CLAIMS, **(claims or {})}, **how)


def read(body: str | bytes, *, content_type: str = MEDIA_TYPE, status: int = 200, **rules: Any) -> Any:
    octets = body if isinstance(body, bytes) else body.encode()
    return form(**rules).read(HttpAnswer(status, content_type, octets))


def nonsense(body: str | bytes, *, content_type: str = MEDIA_TYPE, **rules: Any) -> str:
    with pytest.raises(VerifierUnavailableError) as caught:
        read(body, content_type=content_type, **rules)
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE
    return str(caught.value)


@pytest.mark.rule("R33")
def test_an_answer_as_the_rfc_has_it_is_read():
    content = read(signed())
    assert content == CLAIMS["token_introspection"]
    assert facts(content, FactRules(ISSUER, frozenset({API}), None, 30)).subject == "Z5O3upPC88QrAjx00dis"
    assert read(signed({"typ": "application/Token-Introspection+JWT"})) == content
    assert read(signed(claims={"aud": ["x", API]}), content_type=f"{MEDIA_TYPE}; charset=utf-8") == content


@pytest.mark.rule("R29", "R33")
def test_an_answer_may_be_that_the_token_is_not_active():
    with pytest.raises(InvalidTokenError):
        facts(read(signed(claims={"token_introspection": {"active": False}})), FactRules(None, None, None, 0))


@pytest.mark.rule("R34")
@pytest.mark.parametrize("content_type", ["application/json", "application/jwt", "text/plain", ""])
def test_a_plain_answer_is_refused_where_a_signed_one_is_required(content_type):
    assert "not signed" in nonsense(json.dumps(CLAIMS["token_introspection"]), content_type=content_type)
    assert "not signed" in nonsense(signed(), content_type=content_type)
    nonsense(json.dumps(CLAIMS["token_introspection"]))


@pytest.mark.rule("R33")
@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "token-introspection+jwt ", ""])
def test_a_jwt_of_another_type_is_no_answer(typ):
    assert "`typ`" in nonsense(signed({"typ": typ}))
    for malformed in (None, 5, [HEADER["typ"]]):
        nonsense(signed({"typ": malformed}))
    nonsense(sign({"alg": "RS256", "kid": "wG6D"}, CLAIMS))


@pytest.mark.rule("R33", "R13")
def test_only_algorithms_of_the_list_are_taken():
    ec = signed({"alg": "ES256", "kid": "ec"})
    assert "signing_algorithms" in nonsense(ec)
    assert read(ec, algorithms=("ES256",)) == CLAIMS["token_introspection"]
    assert "signing_algorithms" in nonsense(signed(), algorithms=("ES256",))
    for alg in ("none", "HS256", "RS384", "rs256"):
        assert "signing_algorithms" in nonsense(signed({"alg": alg}, alg="RS256"))


@pytest.mark.rule("R33", "R18", "L6")
def test_only_keys_of_the_issuer_are_taken_and_none_that_the_answer_brings():
    other = private_key("RSA", 1)
    assert "signature" in nonsense(signed(key=other))
    assert "unknown key" in nonsense(signed({"kid": "other"}, key=other))
    assert "signature" in nonsense(signed({"jwk": public_jwk("RSA", 1)}, key=other))
    header, payload, signature = signed().split(".")
    assert "signature" in nonsense(f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}")


@pytest.mark.rule("R33")
@pytest.mark.parametrize("iss", ["https://as.example.com", "https://evil.example", None, 5, [ISSUER]])
def test_an_answer_of_another_server_is_refused(iss):
    assert "another issuer" in nonsense(signed(claims={"iss": iss}))


@pytest.mark.rule("R33")
@pytest.mark.parametrize("aud", ["https://rs.example.com", f"{API}/x", [], ["x"], None, 5, {API: API}, ""])
def test_an_answer_to_somebody_else_is_refused(aud):
    assert "signed_response_audience" in nonsense(signed(claims={"aud": aud}))


@pytest.mark.rule("R33")
def test_an_answer_is_fresh():
    for age in (-30, 0, 90):
        assert read(signed(claims={"iat": NOW - age}))
    for age in (-31, 91, 10**9, -(10**9)):
        assert "another time" in nonsense(signed(claims={"iat": NOW - age}))
    for malformed in (None, "1514797892", True, [NOW]):
        assert "when it was made" in nonsense(signed(claims={"iat": malformed}))


@pytest.mark.rule("R33")
@pytest.mark.parametrize("content", [None, True, "active", [{"active": True}], 1])
def test_claims_that_are_not_where_they_belong_are_not_looked_for_elsewhere(content):
    assert "token_introspection" in nonsense(signed(claims={"token_introspection": content, "active": True}))


@pytest.mark.rule("R33", "R9", "R12", "R15", "L4")
@pytest.mark.parametrize(
    "body",
    [
        b"", b".", b"..", b"a.b.c", b"\xff.\xfe.a", signed()[:-2].encode(), (signed() + "\n").encode(), b" " + signed().encode(),
        signed({"crit": ["exp"]}).encode(), signed({"b64": False}).encode(), sign(HEADER, b"[]").encode(),
        sign(HEADER, b'{"iss":"a","iss":"b"}').encode(), sign(HEADER, b"\xef\xbb\xbf{}").encode(),
        sign(b'{"alg":"RS256","alg":"RS256"}', CLAIMS, alg="RS256").encode(), b'{"payload":"x"}',
    ],
)  # fmt: skip
def test_what_is_not_a_strict_jwt_is_nonsense(body):
    nonsense(body)


@pytest.mark.rule("R33")
def test_an_encrypted_answer_is_not_read_and_the_message_says_so():
    assert "encrypted" in nonsense("a.b.c.d.e")


@pytest.mark.rule("R33")
def test_an_answer_may_be_longer_than_a_token():
    roles = {**CLAIMS["token_introspection"], "roles": ["x" * 100] * 200}
    assert read(signed(claims={"token_introspection": roles}))["roles"] == roles["roles"]


@pytest.mark.rule("R28", "R33")
def test_errors_are_told_as_without_signatures():
    with pytest.raises(VerifierUnavailableError) as caught:
        read(b'{"error":"invalid_client"}', status=401, content_type="application/json")
    assert caught.value.reason is Reason.CREDENTIALS_REFUSED
    with pytest.raises(InvalidTokenError):
        read(b'{"error":"invalid_token"}', status=400, content_type="application/json", errors_refuse=True)


def answers(body: str) -> Behaviour:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return raw((head + body).encode(), keep=True)


SETTINGS: dict[str, Any] = {
    "issuer": ISSUER, "client_id": "api", "client_secret": "s", "signed_response": "required",
    "jwks": {"keys": [public_jwk("RSA", kid="wG6D")]},
}  # fmt: skip


@pytest.mark.rule("R27", "R33")
def test_a_signed_answer_is_asked_for_and_is_for_our_client_identifier():
    surroundings = Surroundings(clock=FakeClock(NOW))
    with ScriptedServer(answers(signed(claims={"aud": "api"}))) as server:
        verifier = introspection.from_settings({**SETTINGS, "endpoint": server.url}, surroundings)
        assert verifier.verify("t", make_request()).subject == "Z5O3upPC88QrAjx00dis"
        assert b"Accept: application/token-introspection+jwt\r\n" in server.requests[0]
    with ScriptedServer(answers(signed())) as server:
        settings = {**SETTINGS, "endpoint": server.url, "signed_response_audience": API}
        assert introspection.from_settings(settings, surroundings).verify("t", make_request()).client_id
    with ScriptedServer(answer(b'{"active":true}')) as server, pytest.raises(VerifierUnavailableError):
        introspection.from_settings({**SETTINGS, "endpoint": server.url}, surroundings).verify("t", make_request())


@pytest.mark.rule("R19")
def test_keys_that_cannot_be_had_are_an_outage_of_the_keys():
    settings = {key: value for key, value in SETTINGS.items() if key != "jwks"}
    with ScriptedServer(answers(signed(claims={"aud": "api"}))) as server:
        settings |= {"endpoint": server.url, "jwks_uri": f"{server.url}/keys"}
        verifier = introspection.from_settings(settings, Surroundings(clock=FakeClock(NOW)))
        with pytest.raises(VerifierUnavailableError) as caught:
            verifier.verify("t", make_request())
    assert caught.value.reason is Reason.KEYS_UNAVAILABLE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"issuer": None}, "issuer: is missing; signed answers must name it"),
        ({"signing_algorithms": ["HS256"]}, "signing_algorithms: 'HS256' is not one of"),
        ({"signing_algorithms": ["none"]}, "signing_algorithms: 'none' is not one of"),
        ({"jwks": None}, "jwks_uri: is missing"),
        ({"jwks_uri": "https://a"}, "jwks: is one too many beside jwks_uri"),
        ({"signing_algorithms": "ES256"}, "jwks: has no key that can be used with ES256"),
        (
            {"client_auth": "bearer", "token": "t", "client_id": None, "client_secret": None},
            "signed_response_audience: is missing",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_named(changes, message):
    with pytest.raises(SettingsError) as caught:
        introspection.from_settings({**SETTINGS, "endpoint": "https://a", **changes}, Surroundings())
    assert str(caught.value).startswith(message)


def test_no_message_holds_anything_of_an_answer():
    geheim = base64.b64encode(b"geheim").decode()
    for body in (
        signed(claims={"iss": geheim}),
        signed({"kid": geheim}),
        f"{geheim}.a.b",
        signed({"typ": geheim}),
    ):
        assert geheim not in nonsense(body)
