"""The authorization server killed, hanging, answering garbage, and coming back; seen through the gateway."""

import json
import signal
from functools import partial
from pathlib import Path

import httpx2

from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up
from tests.serve_process import FREE, ServeProcess

VALID = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": 32_503_680_000_000}


def pointed_at(project: Path, url: str) -> Path:
    """Let the project verify its tokens at a server on this machine, and keep no answers."""
    file = project / "apigw-oauth.toml"
    text = file.read_text().replace("https://api.authlete.com", url).replace('cache = "route"', 'cache = "off"')
    text = text.replace("secretsmanager:mydemo/authlete#api_secret", "env:AUTHLETE_API_SECRET")
    if "positive_ttl" not in text:
        text = text.replace("version = 2", "version = 2\npositive_ttl = 0")
    file.write_text(text)
    return project


def serve(project: Path, url: str, secret: str = "secret") -> ServeProcess:
    environ = {"AUTHLETE_API_KEY": "key", "AUTHLETE_API_SECRET": secret}
    return ServeProcess(pointed_at(project, url), "--no-authserver", "--gateway", "127.0.0.1:0", environ=environ)


def contains(text: str, line: str) -> bool:
    return text in line


def test_every_kind_of_outage_is_a_500_that_the_log_tells_apart_and_then_all_is_well(project: Path):
    good: Behaviour = answer(json.dumps(VALID).encode())
    with ScriptedServer(good) as authlete:
        server = serve(project, authlete.url)
        try:
            assert server.get("/mydemoresource", "t1").status_code == 200
            for behaviour, reason in [
                (hang_up, "authorization_server_unreachable"),
                (authlete.hang, "authorization_server_timeout"),
                (answer(b"<html>garbage"), "authorization_server_nonsense"),
                (answer(b"{}", status="500 Internal Server Error"), "authorization_server_error"),
                (answer(b'{"resultCode":"A001203"}', status="401 Unauthorized"), "credentials_refused"),
            ]:
                authlete._behaviours = [behaviour]
                failed = server.get("/mydemoresource", "t2")
                assert failed.status_code == 500, reason
                assert failed.json() == {"message": None}
                assert failed.headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"
                server.wait_for_message(partial(contains, f'"reason": "{reason}"'))
                authlete._behaviours = [good]
                assert server.get("/mydemoresource", "t2").status_code == 200, f"after {reason}"
        finally:
            assert server.stop() == 0
        assert not any("t1" in line.split() or "secret" in line for line in server.lines + server.messages)


def test_an_outage_is_not_kept_by_the_cache(project: Path):
    with ScriptedServer(hang_up, answer(json.dumps(VALID).encode())) as authlete:
        pointed_at(project, authlete.url)
        file = project / "apigw-oauth.toml"
        file.write_text(file.read_text().replace('cache = "off"', 'cache = "route"'))
        server = serve(project, authlete.url)
        try:
            assert server.get("/mydemoresource", "t1").status_code == 500
            assert server.get("/mydemoresource", "t1").status_code == 200
        finally:
            server.stop()


def test_a_thousand_requests_use_one_connection_to_the_authorization_server(project: Path):
    with ScriptedServer(answer(json.dumps(VALID).encode())) as authlete:
        server = serve(project, authlete.url)
        try:
            with httpx2.Client(trust_env=False, timeout=30) as http:
                url = server.ready["gateway"] + "/mydemoresource"
                statuses = {
                    http.get(url, headers={"Authorization": f"Bearer t{number}"}).status_code
                    for number in range(1000)
                }
        finally:
            server.stop()
        assert statuses == {200}
        assert (authlete.connections, len(authlete.requests)) == (1, 1000)


def test_a_killed_authorization_server_comes_back_with_its_tokens(project: Path, tmp_path: Path):
    store = tmp_path / "as" / "tokens.db"
    store.parent.mkdir()
    other = tmp_path / "as" / "apigw-oauth.toml"
    other.write_text(
        (project / "apigw-oauth.toml").read_text().replace("[routes]", f'[local]\nstore = "{store}"\n[routes]', 1)
    )
    (other.parent / "functions.py").write_bytes((project / "functions.py").read_bytes())
    first = ServeProcess(other.parent, *FREE)
    address = first.ready["authserver"].removeprefix("http://")
    token = first.token("profile", subject="john")
    local = {
        "AUTHLETE_API_KEY": first.ready["service_api_key"],
        "AUTHLETE_API_SECRET": first.ready["service_api_secret"],
    }
    gateway = ServeProcess(
        pointed_at(project, first.ready["authserver"]),
        "--no-authserver",
        "--gateway",
        "127.0.0.1:0",
        environ=local,
    )
    second = third = None
    try:
        assert gateway.get("/mydemoresource", token).status_code == 200
        first.stop(signal.SIGKILL)
        assert gateway.get("/mydemoresource", token).status_code == 500
        second = ServeProcess(other.parent, "--gateway", "127.0.0.1:0", "--authserver", address)
        assert second.get("/mydemoresource", token).status_code == 200
        # The secret of the service is a new one, since none is in the project file: ours is refused, and that is a 500.
        assert gateway.get("/mydemoresource", token).status_code == 500
        gateway.wait_for_message(lambda line: "credentials_refused" in line)
        renewed = {**local, "AUTHLETE_API_SECRET": second.ready["service_api_secret"]}
        third = ServeProcess(project, "--no-authserver", "--gateway", "127.0.0.1:0", environ=renewed)
        assert third.get("/mydemoresource", token).status_code == 200
    finally:
        for server in (gateway, second, third):
            if server is not None:
                server.stop()
