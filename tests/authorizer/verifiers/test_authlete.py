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
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
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
