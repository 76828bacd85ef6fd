"""The standard authorization endpoint."""

import json

import pytest

from tests.authserver.servers import PASSWORD, running
from tests.authserver.standard_flow import (
    CB,
    VERIFIER,
    arrived,
    code_of,
    exchange,
    introspected,
    log_in,
    own_token,
    query_of,
    tokens_of,
)

OTHER_PORT = "http://127.0.0.1:54321/cb"


def test_a_person_logs_in_and_a_code_arrives_with_state_and_issuer(server):
    answer = log_in(server)
    assert answer.headers["location"].startswith(f"{CB}?")
    given = arrived(answer)
    assert given == {"code": given["code"], "state": "s", "iss": server.base_url}
    token = exchange(server, given["code"]).json()
    assert token == {
        "access_token": token["access_token"],
        "token_type": "Bearer",
        "expires_in": 86400,
        "refresh_token": token["refresh_token"],
        "scope": "profile history.read",
    }


def test_the_request_may_come_in_a_form(server):
    page = server.http.post("/authorize", data=dict(query_of()))
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert arrived(server.decide(page, loginId="john", password=PASSWORD, authorized="true"))["code"]


@pytest.mark.parametrize(
    ("kwargs", "code"),
    [
        ({"data": {"x": "y" * 8000}}, "DEV205"),
        ({"json": {}}, "DEV209"),
        ({"data": {}}, "DEV209"),
    ],
)
def test_a_form_that_cannot_be_read_is_not_redirected(shared, kwargs, code):
    answer = shared.http.post("/authorize", **kwargs)
    assert answer.status_code == 400
    assert f"[{code}]" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
    ],
)
def test_pkce_with_s256_is_required(shared, changes):
    given = arrived(shared.http.get("/authorize", params=query_of(**changes)))
    assert given["error"] == "invalid_request"
    assert given["error_description"].startswith("[DEV215]")
    assert (given["state"], given["iss"]) == ("s", shared.base_url)


def test_a_code_needs_its_verifier(server):
    code = code_of(server)
    assert exchange(server, code, code_verifier=None).json()["error"] == "invalid_grant"
    assert exchange(server, code, code_verifier="x" * 43).json()["error"] == "invalid_grant"
    assert exchange(server, code, code_verifier=VERIFIER).status_code == 200


def test_a_redirect_uri_is_compared_exactly(shared):
    for uri in (f"{CB}/", f"{CB}?a=b", "http://127.0.0.1:9/CB", "http://localhost:9/cb", "https://127.0.0.1:9/cb"):
        answer = shared.http.get("/authorize", params=query_of(redirect_uri=uri))
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_the_port_of_a_loopback_address_is_the_apps_own(server):
    answer = log_in(server, redirect_uri=OTHER_PORT)
    assert answer.headers["location"].startswith(f"{OTHER_PORT}?code=")
    code = arrived(answer)["code"]
    assert exchange(server, code).json()["error"] == "invalid_grant"
    assert exchange(server, code, redirect_uri=OTHER_PORT).status_code == 200


def test_at_the_direct_endpoint_the_port_is_compared_too(shared):
    assert shared.http.get(shared.authorization_url(redirect_uri=OTHER_PORT)).status_code == 400


def test_the_implicit_grant_has_to_be_asked_for(shared):
    given = arrived(shared.http.get("/authorize", params=query_of(response_type="token")))
    assert given["error"] == "unsupported_response_type"
    assert given["error_description"].startswith("[A009305]")
    with running(implicit_grant=True) as server:
        answer = log_in(server, response_type="token", code_challenge=None, code_challenge_method=None)
        assert answer.headers["location"].startswith(f"{CB}#access_token=")
        given = arrived(answer)
        assert (given["state"], given["iss"]) == ("s", server.base_url)
        assert introspected(server, given["access_token"])["sub"] == "john"
        metadata = server.http.get("/.well-known/oauth-authorization-server").json()
        assert metadata["response_types_supported"] == ["code", "token"]
        assert "implicit" in metadata["grant_types_supported"]


def test_whoever_denies_sends_the_error_with_state_and_issuer(server):
    page = server.http.get("/authorize", params=query_of())
    given = arrived(server.decide(page, denied="true"))
    assert (given["error"], given["state"], given["iss"]) == ("access_denied", "s", server.base_url)


def test_a_page_of_one_endpoint_has_no_ticket_for_the_other(server):
    page = server.http.get("/authorize", params=query_of())
    assert 'action="/authorize/decision"' in page.text
    assert "Path=/authorize; SameSite=lax" in page.headers["set-cookie"]
    direct = page.text.replace("/authorize/decision", f"/api/auth/authorization/direct/{server.key}/decision")
    assert direct != page.text
    answer = server.decide(type(page)(200, text=direct), loginId="john", password=PASSWORD, authorized="true")
    assert answer.status_code == 403


def test_the_authentication_is_now_and_as_strong_as_the_service_says():
    with running(supported_acrs=["gold", "silver"]) as server:
        token = tokens_of(server, acr_values="platinum silver gold", max_age="0", prompt="login")
        described = introspected(server, token["access_token"])
        assert (described["acr"], described["auth_time"]) == ("silver", 1_800_000_000)
        metadata = server.http.get("/.well-known/openid-configuration").json()
        assert metadata["acr_values_supported"] == ["gold", "silver"]
        assert "acr" not in introspected(server, tokens_of(server, acr_values="platinum")["access_token"])


DETAILS = [{"type": "payment", "actions": ["read"], "datatypes": ["a"], "amount": {"value": 1}}, {"type": "other"}]


def test_what_is_asked_for_is_kept_in_the_token(server):
    resources = ["https://api.example.com/a", "urn:example:b"]
    token = tokens_of(server, resource=resources, authorization_details=json.dumps(DETAILS))
    assert token["authorization_details"] == DETAILS
    described = introspected(server, token["access_token"])
    assert described["aud"] == resources
    assert described["authorization_details"] == DETAILS
    assert "aud" not in introspected(server, own_token(server)["access_token"])


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"max_age": "-1"}, "invalid_request", "DEV216"),
        ({"max_age": ["1", "2"]}, "invalid_request", "DEV216"),
        ({"acr_values": "x" * 1001}, "invalid_request", "DEV216"),
        ({"acr_values": ["a", "b"]}, "invalid_request", "DEV216"),
        ({"dpop_jkt": "short"}, "invalid_request", "DEV216"),
        ({"resource": "api"}, "invalid_target", "DEV217"),
        ({"resource": "https://a/#f"}, "invalid_target", "DEV217"),
        ({"resource": [f"https://a/{n}" for n in range(21)]}, "invalid_target", "DEV217"),
        ({"authorization_details": "{}"}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": "[]"}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": ""}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": '[{"type":"a"}' * 2000}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": '[{"actions":["a"]}]'}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": '[{"type":"a","actions":"a"}]'}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": '[{"type":1}]'}, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": ['[{"type":"a"}]'] * 2}, "invalid_authorization_details", "DEV219"),
        ({"prompt": "none"}, "invalid_request", "A077301"),
    ],
)
def test_what_cannot_be_read_is_redirected(shared, changes, error, code):
    if len(str(changes)) > 8000:
        changes = {"authorization_details": '[{"type":"a"}' + " " * 7000}
    given = arrived(shared.http.get("/authorize", params=query_of(**changes)))
    assert given["error"] == error
    assert given["error_description"].startswith(f"[{code}]")
