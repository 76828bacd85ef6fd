"""What the local gateway serves that nobody has written: resource metadata, and answers to browsers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apigw_oauth.cli.local_stack import local_api
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.http_api.api import HttpApi
from apigw_oauth.project import load_project
from tests.gateway.running_gateway import RunningGateway

PROJECT = """
[api]
type = "{kind}"
stage = "dev"
resource = "/mcp"
cors_origins = ["https://app.example.com"]
[routes]
"POST /mcp" = {{ scopes = ["tools"], integration = {{ mock = "{{}}" }} }}
"GET /open" = {{ public = true, integration = {{ mock = "{{}}" }} }}
[[verifiers]]
type = "jwt"
issuer = "https://as.example.com"
audience = "x"
jwks_uri = "https://as.example.com/jwks"
"""
LOCAL = {
    "base_url": "http://127.0.0.1:8081",
    **dict.fromkeys(("api_key", "api_secret", "service_id", "service_access_token"), "x"),
}
URL = "http://127.0.0.1:1/dev"
DOCUMENT = "/dev/.well-known/oauth-protected-resource/mcp"
ORIGIN = [("Origin", "https://app.example.com")]

Serving = Callable[[str], RunningGateway]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    started: dict[str, RunningGateway] = {}

    def serve(kind: str) -> RunningGateway:
        if kind not in started:
            directory: Path = tmp_path_factory.mktemp(kind)
            (directory / "apigw-oauth.toml").write_text(PROJECT.format(kind=kind))
            project = load_project(directory)
            api = local_api.define(project, local=LOCAL, log=lambda _line: None, gateway_url=URL)
            assert isinstance(api, RestApi | HttpApi)
            started[kind] = RunningGateway(api)
        return started[kind]

    yield serve
    for gateway in started.values():
        gateway.close()


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_the_metadata_is_that_of_this_machine_and_needs_no_token(serving: Serving, kind: str):
    reply = serving(kind).send("GET", DOCUMENT, ORIGIN)
    assert reply.json == {
        "resource": f"{URL}/mcp",
        "authorization_servers": ["http://127.0.0.1:8081"],
        "scopes_supported": ["tools"],
        "bearer_methods_supported": ["header"],
    }
    assert (reply.status, reply.header("Content-Type")) == (200, "application/json")
    # An HTTP API with a CORS configuration says for itself which origins may read.
    anybody = "*" if kind == "rest" else "https://app.example.com"
    assert reply.header("Access-Control-Allow-Origin") == anybody


@pytest.mark.rule("R64")
def test_the_fixed_challenge_leads_to_it(serving: Serving):
    challenge = serving("rest").send("POST", "/dev/mcp").header("WWW-Authenticate")
    assert challenge == f'Bearer resource_metadata="{URL}/.well-known/oauth-protected-resource/mcp"'


@pytest.mark.parametrize(("kind", "status"), [("rest", 200), ("http", 204)])
@pytest.mark.parametrize("target", ["/dev/mcp", "/dev/open", DOCUMENT])
def test_a_browser_may_ask_about_every_path(serving: Serving, kind: str, status: int, target: str):
    asks = [*ORIGIN, ("Access-Control-Request-Method", "POST")]
    reply = serving(kind).send("OPTIONS", target, asks)
    assert (reply.status, reply.body) == (status, b"")
    assert reply.header("Access-Control-Allow-Origin") == "https://app.example.com"
    assert reply.header("Access-Control-Allow-Headers") == "Authorization,Content-Type,DPoP,*"
    assert reply.header("Access-Control-Allow-Methods") == "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"
    assert reply.header("Access-Control-Max-Age") == "600"


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_a_browser_may_read_refusals_and_what_mocks_answer(serving: Serving, kind: str):
    for verb, target, status in (("POST", "/dev/mcp", 401), ("GET", "/dev/open", 200)):
        reply = serving(kind).send(verb, target, ORIGIN)
        assert (reply.status, reply.header("Access-Control-Allow-Origin")) == (status, "https://app.example.com")
