"""The MCP server of the examples behind the local gateway, and a real MCP client in front of it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.serve_process import FREE, ServeProcess

EXAMPLE = Path(__file__).parents[1] / "examples" / "mcp-server"

# What a person does in the browser, as a program that takes the address. The last redirect ends at the client.
PERSON = """
import re, sys
from html import unescape
import httpx2

with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
    page = browser.get(sys.argv[1])
    action = unescape(re.search(r'<form method="post" action="([^"]+)"', page.text)[1])
    ticket = unescape(re.search(r'name="ticket" value="([^"]+)"', page.text)[1])
    typed = {"ticket": ticket, "loginId": "john", "password": "john", "authorized": "true"}
    print("The page says:", browser.post(str(page.url.join(action)), data=typed).text, flush=True)
"""


@pytest.fixture(scope="module")
def mcp_server() -> Iterator[int]:
    """Run the MCP server as its page says, on a free port."""
    command = [sys.executable, str(EXAMPLE / "server.py"), "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        lines = iter(process.stderr or ())
        yield next(
            int(found[1]) for line in lines if (found := re.search(r"running on http://[\d.]+:(\d+)", line))
        )
        process.terminate()


@pytest.fixture(scope="module")
def served(mcp_server: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    project = tmp_path_factory.mktemp("examples") / "mcp-server"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".apigw-oauth", "__pycache__"))
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace("http://127.0.0.1:9000/", f"http://127.0.0.1:{mcp_server}/"))
    (project / "person.py").write_text(PERSON)
    server = ServeProcess(project, *FREE)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def typed(served: ServeProcess) -> str:
    """Return what the commands of the page print."""
    (script,) = re.findall(r"^```sh\n(.*?)^```", (EXAMPLE / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    gateway = served.ready["gateway"].removesuffix("/dev")
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BROWSER": f"{sys.executable} {served.project / 'person.py'} %s",
    }
    return subprocess.run(
        ["bash", "-euc", script.replace("http://127.0.0.1:8080", gateway)],
        cwd=served.project,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.rule("R64")
def test_a_client_without_a_token_is_led_to_the_authorization_server(typed: str, served: ServeProcess):
    gateway, authserver = served.ready["gateway"], served.ready["authserver"]
    metadata = f"{gateway}/.well-known/oauth-protected-resource/mcp"
    assert re.findall(r"HTTP/1.1 (\d+) ", typed) == ["401", "200"]
    assert f'WWW-Authenticate: Bearer resource_metadata="{metadata}"' in typed
    for member in (f'"resource": "{gateway}/mcp"', f'"authorization_servers": ["{authserver}"]', '"notes:read"'):
        assert member in typed


@pytest.mark.rule("R61")
def test_it_gets_a_token_for_this_api_and_calls_the_tool(typed: str, served: ServeProcess):
    assert "The page says: You may close this window." in typed
    assert f"&resource={served.ready['gateway'].replace(':', '%3A').replace('/', '%2F')}%2Fmcp&" in typed
    assert typed.endswith("\npack the tent\n")


def test_a_token_for_another_api_is_none_here(served: ServeProcess):
    for resource, status in (("https://other.example.com", 401), (f"{served.ready['gateway']}/mcp", 400)):
        wanted = {
            "grantType": "AUTHORIZATION_CODE",
            "clientIdentifier": "notebook",
            "scopes": ["notes:read"],
            "subject": "john",
            "resources": [resource],
        }
        token = served.authlete("token/create", wanted)["accessToken"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.post(f"{served.ready['gateway']}/mcp", headers=headers, trust_env=False, timeout=30)
        assert answer.status_code == status  # 400: of the MCP server, which is told nothing
