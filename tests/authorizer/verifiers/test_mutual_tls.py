"""Connections with a certificate of ours."""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import introspection, mutual_tls
from apigw_oauth.authorizer.verifiers.table import Table
from tests.authorizer.conftest import make_request
from tests.scripted_server import ScriptedServer, answer

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


def certificate(name: str, key: ec.EllipticCurvePrivateKey) -> str:
    """A certificate that nobody has signed but itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now, address = datetime.now(UTC), ipaddress.ip_address("127.0.0.1")
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(address)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(PEM).decode()


def pem(key: Any, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    text: bytes = key.private_bytes(PEM, PKCS8, encryption)
    return text.decode()


KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
CERTIFICATE = certificate("client", KEY)


def settings(**changes: str) -> dict[str, str]:
    return {
        "client_auth": "tls_client_auth", "client_id": "api", "client_certificate": CERTIFICATE, "client_key": pem(KEY),
        **changes,
    }  # fmt: skip


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server that wants a certificate, and that the system vouches for."""
    file, clients = tmp_path / "server.pem", tmp_path / "clients.pem"
    file.write_text(pem(OTHER) + certificate("server", OTHER))
    clients.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(clients)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with ScriptedServer(answer(b'{"active":true,"sub":"john"}'), tls=context) as running:
        yield running


@pytest.mark.rule("R27")
def test_the_certificate_is_shown_and_the_form_names_the_client(server):
    verifier = introspection.from_settings({"endpoint": server.url, **settings()}, Surroundings())
    assert verifier.verify("t", make_request()).subject == "john"
    assert server.requests[0].endswith(b"token=t&token_type_hint=access_token&client_id=api")
    assert b"Authorization" not in server.requests[0]


def test_without_it_the_server_does_not_talk_to_us(server):
    plain = {"endpoint": server.url, "client_id": "api", "client_secret": "s"}
    with pytest.raises(VerifierUnavailableError):
        introspection.from_settings(plain, Surroundings()).verify("t", make_request())
    assert server.requests == []


def test_the_file_that_ssl_reads_is_for_us_alone_and_is_gone_at_once(tmp_path, monkeypatch):
    seen: list[int] = []

    class Watching(ssl.SSLContext):
        def load_cert_chain(self, certfile: Any, keyfile: Any = None, password: Any = None) -> None:
            seen.append(Path(certfile).stat().st_mode & 0o777)
            super().load_cert_chain(certfile, keyfile, password)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(ssl, "create_default_context", lambda: Watching(ssl.PROTOCOL_TLS_CLIENT))
    mutual_tls.from_table(Table(settings(), kind="x"))
    assert seen == [0o600]
    assert list(Path(tmp_path).iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_certificate": "client.pem"}, "client_certificate: must be PEM"),
        ({"client_key": "1"}, "client_key: must be PEM"),
        ({"client_key": pem(OTHER)}, "client_certificate: cannot be loaded with client_key"),
        ({"client_key": pem(KEY, b"pw")}, "client_certificate: cannot be loaded with client_key"),
        (
            {"client_key": "-----BEGIN PRIVATE KEY-----\nMIG\n"},
            "client_certificate: cannot be loaded with client_key",
        ),
        ({"client_certificate": "-----BEGIN CERTIFICATE-----\nMIG\n"}, "client_certificate: cannot be loaded"),
    ],
)
def test_a_certificate_and_a_key_that_cannot_be_used_are_found_at_start(tmp_path, monkeypatch, changes, message):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SettingsError) as caught:
        mutual_tls.from_table(Table(settings(**changes), kind="x"))
    assert str(caught.value).startswith(message)
    assert list(Path(tmp_path).iterdir()) == []
