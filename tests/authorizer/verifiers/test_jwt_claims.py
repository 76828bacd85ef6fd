"""What a verified JWT must say, and in which form."""

from typing import Any

import pytest

from apigw_oauth.authorizer import token_times
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import jwt_claims
from tests.authorizer.verifiers.jose_signing import sign
from tests.authorizer.verifiers.jwt_tokens import (
    ABSENT,
    AUDIENCE,
    CLAIMS,
    HEADER,
    NOW,
    reason,
    token,
    verifier,
    verify,
)


def outcome(now: float, text: str, **settings: Any) -> str:
    """What becomes of a token at a moment: `token_times` compares it with the clock."""
    facts = verify(text, verifier(**settings))
    try:
        token_times.require_current(facts, now)
    except InvalidTokenError as error:
        return str(error.reason)
    return "good"


@pytest.mark.rule("R21")
@pytest.mark.parametrize(
    "exp", [ABSENT, None, True, False, str(NOW + 600), "", [], {}, NOW * 1000, 10**90, -(10**90), 1e300]
)
def test_a_token_must_say_when_it_ends_in_seconds(exp):
    assert reason(token(exp=exp)) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R12", "R21")
@pytest.mark.parametrize("exp", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_an_end_that_no_clock_reaches_is_malformed(exp):
    payload = b'{"iss":"https://as.example","exp":' + exp + b"}"
    assert reason(sign(HEADER, payload)) is Reason.MALFORMED_TOKEN


@pytest.mark.rule("R21")
def test_a_token_is_good_until_its_end_and_the_leeway_and_not_a_moment_longer():
    text = token(exp=NOW + 0.5)
    assert outcome(NOW + 30.4, text) == "good"
    assert outcome(NOW + 30.5, text) == "expired_token"
    assert outcome(NOW + 0.4, text, leeway=0) == "good"
    assert outcome(NOW + 0.5, text, leeway=0) == "expired_token"


@pytest.mark.rule("R22")
@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_a_token_from_the_future_is_not_good_yet(name):
    text = token(**{name: NOW + 30})
    assert outcome(NOW, text) == "good"
    assert outcome(NOW - 1, text) == "not_yet_valid"
    assert outcome(NOW + 29, text, leeway=0) == "not_yet_valid"


@pytest.mark.rule("R22")
@pytest.mark.parametrize("name", ["nbf", "iat", "auth_time"])
@pytest.mark.parametrize("value", [None, True, "1700000000", [], {}, 10**90, NOW * 1000])
def test_a_time_is_a_number_of_seconds(name, value):
    assert reason(token(**{name: value})) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R22")
def test_a_token_may_be_too_old_although_it_has_not_ended():
    text = token(iat=NOW, exp=NOW + 86400)
    assert outcome(NOW + 86399, text) == "good"
    assert outcome(NOW + 329, text, max_token_age=300) == "good"
    assert outcome(NOW + 330, text, max_token_age=300) == "expired_token"
    assert verify(token(iat=NOW, exp=NOW + 60), verifier(max_token_age=300)).expires_at == NOW + 60
    assert (
        reason(token(iat=ABSENT), verifier(profile="auth0", client_claim="client_id", max_token_age=300))
        is Reason.INVALID_CLAIMS
    )


@pytest.mark.rule("R23", "R61")
@pytest.mark.parametrize(
    ("aud", "good"),
    [
        (AUDIENCE, True),
        ([AUDIENCE], True),
        (["https://other.example", AUDIENCE], True),
        (AUDIENCE + "/", False),
        (AUDIENCE.upper(), False),
        ("https://api.example.com.evil.example", False),
        (f"{AUDIENCE} https://other.example", False),
        (["https://other.example"], False),
        ([], False),
        ("", False),
        (None, False),
        (ABSENT, False),
        (7, False),
        (True, False),
        ({AUDIENCE: 1}, False),
        ([AUDIENCE, 7], False),
        ([[AUDIENCE]], False),
    ],
)
def test_the_audience_names_this_api_exactly_alone_or_in_a_list(aud, good):
    assert reason(token(aud=aud)) is (None if good else Reason.WRONG_AUDIENCE)


@pytest.mark.rule("R23")
def test_an_api_may_have_several_names():
    both = verifier(audience=["urn:api", AUDIENCE])
    assert verify(token(aud=["urn:api", "urn:other"]), both).audience == {"urn:api", "urn:other"}
    assert reason(token(aud="urn:other"), both) is Reason.WRONG_AUDIENCE


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("a b", {"a", "b"}),
        ("a", {"a"}),
        ("b a b", {"a", "b"}),
        ("", set()),
        (ABSENT, set()),
        ("https://x.example/a:b!~ c", {"https://x.example/a:b!~", "c"}),
    ],
)
def test_scopes_are_what_stands_between_single_spaces(scope, scopes):
    assert verify(token(scope=scope)).scopes == scopes


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    "scope", ["a  b", " a", "a ", " ", "a\tb", "a\nb", 'a"b', "a\\b", "ä", "a\u00a0b", None, 7, ["a"], ["a b"], {}]
)
def test_scopes_in_another_form_are_refused(scope):
    assert reason(token(scope=scope)) is Reason.INVALID_CLAIMS


