"""The examples run as their pages say."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.scripted_server import ScriptedServer, answer
from tests.serve_process import FREE, ServeProcess

EXAMPLES = Path(__file__).parents[1] / "examples"


def served(name: str, directory: Path) -> Iterator[ServeProcess]:
    project = directory / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".apigw-oauth", "__pycache__"))
    server = ServeProcess(project, *FREE)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def httpapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    yield from served("httpapi", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def websocket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    yield from served("websocket", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def own_verifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    yield from served("own-verifier", tmp_path_factory.mktemp("examples"))


def typed(server: ServeProcess) -> str:
    """What the commands of the example's page print."""
    (script,) = re.findall(
        r"^```sh\n(.*?)^```", (server.project / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    return subprocess.run(
        ["bash", "-uc", script.replace("http://127.0.0.1:8080", server.ready["gateway"].removesuffix("/dev"))],
        cwd=server.project,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_the_http_api_answers_as_its_page_says(httpapi: ServeProcess):
    told = typed(httpapi)
    assert re.findall(r"HTTP/1.1 (\d+) ", told) == ["401", "200", "403", "200"]
    assert "www-authenticate" not in told.lower()
    assert '{"name": "Rex", "owner": "john"}' in told
    assert '{"name": "Tom", "owner": "john"}' in told


def test_what_the_http_api_does_not_have_is_not_found(httpapi: ServeProcess):
    token = httpapi.token("pets:read")
    assert httpapi.get("/pets", token).json() == {"1": {"name": "Rex", "owner": "john"}}
    assert httpapi.get("/pets/9", token).text == '{"message":"No such pet"}'
    assert httpapi.get("/elsewhere", token).status_code == 404


def test_a_handshake_of_the_websocket_api_is_tried_as_its_page_says(websocket: ServeProcess):
    assert re.findall(r"(the client gets 401|goes on to what is behind)", typed(websocket)) == [
        "the client gets 401",
        "goes on to what is behind",
    ]


@pytest.mark.parametrize("subject", ["john", None])
def test_the_websocket_api_says_hello_to_its_caller(websocket: ServeProcess, subject: str | None):
    headers = {"Authorization": f"Bearer {websocket.token('chat', subject=subject)}"}
    with connect(websocket.ready["gateway"], additional_headers=headers, proxy=None) as connection:
        connection.send('{"action": "hello"}')
        assert connection.recv(timeout=10) == f'{{"hello": "{subject or "demo"}"}}'


def test_the_websocket_api_closes_a_connection_that_has_outlived_its_token():
    functions = runpy.run_path(str(EXAMPLES / "websocket" / "functions.py"))
    told = {"principalId": "john", "wwwAuthenticate": "Bearer", "sub": "john", "exp": "1700000000"}
    with ScriptedServer(answer(status="204 No Content")) as gateway:
        context = {"domainName": f"127.0.0.1:{gateway.port}", "stage": "live", "connectionId": "c1"}
        assert functions["hello"]({"requestContext": {**context, "authorizer": told}}, None)["statusCode"] == 200
        assert gateway.requests[0].startswith(b"DELETE /live/@connections/c1 ")


def test_the_verifier_of_ones_own_answers_as_its_page_says(own_verifier: ServeProcess):
    told = typed(own_verifier)
    assert re.findall(r"HTTP/1.1 (\d+) ", told) == ["200", "401", "401", "200"]
    assert '{"pets": ["Rex"], "for": "john"}' in told
    assert '{"pets": ["Rex"], "for": "ann"}' in told


def test_the_verifier_of_ones_own_passes_the_suite(own_verifier: ServeProcess):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(command, cwd=own_verifier.project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout
