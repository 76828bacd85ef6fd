"""Mistakes in the table of a jwt verifier."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwt
from apigw_oauth.authorizer.verifiers.table import Unresolved
from tests.authorizer.verifiers.jwt_tokens import (
    ABSENT,
    AUDIENCE,
    reason,
    token,
    verifier,
    verify,
)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"issuer": ABSENT}, "issuer: is missing"),
        ({"audience": ABSENT}, "audience: is missing; name this API as the access tokens do"),
        ({"audience": []}, "audience: must be a text, or a list of them"),
        ({"audience": ""}, "audience: must"),
        ({"audience": False}, "audience: must be a text"),
        ({"jwks": ABSENT}, "jwks_uri: is missing"),
        ({"algorithms": ["none"]}, "algorithms: 'none' is not one of RS256"),
        ({"algorithms": ["HS256"]}, "algorithms: 'HS256' is not one of RS256"),
        ({"algorithms": []}, "algorithms: must be"),
        ({"leeway": 61}, "leeway: must be a number from 0 to 60"),
        ({"leeway": -1}, "leeway: must be"),
        ({"leeway": "30"}, "leeway: must be"),
        ({"max_token_age": 0}, "max_token_age: must be"),
        ({"clients": []}, "clients: must be"),
        ({"typ": []}, "typ: must be"),
        ({"profile": "google"}, "profile: must be one of rfc9068, cognito"),
        ({"required_claims": "x"}, "required_claims: must be a table"),
        ({"required_claims": {"x": {}}}, "required_claims.x: must be a text"),
        ({"required_claims": {"x": []}}, "required_claims.x: must be a text"),
        ({"verify_audience": False}, "verify_audience: is not a key of a jwt verifier"),
        ({"base_url": "https://x.example"}, "base_url: is not a key of a jwt verifier"),
    ],
)
@pytest.mark.rule("R23", "L14")
def test_a_mistake_in_the_settings_is_named_with_its_key(settings, message):
    with pytest.raises(SettingsError) as caught:
        verifier(**settings)
    assert str(caught.value).startswith(message)


def test_switches_may_be_set_on_their_own():
    by = verifier(
        typ=["JWT", "absent"], client_claim=["azp", "cid"], scope_claim="permissions", audience_claim="resource"
    )
    changes = {
        "client_id": ABSENT,
        "cid": "c",
        "aud": ABSENT,
        "resource": AUDIENCE,
        "permissions": ["a", "b"],
        "scope": "x",
    }
    for typ in ("JWT", "application/jwt", ABSENT):
        facts = verify(token({"typ": typ}, **changes), by)
        assert facts.client_id == "c"
        assert facts.scopes == {"a", "b"}
        assert facts.audience == {AUDIENCE}
    assert reason(token(**changes), by) is Reason.WRONG_TOKEN_TYPE


def test_values_that_references_will_bring_are_not_looked_into():
    later = Unresolved("env:LATER")
    settings = {"issuer": later, "audience": later, "jwks": later, "algorithms": later, "clients": later}
    assert not jwt.from_settings(settings, Surroundings()).recognizes(token())