def test_scopes_that_were_read_are_not_remembered_without_end():
    rules = verifier()._rules
    for number in range(300):
        facts = jwt_claims.read({**CLAIMS, "scope": f"a{number} b"}, rules, is_typed=True)
        assert facts.scopes == {f"a{number}", "b"}
    assert len(jwt_claims._known) <= 256


@pytest.mark.rule("R25")
@pytest.mark.parametrize("name", ["sub", "client_id", "jti", "iat"])
def test_what_rfc_9068_requires_must_be_there(name):
    values: tuple[Any, ...] = (ABSENT, None, "", 7 if name != "iat" else "7", [], {}, True)
    for value in values:
        assert reason(token(**{name: value})) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R26")
def test_a_client_on_its_own_behalf_is_not_presented_as_a_user():
    assert verify(token(sub=CLAIMS["client_id"])).is_client
    assert not verify(token()).is_client


def test_an_api_may_be_for_some_clients_only():
    some = verifier(clients=["s6BhdRkqt3", "other"])
    assert reason(token(), some) is None
    assert reason(token(client_id="stranger"), some) is Reason.CLIENT_NOT_ALLOWED
    assert reason(token(client_id="S6BhdRkqt3"), some) is Reason.CLIENT_NOT_ALLOWED


def test_the_key_that_the_token_is_bound_to_is_told():
    assert verify(token(cnf={"jkt": "x"})).confirmation == {"jkt": "x"}
    assert verify(token(cnf={"x5t#S256": "y", "unknown": 1})).confirmation == {"x5t#S256": "y", "unknown": 1}


@pytest.mark.rule("R54")
@pytest.mark.parametrize("cnf", [None, "x", [], 7, True, {}])
def test_a_confirmation_that_names_no_key_is_refused_rather_than_ignored(cnf):
    assert reason(token(cnf=cnf)) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R58")
@pytest.mark.parametrize(
    "details", [None, "x", {}, {"type": "payment"}, ["payment"], [{}], [{"type": 7}], [{"type": "payment"}, None]]
)
def test_authorization_details_are_objects_with_a_type(details):
    assert reason(token(authorization_details=details)) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R58")
def test_authorization_details_are_told_as_they_are():
    details = [{"type": "payment", "actions": ["initiate"]}, {"type": "account"}]
    assert verify(token(authorization_details=details)).claims["authorization_details"] == details
    assert reason(token(authorization_details=[])) is None


@pytest.mark.rule("R55")
@pytest.mark.parametrize("acr", [None, 1, ["gold"], {}])
def test_a_level_of_authentication_is_text(acr):
    assert reason(token(acr=acr)) is Reason.INVALID_CLAIMS


def test_claims_that_are_told_otherwise_are_not_told_twice():
    claims = verify(token(cnf={"jkt": "x"}, custom={"a": [1]})).claims
    assert claims.keys() == {"iat", "jti", "custom"}


@pytest.mark.parametrize(
    ("required", "claims", "good"),
    [
        ({"tenant": "a"}, {"tenant": "a"}, True),
        ({"tenant": "a"}, {"tenant": "b"}, False),
        ({"tenant": "a"}, {"tenant": ["a"]}, False),
        ({"tenant": "a"}, {}, False),
        ({"tenant": ["a", "b"]}, {"tenant": "b"}, True),
        ({"level": 1}, {"level": 1}, True),
        ({"level": 1}, {"level": 1.0}, True),
        ({"level": 1}, {"level": True}, False),
        ({"level": 1}, {"level": "1"}, False),
        ({"verified": True}, {"verified": True}, True),
        ({"verified": True}, {"verified": 1}, False),
        ({"verified": False}, {}, False),
        ({"a": "x", "b": "y"}, {"a": "x"}, False),
    ],
)
def test_claims_may_be_required_to_have_exact_values(required, claims, good):
    assert reason(token(**claims), verifier(required_claims=required)) is (None if good else Reason.INVALID_CLAIMS)
