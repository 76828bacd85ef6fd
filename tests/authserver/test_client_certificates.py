import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from apigw_oauth.authserver.client_certificates import MalformedCertificateError, thumbprint_matches


def make_certificate() -> tuple[str, str]:
    """Make a certificate in PEM, and its thumbprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return certificate.public_bytes(Encoding.PEM).decode(), base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_thumbprint_is_that_of_the_first_certificate():
    pem, thumbprint = make_certificate()
    other_pem, other = make_certificate()
    assert thumbprint_matches(pem, thumbprint)
    assert thumbprint_matches(pem + other_pem, thumbprint)
    assert not thumbprint_matches(pem, other)


@pytest.mark.parametrize("pem", ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ü"])
def test_what_is_no_certificate_is_malformed(pem):
    with pytest.raises(MalformedCertificateError):
        thumbprint_matches(pem, "x")
