"""A certificate for this machine, and the authority that issued it, made on the fly.

Only loaded for TLS: nobody else pays for the import.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_OWN_NAMES = ("localhost", "127.0.0.1", "::1")
_LIFETIME = timedelta(days=30)  # longer than anybody leaves a development server alone
_EARLIER = timedelta(hours=1)  # for clients whose clock is behind


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """PEM texts: the server's certificate, its private key, and the certificate of the authority.

    The authority's private key is not among them: it is forgotten as soon as it has signed, so that whoever trusts
    the authority trusts this one server.
    """

    certificate: str
    key: str
    authority: str


def make(hosts: Sequence[str], now: datetime) -> ServerCertificate:
    """Make a certificate for this machine's own names, and for hosts and addresses besides.

    Keys are on P-256. `now` knows its time zone.
    """
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key, now).sign(authority_key, hashes.SHA256())
    names = list(dict.fromkeys([*_OWN_NAMES, *hosts]))
    certificate = _server(key, authority, names, now).sign(authority_key, hashes.SHA256())
    return ServerCertificate(
        certificate=_pem(certificate),
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"),
        authority=_pem(authority),
    )


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    name = _name("apigw-oauth serve, on this machine only")
    return (
        _built(name, name, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
    )


def _server(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, hosts: Sequence[str], now: datetime
) -> x509.CertificateBuilder:
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
    return (
        _built(_name("localhost"), authority.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(issuer, critical=False)
    )


def _built(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    public_key = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
