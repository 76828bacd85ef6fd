import json
from typing import Any

import pytest

from tests.authserver.servers import running

DOCS = "https://docs.authlete.com/#"


def test_a_valid_token(server):
    made = server.create(scopes=["profile"], properties=[{"key": "k", "value": "v", "hidden": True}])
    answer = server.introspect(made["accessToken"])
    assert answer == {
        "resultCode": "A056001",
        "resultMessage": "[A056001] The access token is valid.",
        "action": "OK",
        "responseContent": 'Bearer error="invalid_request"',
        "clientId": made["clientId"],
        "clientIdAlias": "demo",
        "clientIdAliasUsed": True,
        "subject": "john",
        "scopes": ["profile"],
        "existent": True,
        "usable": True,
        "sufficient": True,
        "refreshable": False,
        "expiresAt": 1_800_086_400_000,
        "grantType": "AUTHORIZATION_CODE",
        "properties": [{"key": "k", "value": "v", "hidden": True}],
        "resources": None,
        "accessTokenResources": None,
        "authorizationDetails": None,
        "certificateThumbprint": None,
        "acr": None,
        "authTime": 0,
    }


def test_no_token(shared):
    for token in (None, ""):
        answer = shared.introspect(token)
        assert (answer["action"], answer["resultCode"]) == ("BAD_REQUEST", "A057301")
        assert answer["responseContent"] == (
            'Bearer error="invalid_request",error_description="[A057301] The request does not contain a valid '
            f'access token.",error_uri="{DOCS}A057301"'
        )


def test_an_unknown_token(shared):
    answer = shared.introspect("unknown", scopes=["profile"])
    assert answer == {
        "resultCode": "A057302",
        "resultMessage": "[A057302] The access token does not exist.",
        "action": "UNAUTHORIZED",
        "responseContent": 'Bearer error="invalid_token",error_description="[A057302] The access token does not '
        f'exist.",error_uri="{DOCS}A057302",scope="profile"',
        "clientId": 0,
        "clientIdAliasUsed": False,
        "expiresAt": 0,
        "subject": None,
        "scopes": None,
        "existent": False,
        "usable": False,
        "sufficient": False,
        "refreshable": False,
    }


def test_an_expired_token_is_reported_once_and_then_gone(server):
    token = server.create(accessTokenDuration=60)["accessToken"]
    server.clock.now += 59.999
    assert server.introspect(token)["action"] == "OK"
    server.clock.now += 0.001
    first = server.introspect(token)
    assert (first["action"], first["resultCode"]) == ("UNAUTHORIZED", "A065303")
    assert (first["existent"], first["usable"], first["subject"]) == (True, False, "john")
    assert (
        'error="invalid_token",error_description="[A065303] The access token has expired."'
        in first["responseContent"]
    )
    assert server.introspect(token)["resultCode"] == "A057302"


def test_a_persistent_token_does_not_expire(server):
    made = server.create(accessTokenPersistent=True)
    server.clock.now += 1e9
    answer = server.introspect(made["accessToken"])
    assert (answer["action"], answer["expiresAt"]) == ("OK", 0)


def test_scopes_must_all_be_covered(shared):
    token = shared.create(scopes=["profile", "history.read"])["accessToken"]
    for scopes in (None, [], ["profile"], ["history.read", "profile"]):
        assert shared.introspect(token, scopes=scopes)["action"] == "OK"
    answer = shared.introspect(token, scopes=["profile", "write", "admin"])
    assert (answer["action"], answer["resultCode"], answer["sufficient"]) == ("FORBIDDEN", "A064302", False)
    assert (answer["existent"], answer["usable"]) == (True, True)
    assert answer["responseContent"] == (
        'Bearer error="insufficient_scope",error_description="[A064302] The access token does not cover the '
        f'required scope \'write\'.",error_uri="{DOCS}A064302",scope="profile write admin"'
    )


def test_a_token_without_scopes_covers_none(shared):
    made = shared.create()
    answer = shared.introspect(made["accessToken"], scopes=["profile"])
    assert (answer["action"], answer["resultCode"], answer["scopes"]) == ("FORBIDDEN", "A064301", None)
    assert 'error="insufficient_scope"' in answer["responseContent"]


def test_the_subject_must_be_the_same(shared):
    token = shared.create()["accessToken"]
    assert shared.introspect(token, subject="john")["action"] == "OK"
    answer = shared.introspect(token, subject="ann")
    assert (answer["action"], answer["resultCode"]) == ("FORBIDDEN", "A066302")
    assert 'error="invalid_request"' in answer["responseContent"]


def test_a_token_of_a_client_has_no_subject(shared):
    token = shared.create(grantType="CLIENT_CREDENTIALS", subject="ignored")["accessToken"]
    assert shared.introspect(token)["subject"] is None
    answer = shared.introspect(token, subject="john")
    assert (answer["action"], answer["resultCode"]) == ("FORBIDDEN", "A066301")


