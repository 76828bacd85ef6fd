"""`serve` runs an HTTP API with the authorizer in each payload format."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve_process import FREE, ServeProcess, run

PROJECT = """
[api]
name = "shop"
type = "http"

[routes]
"GET /health" = "public"
"GET /pets/{id}" = { scopes = ["pets:read"], integration = { lambda = "functions.py:caller" } }
"POST /pets" = { scopes = ["pets:write"], integration = { lambda = "functions.py:caller" } }
"$default" = { scopes = ["admin"], integration = { lambda = "functions.py:caller" } }

[authorizer]
"""

FUNCTIONS = """
import json

def caller(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"])}
"""


@pytest.fixture(
    params=["", 'payload_format = "1.0"', "simple_responses = false", 'cache = "off"', 'cache = "token"']
)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServeProcess]:
    (tmp_path / "apigw-oauth.toml").write_text(PROJECT + request.param)
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    running = ServeProcess(tmp_path, *FREE)
    yield running
    assert running.stop() == 0


def test_an_http_api_is_served_at_the_root_and_guarded(server: ServeProcess):
    address = server.ready["gateway"].removeprefix("http://127.0.0.1:")
    assert address.isdecimal()
    reader, admin = server.token("pets:read"), server.token("admin")
    outcomes = [
        ("/health", None, 200), ("/pets/7", None, 401), ("/pets/7", "made-up", 403), ("/pets/7", reader, 200),
        ("/pets/7", reader, 200), ("/elsewhere", reader, 403), ("/elsewhere", admin, 200), ("/pets/7", admin, 403),
    ]  # fmt: skip
    for path, token, status in outcomes:
        answer = server.get(path, token)
        assert (path, answer.status_code) == (path, status), answer.text
        if token and status == 200:
            assert answer.json()["lambda"]["client_id"] == "demo"
        if status in {401, 403}:
            assert "www-authenticate" not in answer.headers
    records = [server.next() for _ in outcomes]
    assert [record["status"] for record in records] == [status for *_, status in outcomes]
    assert [records[n]["route"] for n in (3, 5)] == ["GET /pets/{id}", "$default"]


def test_simple_responses_that_would_be_kept_for_every_route_do_not_start(tmp_path: Path):
    (tmp_path / "apigw-oauth.toml").write_text(PROJECT + 'cache = "token"\nsimple_responses = true\n')
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    done = run("serve", "--project", str(tmp_path), *FREE)
    assert (done.returncode, done.stdout) == (2, "")
    assert 'use authorizer.cache = "route"' in done.stderr
    assert "Traceback" not in done.stderr


def test_the_walkthrough_is_for_rest_apis(tmp_path: Path):
    (tmp_path / "apigw-oauth.toml").write_text(PROJECT)
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    done = run("demo", "--once", "--project", str(tmp_path))
    assert done.returncode == 2
    assert "REST API" in done.stderr
