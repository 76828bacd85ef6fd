from typing import Any

import httpx2
import pytest

from tests.authserver.servers import CLIENT_SECRET, Running

BASIC = ("demo", CLIENT_SECRET)


def revoke(server: Running, data: dict[str, Any], **kwargs: Any) -> httpx2.Response:
    return server.http.post(f"/api/auth/revocation/direct/{server.key}", data=data, **kwargs)


@pytest.mark.parametrize("form", ["accessToken", "jwtAccessToken"])
def test_a_client_gives_up_its_token(shared, form):
    made = shared.create()
    answer = revoke(shared, {"token": made[form], "token_type_hint": "access_token"}, auth=BASIC)
    assert (answer.status_code, answer.content) == (200, b"")
    assert shared.introspect(made["accessToken"])["resultCode"] == "A057302"


def test_the_token_of_another_client_stays(shared):
    token = shared.create(clientIdentifier="plain")["accessToken"]
    assert revoke(shared, {"token": token}, auth=BASIC).status_code == 200
    assert shared.introspect(token)["action"] == "OK"


def test_an_unknown_token_is_no_error(shared):
    assert revoke(shared, {"token": "unknown"}, auth=BASIC).status_code == 200


def test_a_public_client_names_itself(shared):
    token = shared.create(clientIdentifier="public")["accessToken"]
    assert revoke(shared, {"token": token, "client_id": "public"}).status_code == 200
    assert shared.introspect(token)["resultCode"] == "A057302"


@pytest.mark.parametrize(
    ("data", "auth", "status", "code"),
    [
        ({}, None, 400, "A113301"),
        ({"token": "x"}, None, 400, "A114301"),
        ({"token": "x", "client_id": ""}, None, 400, "A114302"),
        ({"token": "x", "client_id": ["demo", "demo"]}, None, 400, "A114303"),
        ({"token": "x", "client_id": "nobody"}, None, 401, "A114304"),
        ({"token": "x", "client_id": "demo"}, None, 401, "A114308"),
        ({"token": "x", "client_id": "demo", "client_secret": ["a", "a"]}, None, 400, "A114310"),
        ({"token": "x", "client_id": "demo", "client_secret": "a"}, None, 401, "A114311"),
        ({"token": "x", "client_id": "other"}, BASIC, 400, "A114312"),
        ({"token": "x", "client_secret": "other"}, BASIC, 400, "A114313"),
        ({"token": ""}, BASIC, 400, "DEV214"),
        ({"x": ""}, BASIC, 400, "DEV214"),
        ({"token": ["a", "b"]}, BASIC, 400, "DEV214"),
    ],
)
def test_what_is_refused(shared, data, auth, status, code):
    answer = revoke(shared, data, auth=auth)
    assert (answer.status_code, answer.json()["error_description"].partition("]")[0]) == (status, f"[{code}")


def test_another_service_key_is_unknown(shared):
    answer = shared.http.post("/api/auth/revocation/direct/1", data={"token": "x"}, auth=BASIC)
    assert (answer.status_code, answer.json()["error_description"][:8]) == (404, "[DEV201]")
