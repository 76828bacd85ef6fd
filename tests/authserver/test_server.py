import os
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest

from apigw_oauth.authserver.server import create_app
from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError

PROGRAM = """
import socket, sys
from apigw_oauth.authserver.server import create_app, run
from apigw_oauth.authserver.settings import AuthserverSettings

sock = socket.socket()
sock.bind(("127.0.0.1", 0))
url = f"http://127.0.0.1:{sock.getsockname()[1]}"
app = create_app(AuthserverSettings.from_dict({"base_url": url, "clients": [{"client_id": "demo"}]}))
def ready():
    sent_at_once = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    print(url, app.credentials.service_api_key, app.credentials.service_api_secret, sent_at_once, flush=True)

run(app, sock, on_ready=ready)
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_run_soon_although_connections_idle(number):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url, key, secret, sent_at_once = process.stdout.readline().split()
        with (
            httpx2.Client(base_url=url) as http,
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))),
        ):
            answer = http.post("/api/auth/introspection", json={"token": "x"}, auth=(key, secret))
            assert answer.json()["resultCode"] == "A057302"
            assert sent_at_once == "1"
            started = time.monotonic()
            os.kill(process.pid, number)
            out, err = process.communicate(timeout=10)
        assert time.monotonic() - started < 3
    assert (out, err, process.returncode) == ("stopped\n", "", 0)


def test_credentials_are_made_up_and_differ():
    settings = AuthserverSettings.from_dict({"clients": [{"client_id": "demo"}]})
    apps = [create_app(settings), create_app(settings)]
    one, two = (app.credentials for app in apps)
    assert one.service_id == one.service_api_key
    assert len(one.service_api_key) == 14
    values: list[str | None] = [
        value for each in (one, two) for value in (each.service_api_key, each.service_api_secret)
    ]
    values += [
        one.service_access_token,
        two.service_access_token,
        one.clients[0].client_secret,
        two.clients[0].client_secret,
    ]
    assert len(set(values)) == 8
    for app in apps:
        assert app.credentials.service_api_secret not in repr(app)
        assert app.credentials.service_access_token not in repr(app.credentials)
        app.close()


def test_a_numeric_client_id_that_an_alias_has_is_refused(tmp_path):
    store = str(tmp_path / "store.db")
    first = create_app(AuthserverSettings.from_dict({"store": store, "clients": [{"client_id": "demo"}]}))
    number = first.credentials.clients[0].client_id
    first.close()
    both = {"store": store, "clients": [{"client_id": "demo"}, {"client_id": number}]}
    with pytest.raises(SettingsError, match="clients: a numeric client_id"):
        create_app(AuthserverSettings.from_dict(both))


def test_changed_settings_are_taken_over_and_what_was_given_out_stays_good(server):
    def create(client: str, scope: str) -> dict[str, object]:
        answer: dict[str, object] = server.create(
            grantType="CLIENT_CREDENTIALS", clientIdentifier=client, scopes=[scope]
        )
        return answer

    def introspect(token: object) -> str:
        code: str = server.introspect(token)["resultCode"]
        return code

    known = {client.alias: client.client_secret for client in server.app.credentials.clients}
    kept, gone = create("plain", "profile")["accessToken"], create("demo", "profile")["accessToken"]
    assert create("plain", "new")["resultCode"] == "A106201"
    server.app.change(
        AuthserverSettings.from_dict(
            {
                "base_url": server.base_url,
                "scopes": ["new"],
                "clients": [{"client_id": "plain"}, {"client_id": "third"}],
            }
        )
    )
    assert create("plain", "new")["resultCode"] == "A109001"
    assert introspect(kept) == "A056001"
    assert introspect(gone) != "A056001"
    credentials = {client.alias: client.client_secret for client in server.app.credentials.clients}
    assert credentials["plain"] == known["plain"]
    assert credentials["third"]
    with pytest.raises(SettingsError):
        server.app.change(AuthserverSettings.from_dict({"clients": [{"client_id": "x"}, {"client_id": "x"}]}))
    assert introspect(kept) == "A056001"
