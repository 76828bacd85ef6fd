"""Authlete's answers, and what they mean."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import (
    AuthorizerError,
    InsufficientScopeError,
    InvalidTokenError,
    SettingsError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import authlete
from apigw_oauth.authorizer.verifiers.authlete import AuthleteVerifier
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from tests.authorizer.conftest import make_request

# The example of a valid token in Authlete's API reference.
VALID: dict[str, Any] = {
    "resultCode": "A056001", "resultMessage": "[A056001] The access token is valid.", "action": "OK",
    "clientId": 26478243745571, "clientIdAlias": "my-client", "clientIdAliasUsed": False, "existent": True,
    "expiresAt": 1640416873000, "refreshable": True, "responseContent": 'Bearer error="invalid_request"',
    "scopes": ["history.read", "timeline.read"], "subject": "john", "sufficient": True, "usable": True,
    "clientAttributes": [{"key": "attribute1-key", "value": "attribute1-value"}],
    "serviceAttributes": [{"key": "attribute1-key", "value": "attribute1-value"}],
}  # fmt: skip


class FakeClient:
    def __init__(self, content: object, status: int = 200) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.answer = HttpAnswer(status, "application/json", body)
        self.calls: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    def post(self, path, headers, body):
        self.calls.append((path, dict(headers), json.loads(body)))
        return self.answer


def make(
    client: FakeClient,
    *,
    version: int = 2,
    base_url: str = "https://api.authlete.com",
    account: str = "key",
    audience: frozenset[str] | None = None,
    properties: tuple[str, ...] = (),
) -> AuthleteVerifier:
    api = AuthleteApi(client, version=version, base_url=base_url, account=account, secret="geheim")
    return AuthleteVerifier(api, FactRules(base_url, audience, properties), Surroundings())


def verify(content: object, status: int = 200, **rules: Any) -> AccessToken:
    return make(FakeClient(content, status), **rules).verify("the-token", make_request())


def test_a_valid_token_is_turned_into_facts():
    token = verify(VALID)
    assert token.subject == "john"
    assert token.client_id == "26478243745571"
    assert token.scopes == {"history.read", "timeline.read"}
    assert token.expires_at == 1640416873
    assert token.issuer == "https://api.authlete.com"


@pytest.mark.rule("R36")
def test_authlete_is_asked_about_the_token_and_nothing_else():
    client = FakeClient(VALID)
    make(client, base_url="https://api.authlete.com/").verify("the-token", make_request())
    ((path, headers, body),) = client.calls
    assert path == "/api/auth/introspection"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"key:geheim").decode()
    assert body == {"token": "the-token"}


def test_version_3_names_the_service_in_the_path_and_sends_its_access_token():
    client = FakeClient(VALID)
    make(client, version=3, base_url="https://eu.authlete.com", account="123").verify("the-token", make_request())
    ((path, headers, _),) = client.calls
    assert path == "/api/123/auth/introspection"
    assert headers["Authorization"] == "Bearer geheim"


def test_a_client_credentials_token_has_its_client_as_principal():
    token = verify({**VALID, "subject": None})
    assert token.subject is None
    assert token.is_client
    assert token.principal_id == "26478243745571"


def test_the_client_is_named_as_it_was_when_it_got_the_token():
    assert verify({**VALID, "clientIdAliasUsed": True}).client_id == "my-client"
    assert verify({**VALID, "clientIdAliasUsed": True, "clientIdAlias": None}).client_id == "26478243745571"
    entity = {"clientEntityId": "https://client.example", "clientEntityIdUsed": True}
    assert verify({**VALID, **entity}).client_id == "https://client.example"
    document = {"metadataDocumentLocation": "https://mcp.example/client.json", "metadataDocumentUsed": True}
    assert verify({**VALID, **document}).client_id == "https://mcp.example/client.json"


@pytest.mark.parametrize("content_type", ["text/html", "text/plain; charset=utf-8", "application/jwt"])
def test_an_answer_of_another_type_is_nonsense(content_type):
    client = FakeClient(VALID)
    client.answer = client.answer._replace(content_type=content_type)
    with pytest.raises(VerifierUnavailableError, match="not a JSON object"):
        make(client).verify("the-token", make_request())


@pytest.mark.parametrize(("expires_at", "expected"), [(0, None), (None, None), (1640416873123, 1640416873.123)])
def test_the_end_is_given_in_milliseconds_and_zero_is_unknown(expires_at, expected):
    assert verify({**VALID, "expiresAt": expires_at}).expires_at == expected


def test_absent_fields_are_no_trouble():
    token = verify({"action": "OK", "clientId": 1})
    assert token == AccessToken(issuer="https://api.authlete.com", client_id="1", confirmation={}, claims={})


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


@pytest.mark.parametrize(
    ("action", "code", "reason"),
    [
        ("UNAUTHORIZED", "A057302", Reason.INACTIVE_TOKEN), ("UNAUTHORIZED", "A065303", Reason.EXPIRED_TOKEN),
        ("UNAUTHORIZED", "A065301", Reason.EXPIRED_TOKEN), ("UNAUTHORIZED", None, Reason.INACTIVE_TOKEN),
        ("BAD_REQUEST", "A057301", Reason.INACTIVE_TOKEN), ("UNAUTHORIZED", "A065308", Reason.SENDER_CONSTRAINED_TOKEN),
        ("UNAUTHORIZED", "A065304", Reason.WRONG_CERTIFICATE), ("UNAUTHORIZED", "A065309", Reason.INACTIVE_TOKEN),
    ],
)  # fmt: skip
def test_a_token_that_is_not_good_is_invalid(action, code, reason):
    with pytest.raises(InvalidTokenError) as caught:
        verify({"action": action, "resultCode": code})
    assert caught.value.reason is reason


def test_forbidden_is_a_refusal():
    with pytest.raises(InsufficientScopeError):
        verify({"action": "FORBIDDEN", "resultCode": "A064302"})


@pytest.mark.rule("R28", "R30", "R36", "I17")
@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        ({"action": "INTERNAL_SERVER_ERROR", "resultCode": "A057101"}, 200, Reason.AUTHORIZATION_SERVER_ERROR),
        ({"resultCode": "A001202", "resultMessage": "x"}, 401, Reason.CREDENTIALS_REFUSED),
        ({"resultCode": "A001215"}, 403, Reason.CREDENTIALS_REFUSED),
        ({"action": "OK", **VALID}, 401, Reason.CREDENTIALS_REFUSED),
        ({"resultCode": "A001101"}, 500, Reason.AUTHORIZATION_SERVER_ERROR),
        ({**VALID}, 201, Reason.AUTHORIZATION_SERVER_ERROR),
        ({**VALID}, 302, Reason.AUTHORIZATION_SERVER_ERROR),
        (b"<html>", 503, Reason.AUTHORIZATION_SERVER_ERROR),
        (b"", 429, Reason.AUTHORIZATION_SERVER_ERROR),
        ({**VALID, "action": "ok"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "action": None}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({"active": True}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "expiresAt": 10**400}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "usable": False}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "existent": False}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ([VALID], 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        (b"", 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        (b"\xff\xfe", 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        (b"[" * 60000, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "expiresAt": "1640416873000"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "expiresAt": True}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "expiresAt": -1}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "scopes": "history.read"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "scopes": [1]}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "subject": 5}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "clientId": "5"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "clientId": True}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        (b'{"action":"OK","action":"OK"}', 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "acr": 5}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "authTime": "5"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "authTime": True}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "dpopNonce": "a\r\nX: y"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "dpopNonce": 'a"b'}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "dpopNonce": ""}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({"action": "UNAUTHORIZED", "dpopNonce": "ä"}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "authorizationDetails": {"elements": {}}}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "authorizationDetails": ["x"]}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "authorizationDetails": [{"type": "x", "otherFields": "[]"}]}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "properties": ["x"]}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "properties": {"key": "x"}}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
        ({**VALID, "properties": [{"key": "x", "value": 5}]}, 200, Reason.AUTHORIZATION_SERVER_NONSENSE),
    ],
)  # fmt: skip
def test_whatever_is_no_verdict_of_authlete_is_an_outage_and_no_refusal(content, status, reason):
    with pytest.raises(VerifierUnavailableError) as caught:
        verify(content, status)
    assert caught.value.reason is reason


@pytest.mark.parametrize("fact", ["usable", "existent"])
@pytest.mark.parametrize("odd", ["false", "true", 0, 1, [], "no", {}])
def test_a_token_is_usable_if_authlete_says_true_and_nothing_like_it(fact, odd):
    with pytest.raises(VerifierUnavailableError):
        verify({**VALID, fact: odd})


@pytest.mark.rule("I15")
def test_nothing_that_authlete_says_gets_into_a_message_but_a_result_code():
    with pytest.raises(VerifierUnavailableError) as caught:
        verify({"resultCode": "A001203", "resultMessage": "malformed: Basic geheim"}, 401)
    assert "A001203" in str(caught.value)
    assert "geheim" not in str(caught.value)
    with pytest.raises(VerifierUnavailableError) as caught:
        verify({"resultCode": "geheim"}, 401)
    assert "geheim" not in str(caught.value)


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


SETTINGS: dict[str, Any] = {"base_url": "https://api.authlete.com", "api_key": "k", "api_secret": "s"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({**SETTINGS, "version": 1}, "version: must be 2"), ({**SETTINGS, "version": True}, "version: must be 2"),
        ({**SETTINGS, "api_key": "a:b"}, "api_key: holds a colon"), ({**SETTINGS, "service_id": "5"}, "service_id: is not"),
        ({"version": 3, "base_url": "https://a", "service_id": "x", "service_access_token": "t"}, "service_id: must be"),
        ({**SETTINGS, "base_url": "http://api.authlete.com"}, "base_url: http:// is for"),
        ({**SETTINGS, "audience": []}, "audience: must be a text"), ({**SETTINGS, "properties": 5}, "properties: must be"),
        ({**SETTINGS, "properties": ["tenant", "acr"]}, "properties: acr is what a claim is called"),
        ({"base_url": "https://a", "api_key": "k"}, "api_secret: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_named(settings, message):
    with pytest.raises(SettingsError) as caught:
        authlete.from_settings(settings, Surroundings())
    assert str(caught.value).startswith(message)


def test_the_settings_say_what_is_expected_and_what_is_told():
    made = {**SETTINGS, "audience": "https://api.example", "properties": ["tenant"]}
    assert authlete.from_settings(made, Surroundings()).recognizes("opaque")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)

FURTHER = (
    "authorizationDetails",
    "properties",
    "acr",
    "authTime",
    "accessTokenResources",
    "dpopNonce",
    "grantType",
)


@given(
    changes=st.dictionaries(st.sampled_from(sorted({*VALID, *FURTHER})), JSON, max_size=3),
    status=st.sampled_from([200, 200, 400, 500]),
)
def test_a_damaged_answer_ends_in_facts_or_in_one_of_our_errors(changes, status):
    try:
        token = verify({**VALID, **changes}, status)
    except AuthorizerError:
        return
    assert status == 200
    assert changes.get("action", "OK") == "OK"
    assert token.scopes <= {s for s in changes.get("scopes", VALID["scopes"]) or () if isinstance(s, str)}
