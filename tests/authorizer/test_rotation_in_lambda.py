"""Credentials that AWS keeps, from the event to the answer and the log."""

import base64
import json
import ssl
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError, VerifierUnavailableError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.verifiers import jws
from apigw_oauth.authorizer.verifiers.jwks import Key
from tests.authorizer.conftest import FakeClock
from tests.authorizer.lambda_environment import INACTIVE, VALID, LambdaContext, event, settings
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk
from tests.authorizer.verifiers.test_mutual_tls import certificate, pem
from tests.scripted_server import Behaviour, ScriptedServer, answer

OLD, NEW = "old-secret-to-look-for", "new-secret-to-look-for"
REFUSED = answer(b"{}", status="401 Unauthorized")
ACTIVE = answer(json.dumps({"active": True, "sub": "john", "scope": "profile", "client_id": "demo"}).encode())


class FakeSecrets:
    def __init__(self, *texts: Any) -> None:
        self.texts = list(texts)
        self.asked: list[str] = []

    def read(self, source: Source, *, when: str) -> str | None:
        self.asked.append(when)
        text: Any = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        if isinstance(text, Exception):
            raise text
        return None if text is None else str(text)


class Environment:
    """A handler whose credentials AWS keeps, and what it logs."""

    def __init__(self, url: str, secrets: FakeSecrets, *verifiers: dict[str, Any]) -> None:
        self.lines: list[str] = []
        authlete = {
            "type": "authlete",
            "base_url": url,
            "api_key": "key",
            "api_secret": "secretsmanager:as#secret",
        }
        self.handler = make_handler(
            settings(url, verifiers=list(verifiers or [authlete])),
            environ={}, clock=FakeClock(), write=self.lines.append, secrets=secrets,
        )  # fmt: skip

    def __call__(self, token: str = "t") -> str:
        effect: str = self.handler(event(token=token), LambdaContext())["policyDocument"]["Statement"][0]["Effect"]
        return effect

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def told(self, level: str) -> list[dict[str, Any]]:
        return [line for line in self.logged() if line["level"] == level]


def kept(secret: str) -> str:
    return json.dumps({"secret": secret})


def valid(subject: str) -> Behaviour:
    return answer(json.dumps({**VALID, "subject": subject}).encode())


def credentials(request: bytes) -> str:
    (line,) = (one for one in request.split(b"\r\n") if one.lower().startswith(b"authorization:"))
    return base64.b64decode(line.split(b" ")[-1]).decode()


def test_a_rotated_secret_costs_no_request_and_what_was_learned_with_the_old_one_is_forgotten():
    secrets = FakeSecrets(kept(OLD), kept(NEW))
    with ScriptedServer(valid("before"), REFUSED, valid("after"), valid("anew")) as server:
        environment = Environment(server.url, secrets)
        assert [environment("a"), environment("a"), environment("b"), environment("a")] == ["Allow"] * 4
        used = [credentials(request) for request in server.requests]
    assert used == [f"key:{OLD}", f"key:{OLD}", f"key:{NEW}", f"key:{NEW}"]
    assert secrets.asked == ["start", "refusal"]
    decisions = [line for line in environment.logged() if line.get("effect")]
    assert [(line["sub"], line["verifier"], line["cache"]) for line in decisions] == [
        ("before", "authlete", "miss"), ("before", "authlete", "hit"), ("after", "authlete", "miss"), ("anew", "authlete", "miss")
    ]  # fmt: skip
    (warning,) = environment.told("warning")[1:]  # the first one is about http://
    assert "AWS keeps other ones" in warning["message"]
    assert not any(secret in line for line in environment.lines for secret in (OLD, NEW))


def test_credentials_that_are_wrong_stay_a_misconfiguration_and_aws_is_asked_once():
    secrets = FakeSecrets(kept(OLD))
    with ScriptedServer(REFUSED) as server:
        environment = Environment(server.url, secrets)
        for _ in range(3):
            with pytest.raises(AuthorizerFailedError, match="credentials_refused"):
                environment()
        assert len(server.requests) == 3
    assert secrets.asked == ["start", "refusal"]
    assert {(line["reason"], line["failure"]) for line in environment.told("error")} == {
        ("credentials_refused", "misconfiguration")
    }


def test_a_refused_token_is_no_refusal_of_ours():
    secrets = FakeSecrets(kept(OLD))
    with ScriptedServer(answer(json.dumps(INACTIVE).encode())) as server:
        environment = Environment(server.url, secrets)
        with pytest.raises(UnauthorizedError):
            environment()
    assert secrets.asked == ["start"]


