"""How events tell of a certificate."""

import ssl
from typing import Any, cast

import pytest

from apigw_oauth.gateway.client_certificate import CONTEXT_NAMES, ClientCertificate
from tests.gateway.certificates import authority, client

DECODED: dict[str, Any] = {
    "subject": ((("countryName", "US"),), (("organizationName", "A"), ("organizationalUnitName", "B"))),
    "issuer": ((("stateOrProvinceName", "Washington"),), (("commonName", "My Private CA"),)),
    "serialNumber": "A1" * 16,
    "notBefore": "May 28 12:30:02 2019 GMT",
    "notAfter": "Aug  5 09:36:04 2021 GMT",
}


class Connection:
    """The end of a connection, as far as it is asked."""

    def __init__(self, der: bytes | None = b"\x30\x00", **decoded: Any) -> None:
        self._der = der
        self._decoded = {**DECODED, **decoded} if der is not None else None

    def getpeercert(self, *, binary_form: bool = False) -> object:
        return self._der if binary_form else self._decoded


def told(**decoded: Any) -> ClientCertificate:
    found = ClientCertificate.of_connection(cast("ssl.SSLObject", Connection(**decoded)))
    assert found is not None
    return found


def test_the_member_has_the_documented_form() -> None:
    assert told().member() == {
        "clientCert": {
            "clientCertPem": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "subjectDN": "C=US,O=A+OU=B",
            "issuerDN": "ST=Washington,CN=My Private CA",
            "serialNumber": "a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1",
            "validity": {"notBefore": "May 28 12:30:02 2019 GMT", "notAfter": "Aug  5 09:36:04 2021 GMT"},
        }
    }


def test_the_certificate_itself_is_written_as_openssl_does() -> None:
    certificate = client(authority())
    der = ssl.PEM_cert_to_DER_cert(certificate.pem)
    assert told(der=der).pem == certificate.pem
    assert max(map(len, certificate.pem.splitlines())) == 64


@pytest.mark.parametrize(
    ("digits", "serial"),
    [
        ("01", "1"),
        ("00", "0"),
        ("7F" * 8, "9187201950435737471"),
        ("0A" * 9, "0a:0a:0a:0a:0a:0a:0a:0a:0a"),
        ("-01", "-1"),
        ("-" + "0A" * 9, "-0a:0a:0a:0a:0a:0a:0a:0a:0a"),
    ],
)
def test_serial_numbers_are_those_of_openssl(digits: str, serial: str) -> None:
    assert told(serialNumber=digits).serial_number == serial


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a,b", r"a\,b"),
        ('a+"b"', r"a\+\"b\""),
        (r"a\b", r"a\\b"),
        ("<a>;", r"\<a\>\;"),
        ("#a", r"\#a"),
        (" a ", r"\ a\ "),
        (" ", r"\ "),
        ("", ""),
        ("Grün", "Grün"),
        ("a=b", "a=b"),
    ],
)
def test_a_name_cannot_pretend_to_have_further_attributes(value: str, written: str) -> None:
    subject = ((("commonName", value),), (("1.2.3", "x"),))
    assert told(subject=subject).subject_dn == f"CN={written},1.2.3=x"


def test_without_a_verified_certificate_nothing_is_told() -> None:
    assert ClientCertificate.of_connection(cast("ssl.SSLObject", Connection(None))) is None


def test_every_variable_of_the_context_has_a_value() -> None:
    certificate = told()
    assert [certificate.context(name) for name in CONTEXT_NAMES] == [
        certificate.pem, "C=US,O=A+OU=B", "ST=Washington,CN=My Private CA", certificate.serial_number,
        "May 28 12:30:02 2019 GMT", "Aug  5 09:36:04 2021 GMT",
    ]  # fmt: skip
    for name in ("identity.clientCert", "identity.clientCert.validity", "identity.clientCertificate"):
        assert certificate.context(name) is None
