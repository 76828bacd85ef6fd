"""apigw-oauth token."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.authserver.test_client_certificates import make_certificate
from tests.serve_process import FREE, ServeProcess, run


def test_it_prints_a_token_that_works_and_nothing_else(shared_serve: ServeProcess):
    done = run("token", "--scope", "profile", "--project", str(shared_serve.project))
    assert (done.returncode, done.stderr) == (0, "")
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 200


def test_json_says_what_was_given(shared_serve: ServeProcess):
    done = run(
        "token",
        "--scope",
        "profile",
        "--subject",
        "john",
        "--expires-in",
        "60",
        "--json",
        "--project",
        str(shared_serve.project),
    )
    given = json.loads(done.stdout)
    assert given.pop("access_token")
    assert given == {
        "token_type": "Bearer", "expires_in": 60, "scope": "profile", "client_id": "demo", "subject": "john",
    }  # fmt: skip


def test_a_jwt_is_the_same_token_in_another_form(shared_serve: ServeProcess):
    done = run("token", "--scope", "profile", "--subject", "john", "--jwt", "--project", str(shared_serve.project))
    assert done.stdout.count(".") == 2
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 200


JWT_PROJECT = """[routes]
"GET /hello" = { scopes = ["profile"], integration = { mock = '{}' } }

[[verifiers]]
type = "jwt"
issuer = "https://as.example.com"
jwks_uri = "https://as.example.com/jwks"
audience = "https://api.example.com"
algorithms = ["RS256"]
"""


@pytest.fixture(scope="module")
def jwt_serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    directory = tmp_path_factory.mktemp("jwt")
    (directory / "apigw-oauth.toml").write_text(JWT_PROJECT)
    server = ServeProcess(directory, *FREE)
    yield server
    server.stop()


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def test_where_jwts_alone_are_verified_one_is_printed_and_works(jwt_serve: ServeProcess):
    done = run("token", "--scope", "profile", "--project", str(jwt_serve.project))
    token = done.stdout.strip()
    assert claims_of(token)["aud"] == ["https://api.example.com"]
    assert jwt_serve.get("/hello", token).status_code == 200
    opaque = run("token", "--scope", "profile", "--opaque", "--project", str(jwt_serve.project)).stdout.strip()
    assert "." not in opaque
    assert jwt_serve.get("/hello", opaque).status_code == 401


def test_the_standard_token_endpoint_gives_what_is_verified_too(jwt_serve: ServeProcess):
    client = jwt_serve.ready["clients"][0]
    data = {"grant_type": "client_credentials", "scope": "profile"}
    url = f"{jwt_serve.ready['authserver']}/token"
    given = httpx2.post(
        url, data=data, auth=(client["client_id"], client["client_secret"]), trust_env=False
    ).json()
    assert jwt_serve.get("/hello", given["access_token"]).status_code == 200


def test_facts_of_a_token_can_be_chosen(jwt_serve: ServeProcess, tmp_path: Path):
    certificate, x5t = make_certificate()
    file = tmp_path / "client.pem"
    file.write_text(certificate)
    der = tmp_path / "client.der"
    der.write_bytes(x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER))
    jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    options = [
        *("--subject", "john", "--acr", "gold", "--auth-time", "60"),
        *("--resource", "https://a", "--resource", "https://b", "--dpop-jkt", jkt),
        *("--authorization-details", '[{"type":"t","datatypes":["d"],"more":1}]'),
    ]
    for chosen in (file, der):
        done = run("token", *options, "--certificate", str(chosen), "--project", str(jwt_serve.project))
        claims = claims_of(done.stdout)
        assert claims["acr"] == "gold"
        assert 50 <= claims["iat"] - claims["auth_time"] <= 70
        assert claims["aud"] == ["https://a", "https://b"]
        assert claims["cnf"] == {"jkt": jkt, "x5t#S256": x5t}
        assert claims["authorization_details"] == [{"type": "t", "datatypes": ["d"], "more": 1}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--certificate", "missing.pem"], "--certificate: missing.pem: No such file"),
        (["--certificate", __file__], "is not a certificate"),
        (["--authorization-details", "{}"], "--authorization-details: must be"),
        (["--auth-time", "-1"], "--auth-time"),
        (["--dpop-jkt", "short"], "dpopKeyThumbprint"),
    ],
)
def test_facts_that_cannot_be_read_are_told(jwt_serve: ServeProcess, options: list[str], message: str):
    done = run("token", "--project", str(jwt_serve.project), *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_without_a_scope_the_token_has_none(shared_serve: ServeProcess):
    done = run("token", "--project", str(shared_serve.project))
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 403


def test_another_server_is_named_with_its_credentials(shared_serve: ServeProcess, tmp_path: Path):
    ready = shared_serve.ready
    credentials = {
        "AUTHLETE_API_KEY": ready["service_api_key"],
        "AUTHLETE_API_SECRET": ready["service_api_secret"],
    }
    options = ["token", "--authserver", ready["authserver"], "--project", str(tmp_path)]
    assert run(*options, "--client", "demo", environ=credentials).returncode == 0
    assert "AUTHLETE_API_KEY" in run(*options, "--client", "demo").stderr
    assert "--client" in run(*options, environ=credentials).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--client", "nobody"], "A107201"), (["--scope", "unheard-of"], "A106201"),
        (["--expires-in", "x"], "--expires-in"), (["--expires-in", "-1"], "--expires-in"),
    ],
)  # fmt: skip
def test_what_the_server_refuses_is_told(shared_serve: ServeProcess, options: list[str], message: str):
    done = run("token", "--project", str(shared_serve.project), *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nothing_runs_it_says_what_to_start(project: Path):
    done = run("token", "--project", str(project))
    assert (done.returncode, done.stdout) == (2, "")
    assert "apigw-oauth serve" in done.stderr


def test_a_server_that_does_not_answer(tmp_path: Path):
    credentials = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
    options = ["token", "--authserver", "http://127.0.0.1:1", "--client", "demo", "--project", str(tmp_path)]
    done = run(*options, environ=credentials)
    assert done.returncode == 2
    assert "does not answer" in done.stderr


@pytest.mark.parametrize(
    "url", ["http://[", "nonsense", "http://192.0.2.1", "http://localhost:1", "ftp://127.0.0.1"]
)
def test_credentials_are_not_sent_in_clear_to_other_machines(tmp_path: Path, url: str):
    credentials = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
    done = run("token", "--authserver", url, "--client", "demo", "--project", str(tmp_path), environ=credentials)
    assert done.returncode == 2
    assert "must be https" in done.stderr
