"""RFC 8705 §3: the certificate of the connection is the one that the token is bound to."""

import base64
import datetime as dt
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import client_certificate
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.dpop_client import CERTIFICATE, CERTIFICATE_THUMBPRINT, other_certificate
from tests.authorizer.verifiers.jose_signing import private_key

BODY = "".join(CERTIFICATE.splitlines()[1:-1])


def pem(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def refused(text: str | None, expected: str = CERTIFICATE_THUMBPRINT) -> bool:
    try:
        client_certificate.require(text, expected)
    except InvalidTokenError as error:
        assert error.reason is Reason.WRONG_CERTIFICATE
        return True
    return False


@pytest.mark.rule("R52")
def test_the_thumbprint_of_the_example_of_rfc_8705_is_found():
    assert client_certificate.thumbprint(CERTIFICATE) == CERTIFICATE_THUMBPRINT
    assert not refused(CERTIFICATE)


@pytest.mark.rule("R52")
@pytest.mark.parametrize("kind", ["RSA", "P-256", "Ed25519"])
def test_the_thumbprint_is_what_cryptography_finds(kind):
    key = private_key(kind)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + dt.timedelta(days=1))
    made = builder.sign(key, None if kind == "Ed25519" else hashes.SHA256())
    text = made.public_bytes(serialization.Encoding.PEM).decode()
    expected = base64.urlsafe_b64encode(made.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    assert client_certificate.thumbprint(text) == expected


@pytest.mark.rule("R52")
@pytest.mark.parametrize(
    "text",
    [
        CERTIFICATE.replace("\n", "\r\n"), CERTIFICATE.strip(), pem(BODY), CERTIFICATE.replace("\n", ""), CERTIFICATE + other_certificate(),
        "subject=CN = mtls\n" + CERTIFICATE,
    ],
)  # fmt: skip
def test_the_first_certificate_counts_however_its_lines_end(text):
    assert not refused(text)
    assert refused(other_certificate() + CERTIFICATE)


@pytest.mark.rule("R53")
@pytest.mark.parametrize("text", [None, "", other_certificate()])
def test_a_connection_without_the_certificate_is_refused(text):
    assert refused(text)


@pytest.mark.rule("R53")
@pytest.mark.parametrize(
    "text",
    [
        BODY, pem(""), pem(BODY + "="), pem(BODY.rstrip("=")), pem(BODY[:-2] + "Z="), pem("*" + BODY), pem(BODY[:40] + "=" + BODY[40:]), pem(BODY.replace("/", "_")),
        pem("é"), pem("\ud800"), "-----BEGIN CERTIFICATE-----", CERTIFICATE.replace("END", "FIN"), CERTIFICATE.replace(" CERTIFICATE", " X509 CERTIFICATE"),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + CERTIFICATE, "-----END CERTIFICATE-----" + "-----BEGIN CERTIFICATE-----" + BODY,
        pem(f"Proc-Type: 4,ENCRYPTED\n\n{BODY}"), pem("A" * 65536), "-----BEGIN " * 5000, "CERT_CONTENT", CERTIFICATE.replace("\n", "%0A"),
    ],
)  # fmt: skip
def test_a_certificate_that_cannot_be_read_is_refused(text):
    assert refused(text)


@pytest.mark.rule("R53")
def test_a_block_of_another_kind_is_not_read_as_if_it_were_a_certificate():
    assert refused(CERTIFICATE.replace("BEGIN CERTIFICATE-----\n", "BEGIN KEY-----AAAAAAAA"))


@pytest.mark.rule("R53", "L11")
def test_a_text_that_is_too_long_is_not_looked_at():
    assert client_certificate.thumbprint(pem("A" * 60_000))
    with pytest.raises(ValueError, match="too long"):
        client_certificate.thumbprint(pem("A" * 65_536))


@pytest.mark.rule("R53")
@pytest.mark.parametrize(
    "expected", [hashlib.sha256(b"x").hexdigest(), CERTIFICATE_THUMBPRINT + "=", "", "\ud800", "é"]
)
def test_another_thumbprint_is_another_certificate(expected):
    assert refused(CERTIFICATE, expected)


@pytest.mark.rule("R53")
@given(st.data())
def test_no_other_text_passes_for_the_certificate(data):
    start = data.draw(st.integers(0, len(CERTIFICATE)))
    end = data.draw(st.integers(start, min(len(CERTIFICATE), start + 5)))
    put = data.draw(st.text(st.sampled_from("-AZaz09+/=\n é\x00B"), max_size=5))
    text = CERTIFICATE[:start] + put + CERTIFICATE[end:]
    if not refused(text):
        inside = text.partition("CERTIFICATE-----")[2].partition("-----")[0]
        assert "".join(inside.split()) == BODY
