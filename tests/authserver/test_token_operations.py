from typing import Any

import pytest

from apigw_oauth.authserver.secret_hashes import base64url, sha256

THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def hash_of(token: str) -> str:
    return base64url(sha256(token))


@pytest.mark.parametrize("form", ["accessToken", "jwtAccessToken", "hash"])
def test_a_token_is_revoked_by_value_jwt_or_hash(server, form):
    made = server.create()
    other = server.create()
    identifier = hash_of(made["accessToken"]) if form == "hash" else made[form]
    answer = server.call("/auth/token/revoke", {"accessTokenIdentifier": identifier, "subject": "john"}).json()
    assert answer == {
        "resultCode": "A312001",
        "resultMessage": "[A312001] Revoked 1 access token(s).",
        "action": "OK",
        "count": 1,
    }
    assert server.introspect(made["accessToken"])["resultCode"] == "A057302"
    assert server.introspect(made["jwtAccessToken"])["resultCode"] == "A057302"
    assert server.introspect(other["accessToken"])["action"] == "OK"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ({"accessTokenIdentifier": "unknown"}, 0),
        ({"accessTokenIdentifier": "x" * 43}, 0),
        ({"refreshTokenIdentifier": "unknown", "subject": "john"}, 0),
        ({"clientIdentifier": "demo", "subject": "john"}, 2),
        ({"clientIdentifier": "demo"}, 3),
        ({"subject": "john"}, 3),
        ({"subject": "nobody"}, 0),
        ({"clientIdentifier": "nobody"}, 0),
    ],
)
def test_the_first_parameter_decides_what_is_revoked(server, body, count):
    for client, subject in (("demo", "john"), ("demo", "john"), ("demo", "ann"), ("plain", "john")):
        server.create(clientIdentifier=client, subject=subject)
    assert server.call("/auth/token/revoke", body).json()["count"] == count


def test_revoking_nothing_in_particular_is_an_error(shared):
    for body in ({}, {"accessTokenIdentifier": ""}, {"clientIdentifier": "", "subject": ""}):
        answer = shared.call("/auth/token/revoke", body)
        assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV105")


def test_a_token_is_updated(server):
    token = server.create(scopes=["profile"])["accessToken"]
    body = {
        "accessToken": token,
        "scopes": ["history.read", "unsupported"],
        "accessTokenExpiresAt": 1_900_000_000_000,
        "properties": [{"key": "k", "value": "v"}],
        "authorizationDetails": {"elements": [{"type": "t"}]},
        "dpopKeyThumbprint": THUMBPRINT,
    }
    answer = server.call("/auth/token/update", body).json()
    assert answer == {
        "resultCode": "A135001",
        "resultMessage": "[A135001] Updated the access token successfully.",
        "action": "OK",
        "accessTokenExpiresAt": 1_900_000_000_000,
        "scopes": ["history.read"],
        "properties": [{"key": "k", "value": "v", "hidden": False}],
        "tokenType": "DPoP",
    }
    assert server.introspect(token)["resultCode"] == "A065308"


def test_an_update_changes_only_what_it_names(server):
    token = server.create(scopes=["profile"])["accessToken"]
    before = server.introspect(token)
    for body in ({}, {"scopes": None, "accessTokenExpiresAt": 0}, {"accessTokenExpiresAt": -1}):
        assert server.call("/auth/token/update", {"accessToken": token, **body}).json()["action"] == "OK"
    assert server.introspect(token) == before
    server.call("/auth/token/update", {"accessTokenHash": hash_of(token), "accessTokenPersistent": True})
    assert server.introspect(token)["expiresAt"] == 0


@pytest.mark.parametrize(
    ("body", "action", "code"),
    [
        ({}, "BAD_REQUEST", "A134201"),
        ({"accessToken": "unknown"}, "NOT_FOUND", "A134202"),
        ({"accessTokenHash": "x" * 42 + "A"}, "NOT_FOUND", "A134202"),
        ({"accessToken": "x", "properties": [{"key": "k", "value": "v" * 66_000}]}, "BAD_REQUEST", "A108201"),
    ],
)
def test_what_cannot_be_updated(shared, body, action, code):
    answer = shared.call("/auth/token/update", body).json()
    assert (answer["action"], answer["resultCode"]) == (action, code)


@pytest.mark.parametrize(
    "body", [{"accessToken": "x", "accessTokenValueUpdated": True}, {"accessTokenHash": "short"}]
)
def test_updates_that_are_not_understood(shared, body):
    answer = shared.call("/auth/token/update", body)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")


def test_tokens_are_listed_by_hash(server):
    tokens = []
    for subject in ("john", "ann", "john"):
        tokens.append(server.create(subject=subject)["accessToken"])
        server.clock.now += 1
    auth = (server.key, server.app.credentials.service_api_secret)

    def listed(**query: Any) -> Any:
        return server.http.get("/api/auth/token/get/list", params=query, auth=auth).json()

    everything = listed()
    assert (everything["start"], everything["end"], everything["totalCount"]) == (0, 5, 3)
    assert [one["accessTokenHash"] for one in everything["accessTokens"]] == [hash_of(token) for token in tokens]
    assert not any(token in str(everything) for token in tokens)
    assert listed(subject="john", start=1, end=2)["accessTokens"] == [everything["accessTokens"][2]]
    assert listed(clientIdentifier="demo")["totalCount"] == 3
    assert listed(clientIdentifier="nobody")["totalCount"] == 0
