"""The standard revocation endpoint. See RFC 7009."""

import pytest

from apigw_oauth.authserver.secret_hashes import base64url, sha256
from tests.authserver.servers import CLIENT_SECRET, Running
from tests.authserver.standard_flow import BASIC, introspected, refresh, refusal, tokens_of


def revoke(server: Running, token: str, auth: tuple[str, str] = BASIC) -> None:
    answer = server.http.post("/revoke", data={"token": token}, auth=auth)
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_access_token_can_be_given_up_alone(server):
    given = tokens_of(server)
    revoke(server, given["access_token"])
    assert introspected(server, given["access_token"]) == {"active": False}
    assert refresh(server, given["refresh_token"]).status_code == 200


def test_with_a_refresh_token_goes_all_that_came_of_the_same_login(server):
    first = tokens_of(server)
    second = refresh(server, first["refresh_token"]).json()
    revoke(server, first["refresh_token"])
    assert refresh(server, second["refresh_token"]).json()["error"] == "invalid_grant"
    for given in (first, second):
        assert introspected(server, given["access_token"]) == {"active": False}


def test_tokens_of_another_client_stay(server):
    given = tokens_of(server)
    for token in (given["access_token"], given["refresh_token"], "unknown"):
        revoke(server, token, auth=("12345", CLIENT_SECRET))
    assert introspected(server, given["access_token"])["active"]
    assert refresh(server, given["refresh_token"]).status_code == 200


@pytest.mark.parametrize("name", ["value", "hash"])
def test_authletes_api_knows_refresh_tokens_too(server, name):
    given = tokens_of(server)
    token = given["refresh_token"]
    identifier = token if name == "value" else base64url(sha256(token))
    assert server.call("/auth/token/revoke", {"refreshTokenIdentifier": "unknown"}).json()["count"] == 0
    assert server.call("/auth/token/revoke", {"refreshTokenIdentifier": identifier}).json()["count"] == 1
    assert refresh(server, token).json()["error"] == "invalid_grant"


def test_revoking_all_tokens_of_somebody_leaves_none_that_refreshes(server):
    given = tokens_of(server)
    assert server.call("/auth/token/revoke", {"subject": "john"}).json()["count"] == 1
    assert refresh(server, given["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_client_has_to_authenticate(shared):
    answer = shared.http.post("/revoke", data={"token": "x"}, auth=("demo", "wrong"))
    assert refusal(answer) == (401, "invalid_client", "A114311")
