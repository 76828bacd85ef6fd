import os
import re
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from apigw_oauth.authserver import result_codes, server
from apigw_oauth.authserver.login_throttle import LoginThrottle
from apigw_oauth.authserver.service import start_service
from apigw_oauth.authserver.settings import AuthserverSettings
from tests.authserver.servers import CLIENT_SECRET, running

DOCS = Path(__file__).parents[2] / "docs" / "authserver.md"
BLOCK = re.compile(r"```sh\n(.*?)```\n(?:\n```(?:json|http)\n(.*?)```)?", re.DOTALL)


def pattern_of(expected: str) -> str:
    return ".*".join(map(re.escape, expected.strip().split("…")))


def test_every_example_does_what_the_docs_say(tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed (apt-get install curl)")
    examples = BLOCK.findall(DOCS.read_text("utf-8"))
    assert len(examples) > 5
    script = "set -euo pipefail\n" + "printf '\\0'\n".join(command for command, _ in examples)
    clients = [{"client_id": "demo", "client_secret": CLIENT_SECRET, "scopes": ["profile"]}]
    with running(clients=clients, users=[{"login": "john", "password": "john"}]) as started:
        credentials = started.app.credentials
        variables = {
            "AUTHSERVER": started.base_url,
            "API_KEY": credentials.service_api_key,
            "API_SECRET": credentials.service_api_secret,
            "SERVICE_TOKEN": credentials.service_access_token,
            "CLIENT_ID": "demo",
            "CLIENT_SECRET": CLIENT_SECRET,
        }
        environment = {**os.environ, **variables}
        run = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path
        )
    outputs = run.stdout.replace("\r", "").split("\0")
    assert len(outputs) == len(examples)
    for output, (command, expected) in zip(outputs, examples, strict=True):
        assert re.fullmatch(pattern_of(expected) if expected else ".+", output.strip(), re.DOTALL), command


def test_every_code_of_our_own_is_explained():
    text = DOCS.read_text("utf-8")
    assert [code for code in result_codes.TEXTS if code.startswith("DEV") and code not in text] == []


def test_every_endpoint_is_named():
    text = DOCS.read_text("utf-8")
    service, _ = start_service(AuthserverSettings(), clock=time.time, random=secrets.token_bytes)
    paths = [route.path for route in server._routes(service, LoginThrottle(time.time))]
    service.store.close()
    named = [path.replace("{api_key}", "{key}").replace("{token}", "{token or hash}") for path in paths]
    assert [path for path in named if "{service_id}" not in path and path not in text] == []
