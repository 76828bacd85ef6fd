"""Authorities of tests, and the certificates of clients that they issue."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apigw_oauth.gateway import server_certificate
from apigw_oauth.gateway.tls import Tls

SUBJECT = (("C", "US"), ("O", "Pets, Inc."), ("CN", "client.example.com"))
DN = r"C=US,O=Pets\, Inc.,CN=client.example.com"
_KINDS = {"C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME, "CN": NameOID.COMMON_NAME}
SERVER = server_certificate.make([], datetime.now(UTC))


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def write(self, directory: Path, *chain: "Issued", name: str = "client") -> Path:
        """Write certificate, chain and key into one file, as curl and Python take it."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        path = directory / f"{name}.pem"
        path.write_text("".join([self.pem, *(one.pem for one in chain), key]))
        return path


def authority(name: str = "Pets CA", *, issuer: Issued | None = None) -> Issued:
    return _issued([("CN", name)], issuer, ca=True)


def client(
    issuer: Issued | None,
    subject: Sequence[tuple[str, str]] = SUBJECT,
    *,
    serial: int | None = None,
    days: int = 1,
) -> Issued:
    """Return a client's certificate; without an issuer it is self-signed, with negative days it has expired."""
    return _issued(subject, issuer, ca=False, serial=serial, days=days)


def _issued(
    subject: Sequence[tuple[str, str]],
    issuer: Issued | None,
    *,
    ca: bool,
    serial: int | None = None,
    days: int = 1,
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(_KINDS[kind], value) for kind, value in subject])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(end - timedelta(days=3))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return Issued(builder.sign(key if issuer is None else issuer.key, hashes.SHA256()), key)


def server_side(trust_store: str | None = None, refusals: list[str] | None = None) -> ssl.SSLContext:
    """Return what a gateway of a test speaks TLS with."""
    told = [] if refusals is None else refusals
    return Tls(SERVER.certificate, SERVER.key, trust_store).context(on_refused=told.append)


def client_side(certificate: Path | None = None, authority: str = SERVER.authority) -> ssl.SSLContext:
    """Return what a client verifies the gateway with, and the certificate that it presents."""
    context = ssl.create_default_context(cadata=authority)
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context
