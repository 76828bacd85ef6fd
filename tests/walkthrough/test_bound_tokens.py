"""DPoP and step-up through `serve`, over real HTTP, for every type of API and verifier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.serve_process import FREE, ServeProcess, run
from tests.walkthrough.oauth_client import OAuthClient
from tests.walkthrough.test_tokens_of_every_kind import AUTHLETE, INTROSPECTION, JWT

PROJECT = """
[api]
type = "{kind}"
[routes]
"GET /bound" = {{ scopes = ["profile"], sender_constrained = true, integration = {{ mock = '{{}}' }} }}
"GET /a/{{id}}" = {{ scopes = [], integration = {{ mock = '{{}}' }} }}
"GET /gold" = {{ scopes = [], acr_values = ["gold"], integration = {{ mock = '{{}}' }} }}
"GET /fresh" = {{ scopes = [], max_age = 300, integration = {{ mock = '{{}}' }} }}
[authorizer]
cache = "off"
{authorizer}
[[local.clients]]
client_id = "demo"
scopes = ["profile"]
"""
VERIFIERS = {"authlete": AUTHLETE, "introspection": INTROSPECTION, "jwt": JWT}
DYNAMIC = 'refusals = "dynamic-401"'


def serving(directory: Path, kind: str, verifier: str, authorizer: str = DYNAMIC) -> ServeProcess:
    text = PROJECT.format(kind=kind, authorizer=authorizer) + VERIFIERS[verifier]
    (directory / "apigw-oauth.toml").write_text(text)
    return ServeProcess(directory, *FREE)


@pytest.fixture(
    scope="module", params=["rest-authlete", "rest-introspection", "rest-jwt", "http-introspection", "http-jwt"]
)
def serve(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    kind, _, verifier = request.param.partition("-")
    server = serving(tmp_path_factory.mktemp("bound"), kind, verifier)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def client(serve: ServeProcess) -> OAuthClient:
    return OAuthClient(serve)


@pytest.fixture(scope="module")
def refused(serve: ServeProcess) -> int:
    """What a refusal is: HTTP APIs know no 401 with a token."""
    return 401 if serve.ready["gateway"].endswith("/dev") else 403


@pytest.mark.rule("R42", "R43", "R44", "R45")
def test_a_bound_token_with_a_proof_for_this_request_passes(client: OAuthClient):
    token = client.token(bound=True, scope="profile")
    assert client.get("/bound", token).status_code == 200
    assert client.get("/a/7?x=1", token, htu=client.url("/a/7")).status_code == 200


@pytest.mark.rule("R46")
def test_a_proof_is_good_once(client: OAuthClient, serve: ServeProcess, refused: int):
    token = client.token(bound=True, scope="profile")
    headers = client.headers("/bound", token)
    assert [serve.get("/bound", headers=headers).status_code for _ in range(2)] == [200, refused]


@pytest.mark.rule("R37", "R39", "R44", "R54")
def test_everything_else_is_refused(client: OAuthClient, serve: ServeProcess, refused: int):
    token, unbound = client.token(bound=True, scope="profile"), client.token(scope="profile")
    other = OAuthClient(serve)
    for answer in (
        serve.get("/bound", token),  # as if it were not bound
        serve.get("/bound", unbound),  # the route wants it bound
        client.get("/a/7", unbound),  # a proof over a token that is not bound proves nothing
        serve.get("/bound", headers=client.headers("/a/7", token)),  # a proof for another address
        other.get("/bound", token),  # a stolen token
        client.get("/bound", token, htm="POST"),
        client.get("/bound", token, iat=1),
        serve.get("/bound", headers={**client.headers("/bound", token), "Authorization": f"Bearer {token}"}),
        serve.get("/bound", headers={"Authorization": f"DPoP {token}"}),
    ):
        assert answer.status_code == refused, answer.request.headers
    assert serve.get("/a/7", unbound).status_code == 200


@pytest.mark.rule("R55", "R56", "R57")
def test_a_login_that_is_too_weak_or_too_old_is_asked_for_again(serve: ServeProcess, refused: int):
    def answer(path: str, *arguments: str) -> int:
        done = run("token", "--project", str(serve.project), "--subject", "john", *arguments)
        assert done.returncode == 0, done.stderr
        return serve.get(path, done.stdout.strip()).status_code

    assert answer("/gold", "--acr", "gold") == answer("/fresh", "--auth-time", "10") == 200
    assert (
        answer("/gold", "--acr", "silver") == answer("/gold") == answer("/fresh", "--auth-time", "310") == refused
    )


@pytest.mark.rule("R57")
def test_a_rest_api_says_what_it_asks_for(tmp_path: Path):
    server = serving(tmp_path, "rest", "jwt")
    try:
        done = run("token", "--project", str(server.project), "--subject", "john")
        challenge = server.get("/gold", done.stdout.strip()).headers["WWW-Authenticate"]
    finally:
        server.stop()
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="gold"' in challenge


@pytest.mark.rule("R48", "R49", "R68")
def test_a_nonce_comes_with_the_refusal_and_is_good_in_the_next_proof(tmp_path: Path):
    server = serving(tmp_path, "rest", "introspection", f"{DYNAMIC}\ndpop = {{ nonces = true }}")
    try:
        client = OAuthClient(server)
        token = client.token(bound=True, scope="profile")
        first = client.get("/bound", token)
        assert (first.status_code, first.headers["Cache-Control"]) == (401, "no-store")
        assert 'error="use_dpop_nonce"' in first.headers["WWW-Authenticate"]
        assert "DPoP-Nonce" in first.headers["Access-Control-Expose-Headers"]
        assert client.get("/bound", token, nonce=first.headers["DPoP-Nonce"]).status_code == 200
        assert client.get("/bound", token, nonce="made-up").status_code == 401
    finally:
        server.stop()


@pytest.mark.rule("R44")
@pytest.mark.parametrize("verifier", ["introspection", "jwt"])
def test_a_handshake_is_proven_too(tmp_path: Path, verifier: str):
    (tmp_path / "apigw-oauth.toml").write_text(f"""
[api]
type = "websocket"
[routes]
"$connect" = {{ scopes = ["profile"], sender_constrained = true }}
[[local.clients]]
client_id = "demo"
scopes = ["profile"]
{VERIFIERS[verifier]}""")
    server = ServeProcess(tmp_path, *FREE)
    try:
        client = OAuthClient(server)
        token = client.token(bound=True, scope="profile")
        with connect(server.ready["gateway"], additional_headers=client.headers("", token)):
            pass
        for headers in (client.headers("/other", token), {"Authorization": f"Bearer {token}"}):
            with pytest.raises(InvalidStatus):
                connect(server.ready["gateway"], additional_headers=headers)
    finally:
        server.stop()
