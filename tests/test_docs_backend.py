"""The pages about functions behind the gateway and about MCP servers: what they show runs."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.project import load_project
from tests.test_docs import ROOT, blocks

BACKEND, MCP = ROOT / "docs" / "backend.md", ROOT / "docs" / "mcp.md"
TOLD = {"principalId": "john", "wwwAuthenticate": "Bearer", "sub": "john", "scope": "a"}


@pytest.fixture
def event_loop_of_mangum() -> Iterator[None]:
    """Mangum takes the event loop of its thread; where there is none it makes one, and never closes it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def event(method: str, path: str, told: Any, body: str | None = None) -> dict[str, Any]:
    """What a REST API sends."""
    headers = {
        "host": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
    }
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}, "authorizer": told},
    }


@pytest.mark.usefixtures("event_loop_of_mangum")
def test_the_functions_of_the_page_know_their_caller():
    handler, application, behind_the_adapter = blocks(BACKEND, "python")
    names: dict[str, Any] = {}
    exec(compile(handler, "backend.md", "exec"), names)
    assert names["handler"](event("GET", "/", TOLD), None)["body"] == "john with ['a']"
    exec(compile(application, "backend.md", "exec"), names)
    answers = [
        names["handler"](event("GET", path, told), None)
        for path, told in (("/pets", TOLD), ("/pets", None), ("/health", None))
    ]
    assert [answer["statusCode"] for answer in answers] == [200, 403, 200]
    assert json.loads(answers[0]["body"]) == {"pets": ["Rex"], "for": "john"}
    exec(compile(behind_the_adapter, "backend.md", "exec"), names)


def test_the_project_of_the_page_tells_browsers_what_they_may(tmp_path: Path):
    (content,) = blocks(BACKEND, "toml")
    (tmp_path / "apigw-oauth.toml").write_text(content)
    project = load_project(tmp_path)
    assert [one.key for one in project.preflight_routes()] == ["OPTIONS /pets"]


@pytest.mark.usefixtures("event_loop_of_mangum")
def test_the_mcp_server_of_the_page_answers_in_lambda():
    (content,) = blocks(MCP, "python")
    names: dict[str, Any] = {}
    exec(compile(content, "mcp.md", "exec"), names)
    call = {"name": "read_note", "arguments": {"name": "holiday"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    for told, status in ((TOLD, 200), (TOLD, 200), (None, 403)):
        answer = names["handler"](event("POST", "/mcp", told, body), None)
        assert answer["statusCode"] == status
        assert ("pack the tent" in answer["body"]) == (status == 200)


DOMAIN = '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/1"\n'
STAGE = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/dev"


def test_the_addresses_of_the_page_are_those_of_its_project(tmp_path: Path):
    (content,) = blocks(MCP, "toml")
    rows = re.findall(r"^\| [^|]+ \| `([^`]+)` \| `([^`]+)` \|$", MCP.read_text(), re.MULTILINE)
    (tmp_path / "apigw-oauth.toml").write_text(content)
    project = load_project(tmp_path)
    here, deployed = project.at("http://127.0.0.1:8080/dev"), project
    (tmp_path / "apigw-oauth.toml").write_text(content + DOMAIN)
    owned = load_project(tmp_path)
    told = [
        (one.resource_metadata(url), one.resource_metadata_url(url))
        for one, url in ((here, None), (deployed, STAGE), (owned, None))
    ]
    assert [(document["resource"], url) for document, url in told] == rows
    assert told[0][0]["authorization_servers"] == ["https://as.example.com"]


def test_the_project_of_the_page_is_that_of_the_example():
    example = (ROOT / "examples" / "mcp-server" / "apigw-oauth.toml").read_text()
    known = {re.sub(r"\s+#.*", "", line) for line in example.splitlines()}
    (content,) = blocks(MCP, "toml")
    assert [line for line in content.splitlines() if line not in known and "integration = " not in line] == []
