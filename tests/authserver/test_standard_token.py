"""The standard token endpoint: grants, and what a token is narrowed to."""

import json

import pytest

from tests.authserver.servers import CLIENT_SECRET
from tests.authserver.standard_flow import (
    ask,
    code_of,
    exchange,
    introspected,
    own_token,
    refresh,
    refusal,
    tokens_of,
)

PUBLIC = {"client_id": "public", "redirect_uri": None, "scope": "profile"}


def test_client_credentials_have_no_subject_and_no_refresh_token(server):
    token = own_token(server, scope="profile x")
    assert token == {
        "access_token": token["access_token"], "token_type": "Bearer", "expires_in": 86400, "scope": "profile",
    }  # fmt: skip
    assert "sub" not in introspected(server, token["access_token"])


def test_a_public_client_proves_itself_by_its_verifier_alone(server):
    code = code_of(server, **PUBLIC)
    answer = exchange(server, code, client_id="public", redirect_uri=None, auth=None)
    assert answer.status_code == 200
    again = refresh(server, answer.json()["refresh_token"], client_id="public", auth=None)
    assert introspected(server, again.json()["access_token"])["client_id"] == "public"


def test_a_second_use_of_a_code_revokes_all_that_came_of_the_first(server):
    code = code_of(server)
    first = exchange(server, code).json()
    second = refresh(server, first["refresh_token"]).json()
    other = tokens_of(server)
    assert refusal(exchange(server, code)) == (400, "invalid_grant", "A050305")
    for token in (first, second):
        assert introspected(server, token["access_token"]) == {"active": False}
    assert refusal(refresh(server, second["refresh_token"])) == (400, "invalid_grant", "A053305")
    assert introspected(server, other["access_token"])["active"]


def test_a_refresh_token_is_replaced_at_each_use(server):
    first = tokens_of(server)
    answer = refresh(server, first["refresh_token"])
    second = answer.json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == "profile history.read"
    described = introspected(server, second["access_token"])
    assert (described["sub"], described["auth_time"]) == ("john", 1_800_000_000)
    assert introspected(server, first["access_token"])["active"]


def test_a_refresh_token_used_twice_revokes_its_family(server):
    first = tokens_of(server)
    second = refresh(server, first["refresh_token"]).json()
    third = refresh(server, second["refresh_token"]).json()
    assert refusal(refresh(server, first["refresh_token"])) == (400, "invalid_grant", "A053305")
    for token in (first, second, third):
        assert introspected(server, token["access_token"]) == {"active": False}
    assert refusal(refresh(server, third["refresh_token"])) == (400, "invalid_grant", "A053305")


def test_a_refresh_token_expires(server):
    first = tokens_of(server)
    server.clock.now += 30 * 86_400
    assert refusal(refresh(server, first["refresh_token"])) == (400, "invalid_grant", "A053308")


def test_a_refreshed_token_may_have_fewer_scopes_and_the_next_one_all_again(server):
    narrow = refresh(server, tokens_of(server)["refresh_token"], scope="profile").json()
    assert narrow["scope"] == "profile"
    assert refresh(server, narrow["refresh_token"]).json()["scope"] == "profile history.read"


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"refresh_token": None}, "invalid_request", "A053301"),
        ({"refresh_token": ""}, "invalid_request", "A053302"),
        ({"refresh_token": ["a", "b"]}, "invalid_request", "A053303"),
        ({"scope": ["a", "b"]}, "invalid_request", "A053304"),
        ({"refresh_token": "unknown"}, "invalid_grant", "A053305"),
        ({"auth": ("12345", CLIENT_SECRET)}, "invalid_grant", "A053307"),
        ({"scope": "timeline.read"}, "invalid_scope", "A053309"),
        ({"resource": "https://b"}, "invalid_target", "DEV218"),
        ({"authorization_details": '[{"type":"b"}]'}, "invalid_authorization_details", "DEV220"),
    ],
)
def test_a_refused_refresh_leaves_the_token_as_it_was(server, changes, error, code):
    token = tokens_of(server, resource="https://a", authorization_details='[{"type":"a"}]')["refresh_token"]
    changes = {"refresh_token": token, **changes}
    kwargs = {"auth": changes.pop("auth")} if "auth" in changes else {}
    assert refusal(ask(server, {"grant_type": "refresh_token", **changes}, **kwargs)) == (400, error, code)
    assert refresh(server, token).status_code == 200


def test_a_token_may_be_narrowed_to_what_was_granted(server):
    granted = {
        "resource": ["https://a", "https://b"],
        "authorization_details": json.dumps([{"type": "a"}, {"type": "b", "more": 1}]),
    }
    code = code_of(server, **granted)
    wrong = exchange(server, code, resource="https://c")
    assert refusal(wrong) == (400, "invalid_target", "DEV218")
    wrong = exchange(server, code, authorization_details='[{"type":"b"}]')
    assert refusal(wrong) == (400, "invalid_authorization_details", "DEV220")
    narrow = exchange(server, code, resource="https://b", authorization_details='[{"type":"b","more":1}]').json()
    described = introspected(server, narrow["access_token"])
    assert described["aud"] == ["https://b"]
    assert described["authorization_details"] == narrow["authorization_details"] == [{"type": "b", "more": 1}]
    wide = refresh(server, narrow["refresh_token"]).json()
    assert introspected(server, wide["access_token"])["aud"] == ["https://a", "https://b"]


def test_a_client_may_ask_for_resources_and_details_of_its_own(server):
    token = own_token(server, resource=["https://b", "https://b"], authorization_details='[{"type":"b"}]')
    described = introspected(server, token["access_token"])
    assert (described["aud"], described["authorization_details"]) == (["https://b"], [{"type": "b"}])


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"resource": "not absolute"}, 400, "invalid_target", "DEV217"),
        ({"resource": "https://a#f"}, 400, "invalid_target", "DEV217"),
        ({"authorization_details": "x"}, 400, "invalid_authorization_details", "DEV219"),
        ({"authorization_details": ['[{"type":"a"}]'] * 2}, 400, "invalid_authorization_details", "DEV219"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "A049305"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", "A049304"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type", "A049306"),
        ({"grant_type": None}, 400, "invalid_request", "A049301"),
    ],
)
def test_what_is_refused(shared, changes, status, error, code):
    answer = ask(shared, {"grant_type": "client_credentials", "scope": "profile", **changes})
    assert refusal(answer) == (status, error, code)


def test_the_method_must_be_post(shared):
    answer = shared.http.get("/token")
    assert refusal(answer) == (405, "invalid_request", "A117302")


def test_the_direct_endpoint_gives_no_refresh_tokens(server):
    answer = server.log_in(response_type="code", client_id="12345")
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    data = {"grant_type": "authorization_code", "code": code}
    assert "refresh_token" not in server.token(data, auth=("12345", CLIENT_SECRET)).json()
