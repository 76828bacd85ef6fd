"""JWT access tokens and the keys of their issuer, which may not be at hand."""

import json

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwt
from apigw_oauth.authorizer.verifiers.jwks import Key, KeySet, NoKeyError
from apigw_oauth.authorizer.verifiers.jwt import JwtVerifier
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk, sign
from tests.authorizer.verifiers.jwt_tokens import (
    ABSENT,
    AUDIENCE,
    CLAIMS,
    HEADER,
    ISSUER,
    KEYS,
    STRICT,
    reason,
    token,
    verifier,
    verify,
)
from tests.scripted_server import ScriptedServer, answer, hang_up


@pytest.mark.parametrize(("alg", "kid"), [("ES256", "1"), ("RS256", "2"), ("PS256", "2")])
def test_the_key_is_the_one_that_the_header_names(alg, kid):
    assert reason(token({"alg": alg, "kid": kid})) is None
    assert reason(token({"alg": alg, "kid": "1" if kid == "2" else "2"})) is Reason.UNKNOWN_KEY


@pytest.mark.rule("R18")
def test_a_token_that_names_no_key_is_verified_if_one_key_fits():
    assert reason(token({"kid": ABSENT})) is None
    two = verifier(jwks={"keys": [public_jwk("P-256"), public_jwk("P-256", 1)]})
    assert reason(token({"kid": ABSENT}), two) is Reason.UNKNOWN_KEY


@pytest.mark.rule("R16", "L6")
def test_a_key_in_the_token_is_not_used():
    stranger = private_key("P-256", 1)
    embedded = {
        "jwk": public_jwk("P-256", 1),
        "jku": "https://evil.example/keys",
        "x5c": ["MII="],
        "x5u": "https://evil.example",
    }
    assert reason(sign({**HEADER, **embedded}, CLAIMS, key=stranger)) is Reason.INVALID_SIGNATURE
    assert reason(sign({**HEADER, **embedded, "kid": "9"}, CLAIMS, key=stranger)) is Reason.UNKNOWN_KEY
    assert reason(token(embedded)) is None


class BrokenKeys:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def find(self, *, kid: str | None, alg: str) -> Key:
        raise self.error

    def fits(self, alg: str) -> bool:
        return False


@pytest.mark.rule("R19", "I17")
def test_a_token_whose_key_cannot_be_fetched_is_not_refused_but_unjudged():
    by = JwtVerifier(
        STRICT._rules,
        BrokenKeys(VerifierUnavailableError("x", reason=Reason.KEYS_UNAVAILABLE)),
        algorithms=("ES256",),
    )
    with pytest.raises(VerifierUnavailableError) as caught:
        verify(token(), by)
    assert caught.value.reason is Reason.KEYS_UNAVAILABLE


def test_a_key_that_the_issuer_does_not_have_is_a_bad_token():
    by = JwtVerifier(STRICT._rules, BrokenKeys(NoKeyError("x")), algorithms=("ES256",))
    assert reason(token(), by) is Reason.UNKNOWN_KEY


@pytest.mark.rule("R19")
def test_from_the_first_token_to_a_rotation_over_http():
    clock, rotated = FakeClock(), {"keys": [public_jwk("P-256", 1, kid="9")]}
    with ScriptedServer(
        answer(json.dumps(KEYS).encode()), answer(json.dumps(rotated).encode()), hang_up
    ) as server:
        settings = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": f"{server.url}/keys"}
        by = jwt.from_settings(settings, Surroundings(clock=clock))
        assert server.requests == []
        assert reason(token({"typ": "JWT"}), by) is Reason.WRONG_TOKEN_TYPE
        assert reason(token(iss="https://other.example"), by) is Reason.WRONG_ISSUER
        assert server.requests == [], "nobody asks for the sake of a token that is refused anyway"
        assert reason(token(), by) is None
        clock.now += 60
        assert reason(sign({**HEADER, "kid": "9"}, CLAIMS, key=private_key("P-256", 1)), by) is None
        assert reason(token(), by) is Reason.UNKNOWN_KEY
        clock.now += 3600
        with pytest.raises(VerifierUnavailableError):
            verify(token(), by)


@pytest.mark.rule("R20")
def test_that_a_header_is_known_makes_no_other_token_a_good_one():
    strict = verifier()
    good = token()
    assert reason(good, strict) is None
    head, body, signature = good.split(".")
    other = token(sub="somebody else").split(".")
    assert reason(f"{head}.{other[1]}.{signature}", strict) is Reason.INVALID_SIGNATURE
    assert reason(f"{head}.{body}.{other[2]}", strict) is Reason.INVALID_SIGNATURE
    assert reason(f"{head}.{body}.{signature[:-2]}", strict) is Reason.INVALID_SIGNATURE


def test_headers_of_tokens_that_are_not_good_take_no_memory():
    strict = verifier()
    for number in range(5):
        assert reason(token({"kid": "1", "x": number}).rpartition(".")[0] + ".AAAA", strict) is not None
        assert reason(token({"kid": f"unknown-{number}"}), strict) is Reason.UNKNOWN_KEY
    assert strict._headers == {}
    for number in range(120):
        assert reason(token({"x": number}), strict) is None
    assert len(strict._headers) == 100


@pytest.mark.rule("R18")
def test_a_known_header_does_not_outlive_the_key():
    class Issuer:
        """Has one key, and then another of the same name."""

        def __init__(self) -> None:
            self.keys = KeySet.parse({"keys": [public_jwk("P-256", kid="1")]})

        def find(self, *, kid: str | None, alg: str) -> Key:
            return self.keys.select(kid=kid, alg=alg)

        def fits(self, alg: str) -> bool:
            return True

    issuer = Issuer()
    by = JwtVerifier(STRICT._rules, issuer, algorithms=("ES256",))
    assert [reason(token(), by) for _ in range(2)] == [None, None]
    issuer.keys = KeySet.parse({"keys": [public_jwk("P-256", 1, kid="1")]})
    assert reason(token(), by) is Reason.INVALID_SIGNATURE
    issuer.keys = KeySet.parse({"keys": []})
    assert reason(token(), by) is Reason.UNKNOWN_KEY
