"""[[verifiers]] → one verifier: which keys are for whom, and what cannot be."""

import base64
import json
from typing import Any

import pytest

from apigw_oauth.authorizer import verifiers
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier
from apigw_oauth.authorizer.verifiers.first_match import FirstMatch
from apigw_oauth.authorizer.verifiers.notes import Notes
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.verifiers import jwt_tokens
from tests.scripted_server import ScriptedServer, answer, hang_up

ODD_TTLS: list[Any] = [-1, 301, True, "30", float("nan"), []]
AUTHLETE: dict[str, Any] = {"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": "s"}
INTROSPECTION = {
    "type": "introspection",
    "endpoint": "https://i/introspect",
    "client_id": "c",
    "client_secret": "s",
}
JWT = {"type": "jwt", "issuer": "https://j", "audience": "api", "jwks_uri": "https://j/jwks"}
OWN = {"type": "my_module:MyVerifier"}
VALID = json.dumps({"action": "OK", "clientId": 5, "subject": "john"}).encode()
UNKNOWN = json.dumps({"action": "UNAUTHORIZED", "resultCode": "A057302"}).encode()


def load(*tables: dict[str, Any], **arguments: Any) -> TokenVerifier:
    return verifiers.load(tables, Surroundings(), **arguments)


def unsigned_jwt(issuer: str) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "ES256", "typ": "at+jwt"}, {"iss": issuer})]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in [*parts, b"x" * 64])


@pytest.mark.parametrize("table", [AUTHLETE, INTROSPECTION, JWT], ids=lambda table: str(table["type"]))
@pytest.mark.parametrize(
    "keys", [{}, {"positive_ttl": 0}, {"positive_ttl": 300, "negative_ttl": 60}, {"negative_ttl": 0.5}]
)
def test_every_built_in_type_may_say_for_how_long_answers_are_kept(table, keys):
    assert not isinstance(load({**table, **keys}), FirstMatch)
    verifiers.check([{**table, **keys}], directory="/nowhere")


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([], "verifiers: there is none, .* add"),
        ([AUTHLETE, {}], r"verifiers\[1\]\.type: None is not one of authlete, introspection, jwt, nor of the form"),
        ([{"type": "unknown"}], r"verifiers\[0\]\.type: 'unknown' is not one of"),
        ([{"type": ["authlete"]}], r"verifiers\[0\]\.type"),
        ([JWT, {**AUTHLETE, "api_key": ""}], r"verifiers\[1\]\.api_key: is missing"),
        *(([{**AUTHLETE, "positive_ttl": odd}], r"verifiers\[0\]\.positive_ttl: must be a number from 0 to 300")
          for odd in ODD_TTLS),
        ([AUTHLETE, {**INTROSPECTION, "negative_ttl": 61}], r"verifiers\[1\]\.negative_ttl: must be a number from 0 to 60"),
        ([{**JWT, "introspect_jwts": True}], r"verifiers\[0\]\.introspect_jwts: there is nobody to ask; add"),
        ([{**INTROSPECTION, "introspect_jwts": "yes"}], r"verifiers\[0\]\.introspect_jwts: must be true or false"),
        ([{**OWN, "introspect_jwts": True}], r"verifiers\[0\]\.introspect_jwts: is for verifiers of type"),
        ([{**OWN, "positive_ttl": 301}], r"verifiers\[0\]\.positive_ttl"),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("step", ["load", "check"])
def test_what_cannot_be_is_named_with_its_place_and_the_mend(step, tables, message):
    with pytest.raises(SettingsError, match=f"^{message}"):
        if step == "load":
            load(*tables)
        else:
            verifiers.check(tables, directory="/nowhere")


@pytest.mark.rule("R17", "L7")
def test_a_token_goes_to_the_issuer_that_it_names_letter_by_letter():
    both = load(JWT, {**JWT, "issuer": "https://other", "jwks_uri": "http://127.0.0.1:1/"})
    with pytest.raises(InvalidTokenError, match="of another issuer"):
        both.verify(unsigned_jwt("https://j/"), make_request())
    assert not both.recognizes(unsigned_jwt("https://J"))
    with pytest.raises(VerifierUnavailableError):
        both.verify(unsigned_jwt("https://other"), make_request())


