import asyncio
from contextlib import suppress

import pytest

from tests.authserver.servers import API_SECRET, Clock, running

PATHS = ["/auth/introspection", "/auth/token/create", "/auth/token/update", "/auth/token/revoke"]


@pytest.mark.parametrize("path", PATHS)
def test_every_call_needs_credentials_in_both_versions(shared, path):
    for prefix in ("/api", f"/api/{shared.key}"):
        answer = shared.http.post(prefix + path, json={})
        assert (answer.status_code, answer.json()["resultCode"]) == (401, "A001202")
        assert f" {path}, " in answer.json()["resultMessage"]


@pytest.mark.parametrize("path", ["/auth/token/get/list", "/service/jwks/get"])
def test_reading_needs_credentials_too(shared, path):
    bearer = {"Authorization": f"Bearer {shared.app.credentials.service_access_token}"}
    for prefix in ("/api", f"/api/{shared.key}"):
        assert shared.http.get(prefix + path).status_code == 401
    assert shared.http.get(f"/api/{shared.key}{path}", headers=bearer).status_code == 200
    assert shared.http.get(f"/api/{shared.key}{path}?a=1&a=2", headers=bearer).status_code == 400


def test_deleting_a_token(server):
    token = server.create()["accessToken"]
    path = f"/api/auth/token/delete/{token}"
    assert server.http.delete(path).json()["resultCode"] == "A001202"
    assert server.introspect(token)["action"] == "OK"
    answer = server.http.delete(path, auth=(server.key, server.app.credentials.service_api_secret))
    assert (answer.status_code, answer.content) == (204, b"")
    assert server.introspect(token)["resultCode"] == "A057302"


def test_the_wrong_method_is_named(shared):
    answer = shared.http.get("/api/auth/introspection")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json() == {"resultCode": "DEV107", "resultMessage": "[DEV107] the HTTP method must be POST."}


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/auth", "/api/auth/introspection/", "/api/auth/token/hush", "/%00", "/%ff"]
)
def test_an_unknown_path_is_said_to_be_unknown(shared, path):
    answer = shared.http.post(path)
    assert (answer.status_code, answer.json()["resultCode"]) == (404, "DEV106")
    assert "hush" not in answer.text


def test_no_other_site_may_read_answers(shared):
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in (*[f"/api{path}" for path in PATHS], f"/api/auth/token/direct/{shared.key}"):
        answer = shared.http.options(path, headers=preflight)
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_published_keys_are_public(shared):
    direct = shared.http.get(f"/api/service/jwks/get/direct/{shared.key}")
    auth = (shared.key, shared.app.credentials.service_api_secret)
    assert direct.json() == shared.http.get("/api/service/jwks/get?includePrivateKeys=true", auth=auth).json()
    assert "d" not in direct.json()["keys"][0]
    wrong = shared.http.get("/api/service/jwks/get/direct/1")
    assert (wrong.status_code, wrong.json()["resultCode"]) == (404, "DEV201")


class WatchfulClock(Clock):
    """Notes whether somebody asks for the time on the thread that serves every connection."""

    asked_on_the_loop = False

    def __call__(self) -> float:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            self.asked_on_the_loop = True
        return self.now


def test_a_call_that_may_wait_for_a_file_does_not_hold_up_the_others(tmp_path):
    clock = WatchfulClock()
    with running(clock, store=str(tmp_path / "store.db")) as server:
        token = server.create()["accessToken"]
        assert server.introspect(token)["action"] == "OK"
        assert server.http.post("/introspect", data={"token": token}, auth=(server.key, API_SECRET)).is_success
    assert not clock.asked_on_the_loop
