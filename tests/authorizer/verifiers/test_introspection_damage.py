"""Damaged answers of an introspection endpoint, plain and signed: they end in facts or in one of our errors."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import AuthorizerError
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_answer import PlainForm
from apigw_oauth.authorizer.verifiers.introspection_facts import FactRules, facts
from tests.authorizer.verifiers.jose_signing import sign
from tests.authorizer.verifiers.test_introspection_facts import EXAMPLE
from tests.authorizer.verifiers.test_signed_introspection import API, CLAIMS, HEADER, ISSUER, read, signed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = (
    *EXAMPLE,
    "cnf",
    "token_type",
    "token_use",
    "typ",
    "nbf",
    "acr",
    "auth_time",
    "authorization_details",
    "jti",
)
RULES = FactRules(
    issuer=EXAMPLE["iss"],
    audience=frozenset({EXAMPLE["aud"]}),
    clients=frozenset({EXAMPLE["client_id"]}),
    leeway=30,
)


@pytest.mark.rule("R28", "R31", "L5")
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=4))
def test_a_damaged_answer_ends_in_facts_that_are_ours_or_in_one_of_our_errors(changes):
    content = {**EXAMPLE, **changes}
    try:
        token = facts(
            PlainForm(errors_refuse=False).read(HttpAnswer(200, "application/json", json.dumps(content).encode())),
            RULES,
        )
    except AuthorizerError:
        return
    assert content["active"] is True
    assert token.issuer == EXAMPLE["iss"]
    assert token.client_id == EXAMPLE["client_id"]
    assert EXAMPLE["aud"] in token.audience
    assert isinstance(token.expires_at, int | float | None)
    assert isinstance(token.subject, str | None)


@pytest.mark.rule("L5")
@given(position=st.integers(0, 300), octets=st.binary(max_size=4), length=st.integers(0, 4), active=st.booleans())
def test_an_answer_with_damaged_octets_ends_in_facts_or_in_one_of_our_errors(position, octets, length, active):
    body = json.dumps({**EXAMPLE, "active": active}).encode()
    damaged = body[:position] + octets + body[position + length :]
    try:
        token = facts(PlainForm(errors_refuse=False).read(HttpAnswer(200, "application/json", damaged)), RULES)
    except AuthorizerError:
        return
    assert token.issuer == EXAMPLE["iss"]


GOOD = signed().encode()


@pytest.mark.rule("R33", "L5")
@given(position=st.integers(0, len(GOOD)), octets=st.binary(max_size=4), length=st.integers(0, 4))
def test_damage_to_a_signed_answer_is_found(position, octets, length):
    damaged = GOOD[:position] + octets + GOOD[position + length :]
    try:
        assert read(damaged) == CLAIMS["token_introspection"]
    except AuthorizerError:
        return
    assert damaged == GOOD


@pytest.mark.rule("R33", "L5")
@given(
    header=st.dictionaries(st.sampled_from(["typ", "kid", "crit", "b64", "jwk", "x5c", "cty"]), JSON, max_size=2),
    claims=st.dictionaries(st.sampled_from(["iss", "aud", "iat", "token_introspection", "exp"]), JSON, max_size=2),
)
def test_a_well_signed_answer_with_odd_content_ends_in_facts_or_in_one_of_our_errors(header, claims):
    content = sign({**HEADER, **header}, {**CLAIMS, **claims}, alg="RS256")
    try:
        facts(read(content), FactRules(ISSUER, frozenset({API}), None, 30))
    except AuthorizerError:
        return
    assert {**CLAIMS, **claims}["iss"] == ISSUER