def test_opaque_tokens_and_jwts_find_their_verifiers_and_the_notes_say_which():
    notes = Notes()
    with ScriptedServer(answer(VALID)) as server:
        both = load({**JWT, "jwks_uri": "http://127.0.0.1:1/"}, {**AUTHLETE, "base_url": server.url}, notes=notes)
        for expected in ("miss", "hit"):
            notes.begin()
            assert both.verify("opaque", make_request()).subject == "john"
            assert (notes.verifier, notes.cache) == ("authlete", expected)
        notes.begin()
        with pytest.raises(VerifierUnavailableError):
            both.verify(unsigned_jwt("https://j"), make_request())
        assert (notes.verifier, notes.cache) == ("jwt", "miss")
        assert len(server.requests) == 1


@pytest.mark.rule("R28")
def test_what_the_server_does_not_know_is_kept_and_its_failures_are_not():
    with ScriptedServer(answer(UNKNOWN), hang_up, hang_up, answer(VALID)) as server:
        verifier = load({**AUTHLETE, "base_url": server.url})
        for _ in range(2):
            with pytest.raises(InvalidTokenError):
                verifier.verify("revoked", make_request())
        with pytest.raises(VerifierUnavailableError):
            verifier.verify("good", make_request())
        assert verifier.verify("good", make_request()).subject == "john"
        assert len(server.requests) <= 4


def test_each_server_has_a_circuit_of_its_own_and_what_is_known_is_used_while_it_is_open():
    told: list[dict[str, Any]] = []
    clock = FakeClock(0)
    with ScriptedServer(answer(VALID), hang_up) as server:
        surroundings = Surroundings(monotonic=clock)
        verifier = verifiers.load(
            [{**AUTHLETE, "base_url": server.url}], surroundings, announce=lambda **news: told.append(news)
        )
        assert verifier.verify("known", make_request()).subject == "john"
        for number in range(5):
            with pytest.raises(VerifierUnavailableError, match="connection"):
                verifier.verify(f"t{number}", make_request())
        with pytest.raises(VerifierUnavailableError, match="is not asked"):
            verifier.verify("t5", make_request())
        assert verifier.verify("known", make_request()).subject == "john"
        clock.now += 30
        with pytest.raises(VerifierUnavailableError):  # there is no serving of what is stale
            verifier.verify("known", make_request())
    assert [(news["verifier"], news["opened_for"]) for news in told] == [("authlete", 5), ("authlete", 10)]


@pytest.mark.rule("I16")
@pytest.mark.parametrize("flagged", [0, 1], ids=["jwt", "authlete"])
def test_a_jwt_may_be_introspected_too_so_that_one_that_is_revoked_is_refused(flagged):
    notes, clock, token = Notes(), FakeClock(jwt_tokens.NOW), jwt_tokens.token()
    jwt = {"type": "jwt", "issuer": jwt_tokens.ISSUER, "audience": jwt_tokens.AUDIENCE, "jwks": jwt_tokens.KEYS}
    with ScriptedServer(answer(b'{"action": "OK"}'), answer(UNKNOWN)) as server:
        tables: list[dict[str, Any]] = [jwt, {**AUTHLETE, "base_url": server.url}]
        tables[flagged] = {**tables[flagged], "introspect_jwts": True}
        both = verifiers.load(tables, Surroundings(clock=clock), notes=notes)
        for expected in ("miss", "hit"):
            notes.begin()
            assert both.verify(token, make_request()).client_id == "s6BhdRkqt3"
            assert (notes.verifier, notes.cache) == ("jwt+authlete", expected)
        clock.now += 30
        with pytest.raises(InvalidTokenError, match="not valid"):
            both.verify(token, make_request())
        with pytest.raises(InvalidTokenError, match="signature"):
            both.verify(token[:-8] + "A" * 8, make_request())
        assert len(server.requests) == 2


def test_of_two_that_could_be_asked_about_jwts_the_one_that_says_so_is():
    jwt = {"type": "jwt", "issuer": jwt_tokens.ISSUER, "audience": jwt_tokens.AUDIENCE, "jwks": jwt_tokens.KEYS}
    notes, token = Notes(), jwt_tokens.token()
    tables: list[dict[str, Any]] = [
        jwt,
        {**AUTHLETE, "base_url": "http://127.0.0.1:1"},
        {**INTROSPECTION, "endpoint": "http://127.0.0.1:1/"},
    ]
    for change, expected in [(0, "jwt+authlete"), (2, "jwt+introspection")]:
        flagged = [{**table, "introspect_jwts": number == change} for number, table in enumerate(tables)]
        both = verifiers.load(flagged, Surroundings(clock=FakeClock(jwt_tokens.NOW)), notes=notes)
        notes.begin()
        with pytest.raises(VerifierUnavailableError):
            both.verify(token, make_request())
        assert notes.verifier == expected
