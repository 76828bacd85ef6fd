import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx2
import pytest

from apigw_oauth.authserver.server import create_app
from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError
from tests.authserver.servers import API_SECRET, SETTINGS

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


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"rubbish\r\n\r\n"])
def test_what_is_not_http_is_refused_without_a_word_on_the_terminal(sent):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[0].rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            connection.sendall(sent)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert err == ""


@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/service/jwks/get", "GET, HEAD"), ("/api/auth/introspection", "POST")]
)
def test_another_method_is_told_which_ones_there_are(shared, path, allowed):
    answer = shared.http.put(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["resultMessage"] == f"[DEV107] the HTTP method must be {allowed}."


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


@pytest.mark.parametrize("name", ["base_url", "store", "api_key", "api_secret", "service_access_token"])
def test_what_cannot_change_while_the_server_runs_is_refused(server, name):
    others = {"base_url": "http://127.0.0.1:1", "store": "other.db"}
    changed = {"base_url": server.base_url, name: others.get(name, "1")}
    with pytest.raises(SettingsError, match=f"{name}: cannot change while the server runs"):
        server.app.change(AuthserverSettings.from_dict(changed))
    assert server.create()["action"] == "OK"


def test_the_credentials_it_runs_with_may_be_repeated(server):
    for name in ("api_key", "api_secret", "service_access_token"):
        server.app.change(AuthserverSettings.from_dict({"base_url": server.base_url}))
        server.app.change(AuthserverSettings.from_dict({"base_url": server.base_url, name: SETTINGS[name]}))


def test_a_secret_that_somebody_took_back_is_not_good_any_more(server):
    client = {"client_id": "plain", "client_secret": "chosen-secret"}
    granted = {"grant_type": "client_credentials"}

    def change(client: dict[str, str]) -> str | None:
        server.app.change(AuthserverSettings.from_dict({"base_url": server.base_url, "clients": [client]}))
        secret: str | None = server.app.credentials.clients[0].client_secret
        return secret

    change(client)
    assert server.token(granted, auth=("plain", "chosen-secret")).status_code == 200
    made_up = change({"client_id": "plain"})
    assert server.token(granted, auth=("plain", "chosen-secret")).status_code == 401
    assert server.token(granted, auth=("plain", made_up)).status_code == 200
    assert change({"client_id": "plain"}) == made_up


def test_a_change_does_not_let_passwords_be_guessed_faster(server):
    def attempt() -> int:
        status: int = server.log_in("john", "wrong", client_id="plain").status_code
        return status

    assert [attempt() for _ in range(5)] == [400] * 5
    server.app.change(
        AuthserverSettings.from_dict({"base_url": server.base_url, "clients": [{"client_id": "plain"}]})
    )
    assert attempt() == 429


def test_a_page_that_was_open_at_a_change_has_to_be_loaded_again(server):
    page = server.http.get(server.authorization_url(client_id="plain", scope="write"))
    server.app.change(
        AuthserverSettings.from_dict(
            {"base_url": server.base_url, "clients": [{"client_id": "plain"}], "scopes": ["write"]}
        )
    )
    assert "[DEV211]" in server.decide(page, denied="true").text
    assert server.log_in(server.key, API_SECRET, client_id="plain", scope="write").status_code == 303


def test_changes_come_one_after_the_other():
    changing: list[threading.Thread] = []
    overtook: list[bool] = []

    def random(octets: int) -> bytes:
        if changing:  # the first change makes up a secret: let the second one come now
            second = changing.pop()
            second.start()
            second.join(0.2)  # it waits for the first; if it did not, this is time enough
            overtook.append(not second.is_alive())
            waiting.append(second)
        return secrets.token_bytes(octets)

    def change(client: str) -> None:
        app.change(AuthserverSettings.from_dict({"clients": [{"client_id": client}]}))

    waiting: list[threading.Thread] = []
    app = create_app(AuthserverSettings(), random=random)
    changing.append(threading.Thread(target=change, args=("second",)))
    change("first")
    waiting[0].join()
    assert overtook == [False]
    assert [client.alias for client in app.credentials.clients] == ["second"]
    app.close()
