import sqlite3

import pytest

from apigw_oauth.authserver.server import create_app
from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError
from tests.authserver.servers import Clock, running


def test_a_restart_on_a_file_loses_nothing(tmp_path):
    store = {"store": str(tmp_path / "store.db"), "api_key": None, "clients": [{"client_id": "demo"}]}
    with running(**store) as first:
        made = first.create()
        old = first.app.credentials
        code_page = first.log_in(response_type="code")
    with running(**store) as second:
        new = second.app.credentials
        assert second.introspect(made["accessToken"])["subject"] == "john"
        assert second.introspect(made["jwtAccessToken"])["subject"] == "john"
        assert new.service_api_key == old.service_api_key
        assert new.clients[0].client_id == old.clients[0].client_id
        assert new.clients[0].client_secret != old.clients[0].client_secret
        code = code_page.headers["location"].partition("code=")[2]
        data = {"grant_type": "authorization_code", "code": code}
        assert second.token(data, auth=("demo", new.clients[0].client_secret)).status_code == 200
        assert second.token(data, auth=("demo", old.clients[0].client_secret)).status_code == 401


def test_a_revoked_token_stays_revoked(tmp_path):
    store = {"store": str(tmp_path / "store.db")}
    with running(**store) as first:
        token = first.create()["accessToken"]
        first.call("/auth/token/revoke", {"accessTokenIdentifier": token})
    with running(**store) as second:
        assert second.introspect(token)["resultCode"] == "A057302"


def test_the_file_tells_no_secret(tmp_path):
    path = tmp_path / "store.db"
    with running(store=str(path)) as server:
        token = server.create()["accessToken"]
        server.log_in(client_id="plain")
        plain = [token, server.app.credentials.service_api_secret, server.app.credentials.service_access_token]
        plain += [one.client_secret for one in server.app.credentials.clients if one.client_secret]
    octets = path.read_bytes()
    for secret in (*plain, "password-of-john"):
        assert secret.encode() not in octets


def test_a_restart_forgets_what_expired_more_than_a_day_ago_and_still_reports_the_rest(tmp_path):
    store, clock = {"store": str(tmp_path / "store.db")}, Clock()
    with running(clock, **store) as first:
        long_ago = first.create(accessTokenDuration=1)["accessToken"]
        recently = first.create(accessTokenDuration=10)["accessToken"]
        persistent = first.create(accessTokenPersistent=True)["accessToken"]
    clock.now += 86_400 + 5
    with running(clock, **store) as second:
        assert second.introspect(long_ago)["resultCode"] == "A057302"
        assert second.introspect(recently)["resultCode"] == "A065303"
        assert second.introspect(persistent)["resultCode"] == "A056001"


def test_a_file_that_another_program_locks_during_the_start_is_told(tmp_path):
    settings = AuthserverSettings.from_dict({"store": str(tmp_path / "store.db"), "api_key": "1"})
    create_app(settings).close()
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)

    def locking_clock() -> float:
        other.execute("BEGIN IMMEDIATE")
        return 1_800_000_000.0

    try:
        with pytest.raises(SettingsError, match="store"):
            create_app(settings, clock=locking_clock)
    finally:
        other.close()