def test_a_token_whose_client_is_gone(tmp_path):
    store = str(tmp_path / "store.db")
    with running(store=store) as first:
        token = first.create()["accessToken"]
    with running(store=store, clients=[{"client_id": "other"}]) as second:
        answer = second.introspect(token)
    assert (answer["action"], answer["resultCode"]) == ("UNAUTHORIZED", "DEV001")
    assert 'error="invalid_token",error_description="[DEV001] ' in answer["responseContent"]
    assert "error_uri" not in answer["responseContent"]


def test_resources_must_be_covered(shared):
    token = shared.create(resources=["https://a", "https://b"])["accessToken"]
    assert shared.introspect(token, resources=["https://b"])["accessTokenResources"] == ["https://a", "https://b"]
    for asked in (["https://c"], ["https://a", "https://a/"]):
        answer = shared.introspect(token, resources=asked)
        assert (answer["action"], answer["resultCode"]) == ("UNAUTHORIZED", "DEV002")
    unbound = shared.create()["accessToken"]
    assert shared.introspect(unbound, resources=["https://a"])["resultCode"] == "DEV002"
    assert shared.introspect(unbound, resources=[])["action"] == "OK"


def test_step_up(shared):
    now = int(shared.clock.now)
    token = shared.create(acr="gold", authTime=now - 100)["accessToken"]
    assert shared.introspect(token, acrValues=["silver", "gold"], maxAge=100)["authTime"] == now - 100
    weak = shared.introspect(token, acrValues=["platinum", "silver"])
    assert (weak["action"], weak["resultCode"]) == ("UNAUTHORIZED", "DEV003")
    assert 'error="insufficient_user_authentication"' in weak["responseContent"]
    assert weak["responseContent"].endswith(',acr_values="platinum silver"')
    old = shared.introspect(token, maxAge=99)
    assert (old["action"], old["resultCode"]) == ("UNAUTHORIZED", "DEV004")
    assert old["responseContent"].endswith(',max_age="99"')
    assert shared.introspect(shared.create()["accessToken"], maxAge=99)["resultCode"] == "DEV004"
    assert shared.introspect(token, maxAge=0, acrValues=[])["action"] == "OK"


def test_what_authletes_own_sdk_sends_is_understood(shared):
    token = shared.create()["accessToken"]
    nulls = [
        "scopes",
        "subject",
        "clientCertificate",
        "dpop",
        "htm",
        "htu",
        "resources",
        "acrValues",
        "uri",
        "message",
    ]
    sent = {
        **dict.fromkeys(nulls),
        "maxAge": 0,
        "dpopNonceRequired": False,
        "headers": None,
        "unknown": {"a": [1]},
    }
    assert shared.introspect(token, **sent)["action"] == "OK"


def test_forms_are_understood(shared):
    token = shared.create(scopes=["profile", "history.read"])["accessToken"]
    auth = (shared.key, shared.app.credentials.service_api_secret)

    def ask(**form: str) -> Any:
        return shared.http.post("/api/auth/introspection", data={"token": token, **form}, auth=auth).json()

    assert ask()["action"] == "OK"
    assert ask(scopes="profile history.read", subject="john", maxAge="0")["action"] == "OK"
    assert ask(scopes="profile write")["resultCode"] == "A064302"


def test_version_3_answers_the_same(shared):
    token = shared.create()["accessToken"]
    bearer = {"Authorization": f"Bearer {shared.app.credentials.service_access_token}"}
    path = f"/api/{shared.key}/auth/introspection"
    assert shared.http.post(path, json={"token": token}, headers=bearer).json() == shared.introspect(token)


def test_description_and_uri_can_be_omitted():
    with running(error_description_omitted=True, error_uri_omitted=True) as server:
        assert server.introspect("x")["responseContent"] == 'Bearer error="invalid_token"'
        assert server.introspect("x")["resultMessage"] == "[A057302] The access token does not exist."


def test_what_a_request_says_cannot_break_the_challenge(shared):
    token = shared.create(scopes=["profile"])["accessToken"]
    content = shared.introspect(token, scopes=['a"b\r\nX: y', "\x00ü\\"])["responseContent"]
    assert content.isprintable()
    assert content.isascii()
    assert content.endswith(',scope="abX: y"')


@pytest.mark.parametrize("body", [{"scopes": ["a"], "maxAge": -1}, {"maxAge": 1e3}, {"acrValues": "gold"}])
def test_checks_that_cannot_be_read_are_never_skipped(shared, body):
    token = shared.create()["accessToken"]
    answer = shared.call("/auth/introspection", {"token": token, **body})
    assert (answer.status_code, json.loads(answer.content)["resultCode"]) == (400, "DEV104")


def test_sufficient_speaks_of_scopes_alone(server):
    token = server.create(scopes=["profile"])["accessToken"]
    other_subject = server.introspect(token, scopes=["profile"], subject="ann")
    assert (other_subject["resultCode"], other_subject["sufficient"]) == ("A066302", True)
    both = server.introspect(token, scopes=["history.read"], resources=["https://a"])
    assert (both["resultCode"], both["sufficient"]) == ("A064302", False)
    server.clock.now += 86_400
    expired = server.introspect(token, scopes=["history.read"])
    assert (expired["resultCode"], expired["sufficient"]) == ("A065303", False)
