"""What Authlete says of a good token beside its scopes: resources, authorization details, properties, nonces."""

from typing import Any

import pytest

from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.conftest import make_request
from tests.authorizer.verifiers.test_authlete import VALID, FakeClient, make, verify


def test_the_client_is_named_as_it_was_when_it_got_the_token():
    assert verify({**VALID, "clientIdAliasUsed": True}).client_id == "my-client"
    assert verify({**VALID, "clientIdAliasUsed": True, "clientIdAlias": None}).client_id == "26478243745571"
    entity = {"clientEntityId": "https://client.example", "clientEntityIdUsed": True}
    assert verify({**VALID, **entity}).client_id == "https://client.example"
    document = {"metadataDocumentLocation": "https://mcp.example/client.json", "metadataDocumentUsed": True}
    assert verify({**VALID, **document}).client_id == "https://mcp.example/client.json"


def test_what_else_authlete_says_becomes_claims():
    token = verify(
        {
            **VALID,
            "acr": "silver",
            "authTime": 1700000000,
            "grantType": "IMPLICIT",
            "accessTokenResources": ["https://a"],
        }
    )
    assert token.claims == {"acr": "silver", "auth_time": 1700000000, "grant_type": "IMPLICIT"}
    assert token.audience == {"https://a"}


def test_a_certificate_bound_token_says_so():
    assert verify({**VALID, "certificateThumbprint": "abc"}).confirmation == {"x5t#S256": "abc"}


def test_a_token_must_be_for_this_api_where_the_settings_name_it():
    ours = frozenset({"https://api.example/pets"})
    found = verify({**VALID, "accessTokenResources": ["https://x", "https://api.example/pets"]}, audience=ours)
    assert "https://api.example/pets" in found.audience
    for others in (None, [], ["https://api.example/pets/"], ["https://API.example/pets"]):
        answer = {**VALID, "accessTokenResources": others, "resources": ["https://api.example/pets"]}
        with pytest.raises(InvalidTokenError) as caught:
            verify(answer, audience=ours)
        assert caught.value.reason is Reason.WRONG_AUDIENCE


@pytest.mark.rule("R58")
def test_authorization_details_are_told_as_the_rfc_has_them():
    element = {
        "type": "payment", "dataTypes": ["a"], "actions": ["read"], "locations": None,
        "otherFields": '{"amount":{"value":5},"type":"other"}',
    }  # fmt: skip
    expected = [{"type": "payment", "datatypes": ["a"], "actions": ["read"], "amount": {"value": 5}}]
    for written in ({"elements": [element]}, [element]):
        assert verify({**VALID, "authorizationDetails": written}).claims["authorization_details"] == expected
    nothing: Any
    for nothing in (None, {}, {"elements": None}, {"elements": []}, []):
        assert "authorization_details" not in verify({**VALID, "authorizationDetails": nothing}).claims
    with pytest.raises(InvalidTokenError):
        verify({**VALID, "authorizationDetails": [{"actions": ["read"]}]})


def test_properties_that_the_settings_name_become_claims_and_hidden_ones_never():
    properties = [
        {"key": "tenant", "value": "t1", "hidden": None}, {"key": "secret", "value": "s", "hidden": True}, {"key": "other", "value": "o"},
        {"key": "empty", "value": None}, {"key": "odd", "value": "x", "hidden": []},
    ]  # fmt: skip
    named = ("tenant", "secret", "empty", "odd", "absent")
    token = verify({**VALID, "acr": "silver", "properties": properties}, properties=named)
    assert token.claims == {"tenant": "t1", "acr": "silver"}
    assert verify({**VALID, "properties": properties}).claims == {}


def test_a_nonce_is_forwarded_on_success_and_on_failure():
    assert verify({**VALID, "dpopNonce": "n-1"}).dpop_nonce == "n-1"
    with pytest.raises(InvalidTokenError) as caught:
        verify({"action": "UNAUTHORIZED", "resultCode": "A057302", "dpopNonce": "n-2"})
    assert caught.value.nonce == "n-2"


def test_a_server_that_has_had_enough_says_for_how_long():
    client = FakeClient({}, 429)
    client.answer = client.answer._replace(retry_after=9.0)
    with pytest.raises(VerifierUnavailableError) as caught:
        make(client).verify("t", make_request())
    assert caught.value.retry_after == 9
