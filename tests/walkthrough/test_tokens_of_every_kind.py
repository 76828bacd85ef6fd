"""`serve` and `token` work with every type of verifier, as the project file has it for production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve_process import FREE, ServeProcess, run
from tests.walkthrough.oauth_client import OAuthClient

AUTHLETE = """
[[verifiers]]
type = "authlete"
base_url = "https://api.authlete.com"
api_key = "env:ABSENT"
api_secret = "env:ABSENT"
"""
INTROSPECTION = """
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_auth = "private_key_jwt"
client_id = "api"
private_key = "file:absent.pem"
audience = "https://api.example.com"
"""
JWT = """
[[verifiers]]
type = "jwt"
issuer = "https://as.example.com"
audience = ["https://api.example.com", "https://alias.example.com"]
discovery = true
"""
PROJECT = """
[routes]
"GET /profile" = { scopes = ["profile"], integration = { mock = '{"Hello":"World"}' } }
"GET /write" = { scopes = ["write"], integration = { mock = '{}' } }
"GET /me" = { scopes = [], integration = { mock = '{}' } }
[[local.clients]]
client_id = "demo"
scopes = ["profile"]
"""
KINDS = {
    "authlete": AUTHLETE,
    "introspection": INTROSPECTION,
    "jwt": JWT,
    "jwt-RS256": f'{JWT}algorithms = ["RS256"]\n',
    "jwt-PS256": f'{JWT}algorithms = ["PS256"]\n',
    "jwt-EdDSA": f'{JWT}algorithms = ["EdDSA"]\n',
    "jwt-of-keycloak": f'{JWT}profile = "keycloak"\n',
    "jwt-then-introspection": JWT + INTROSPECTION,
    "jwt-then-authlete": JWT + AUTHLETE,
}


@pytest.fixture(scope="module", params=sorted(KINDS))
def serve(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    directory = tmp_path_factory.mktemp("kind")
    (directory / "apigw-oauth.toml").write_text(PROJECT + KINDS[request.param])
    server = ServeProcess(directory, *FREE)
    yield server
    server.stop()


def printed(serve: ServeProcess, *arguments: str) -> str:
    done = run("token", "--project", str(serve.project), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_token_that_the_command_prints_is_good_where_it_has_the_scope(serve: ServeProcess):
    token = printed(serve, "--scope", "profile")
    assert [serve.get(path, token).status_code for path in ("/profile", "/write", "/me")] == [200, 403, 200]
    assert 'scope="write"' in serve.get("/write", token).headers["WWW-Authenticate"]


def test_a_jwt_is_good_everywhere_and_a_broken_one_nowhere(serve: ServeProcess):
    token = printed(serve, "--scope", "profile", "--jwt")
    assert serve.get("/profile", token).status_code == 200
    head, body, signature = token.split(".")
    broken = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert serve.get("/profile", broken).status_code == 401


def test_a_token_from_the_standard_endpoint_is_good(serve: ServeProcess):
    token = OAuthClient(serve).token(scope="profile")
    assert serve.get("/profile", token).status_code == 200


def test_rubbish_is_refused_and_no_token_is_asked_for(serve: ServeProcess):
    assert serve.get("/profile", "rubbish").status_code == 401
    assert serve.get("/profile").status_code == 401


def test_a_token_for_another_api_is_refused_where_an_audience_is_asked_for(
    serve: ServeProcess, request: pytest.FixtureRequest
):
    token = OAuthClient(serve).token(scope="profile", resource="https://other.example.com")
    asks = "authlete" not in request.node.callspec.params["serve"]
    assert serve.get("/profile", token).status_code == (401 if asks else 200)


@pytest.mark.parametrize("verifiers", [f"{AUTHLETE}positive_ttl = 0\n", f"{INTROSPECTION}positive_ttl = 0\n"])
def test_a_revoked_token_is_refused_at_once_where_nothing_is_kept(tmp_path: Path, verifiers: str):
    (tmp_path / "apigw-oauth.toml").write_text(f'{PROJECT}[authorizer]\ncache = "off"\n{verifiers}')
    server = ServeProcess(tmp_path, *FREE)
    try:
        client = OAuthClient(server)
        token = client.token(scope="profile")
        assert server.get("/profile", token).status_code == 200
        client.revoke(token)
        assert server.get("/profile", token).status_code == 401
    finally:
        server.stop()


def test_a_jwt_that_is_introspected_as_well_can_be_revoked(tmp_path: Path):
    asked = f"{INTROSPECTION}positive_ttl = 0\nintrospect_jwts = true\n"
    project = f'{PROJECT}[authorizer]\ncache = "off"\n{JWT}positive_ttl = 0\n{asked}'
    (tmp_path / "apigw-oauth.toml").write_text(project)
    server = ServeProcess(tmp_path, *FREE)
    try:
        client = OAuthClient(server)
        token = printed(server, "--scope", "profile", "--jwt")
        assert server.get("/profile", token).status_code == 200
        client.revoke(token)
        assert server.get("/profile", token).status_code == 401
    finally:
        server.stop()