def test_an_outage_of_aws_is_a_500_that_says_so_and_nobody_is_let_in():
    secrets = FakeSecrets(VerifierUnavailableError("AWS does not answer (X)", reason=Reason.SECRETS_UNAVAILABLE))
    with ScriptedServer(valid("john")) as server:
        environment = Environment(server.url, secrets)
        for _ in range(2):
            with pytest.raises(AuthorizerFailedError, match="secrets_unavailable"):
                environment()
        assert server.requests == []
    assert secrets.asked == ["start", "request"]
    first, second = environment.told("error")
    assert first["failure"] == second["failure"] == "outage"
    assert first["message"] == second["message"] == "verifiers[0].api_secret: AWS does not answer (X)"


def test_what_the_extension_has_after_start_only_is_there_for_the_first_request():
    secrets = FakeSecrets(None, kept(NEW))
    with ScriptedServer(valid("john")) as server:
        environment = Environment(server.url, secrets)
        assert environment() == "Allow"
        assert credentials(server.requests[0]) == f"key:{NEW}"


def test_a_mistake_that_shows_at_the_first_request_is_in_its_line():
    secrets = FakeSecrets(None, SettingsError('may not be read; add this statement: {"Effect": "Allow"}'))
    environment = Environment("https://as.example", secrets)
    with pytest.raises(AuthorizerFailedError, match="internal_error"):
        environment()
    (line,) = environment.told("error")
    assert line["failure"] == "misconfiguration"
    assert line["message"].startswith("verifiers[0].api_secret: may not be read; add this statement: {")


def test_the_extension_of_the_environment_is_found_without_being_named():
    secret = answer(b'{"SecretString": "{\\"secret\\": \\"' + NEW.encode() + b'\\"}"}')
    with ScriptedServer(secret) as extension, ScriptedServer(valid("john")) as server:
        tables = [
            {
                "type": "authlete",
                "base_url": server.url,
                "api_key": "key",
                "api_secret": "secretsmanager:as#secret",
            }
        ]
        environ = {"AWS_SESSION_TOKEN": "t", "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(extension.port)}
        handler = make_handler(
            settings(server.url, verifiers=tables), environ=environ, clock=FakeClock(), write=lambda _: None
        )
        assert handler(event(), LambdaContext())["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        assert credentials(server.requests[0]) == f"key:{NEW}"


def introspecting(url: str, **keys: str) -> dict[str, Any]:
    return {"type": "introspection", "endpoint": f"{url}/introspect", "client_id": "api", **keys}


def test_a_signing_key_rotates_too():
    old, new = private_key("P-256"), private_key("P-384")
    secrets = FakeSecrets(pem(old), pem(new))
    with ScriptedServer(REFUSED, ACTIVE) as server:
        verifier = introspecting(
            server.url, client_auth="private_key_jwt", private_key="secretsmanager:signing-key"
        )
        assert Environment(server.url, secrets, verifier)() == "Allow"
        bodies = [parse_qs(request.partition(b"\r\n\r\n")[2].decode()) for request in server.requests]
    for body, curve in zip(bodies, ("P-256", "P-384"), strict=True):
        jws.verify(jws.parse(body["client_assertion"][0]), Key.parse(public_jwk(curve)))


def test_a_client_certificate_rotates_too(tmp_path, monkeypatch):
    server_key, *keys = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    old, new = (certificate(name, key) for name, key in zip(("old", "new"), keys, strict=True))
    file, clients = tmp_path / "server.pem", tmp_path / "clients.pem"
    file.write_text(pem(server_key) + certificate("server", server_key))
    clients.write_text(old + new)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(clients)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    shown: list[Any] = []

    def looking(then: Behaviour) -> Behaviour:
        def behave(connection: Any) -> object:
            shown.append(dict(connection.getpeercert()["subject"][0])["commonName"])
            return then(connection)

        return behave

    pairs = [json.dumps({"certificate": one, "key": pem(key)}) for one, key in zip((old, new), keys, strict=True)]
    with ScriptedServer(looking(REFUSED), looking(ACTIVE), tls=context) as server:
        verifier = introspecting(
            server.url, client_auth="tls_client_auth", client_certificate="secretsmanager:pair#certificate",
            client_key="secretsmanager:pair#key",
        )  # fmt: skip
        secrets = FakeSecrets(*pairs)
        assert Environment(server.url, secrets, verifier)() == "Allow"
    assert shown == ["old", "new"]
    assert secrets.asked == ["start", "refusal"]  # both halves of a pair come from one reading
