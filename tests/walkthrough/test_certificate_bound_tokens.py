"""Certificate-bound tokens through `serve --tls` with a trust store: real handshakes, real certificates."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.gateway import certificates
from tests.serve_process import FREE, ServeProcess, run
from tests.walkthrough.test_tokens_of_every_kind import AUTHLETE, INTROSPECTION, JWT

PROJECT = """
[api]
type = "{kind}"
[routes]
"GET /bound" = {{ scopes = ["profile"], sender_constrained = true, integration = {{ mock = '{{}}' }} }}
"GET /any" = {{ scopes = [], integration = {{ mock = '{{}}' }} }}
[authorizer]
cache = "off"
[local]
trust_store = "truststore.pem"
[[local.clients]]
client_id = "demo"
scopes = ["profile"]
"""
KINDS = {
    "rest-authlete": AUTHLETE,
    "rest-introspection": INTROSPECTION,
    "rest-jwt": JWT,
    "http-introspection": INTROSPECTION,
    "http-jwt": JWT,
}


class Clients:
    """Two clients with certificates of one authority, and the running API that trusts it."""

    def __init__(self, directory: Path, kind: str, verifier: str) -> None:
        authority = certificates.authority()
        (directory / "truststore.pem").write_text(authority.pem)
        (directory / "apigw-oauth.toml").write_text(PROJECT.format(kind=kind) + verifier)
        self.mine, self.other = (
            certificates.client(authority).write(directory, name=name) for name in ("mine", "other")
        )
        self.serve = ServeProcess(directory, *FREE, "--tls")
        self.refused = 401 if kind == "rest" else 403

    def token(self, *arguments: str) -> str:
        done = run("token", "--project", str(self.serve.project), "--scope", "profile", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def get(self, path: str, certificate: Path, token: str) -> int:
        context = ssl.create_default_context(cafile=self.serve.ready["ca"])
        context.load_cert_chain(certificate)
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.get(self.serve.ready["gateway"] + path, headers=headers, verify=context, trust_env=False)
        return answer.status_code


@pytest.fixture(scope="module", params=sorted(KINDS))
def clients(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    kind = request.param.partition("-")[0]
    found = Clients(tmp_path_factory.mktemp("certificates"), kind, KINDS[request.param])
    yield found
    found.serve.stop()


@pytest.mark.rule("R51", "R52")
def test_a_bound_token_passes_over_the_connection_of_its_certificate(clients: Clients):
    token = clients.token("--certificate", str(clients.mine))
    assert clients.get("/bound", clients.mine, token) == 200
    assert clients.get("/any", clients.mine, token) == 200


@pytest.mark.rule("R53")
def test_a_stolen_token_is_refused_over_the_connection_of_another_certificate(clients: Clients):
    token = clients.token("--certificate", str(clients.mine))
    assert clients.get("/bound", clients.other, token) == clients.refused
    assert clients.get("/any", clients.other, token) == clients.refused


@pytest.mark.rule("R54")
def test_a_token_that_is_not_bound_is_refused_where_it_must_be(clients: Clients):
    token = clients.token()
    assert clients.get("/any", clients.mine, token) == 200
    assert clients.get("/bound", clients.mine, token) == clients.refused


def test_curl_does_what_the_article_does(clients: Clients):
    token = clients.token("--certificate", str(clients.mine))
    done = subprocess.run(
        ["curl", "-sk", "--cert", str(clients.mine), "-H", f"Authorization: Bearer {token}", clients.serve.ready["gateway"] + "/bound"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == {}
