"""The certificate that a client presented with mutual TLS, as API Gateway tells functions of it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTEXT_NAMES = (
    "identity.clientCert.clientCertPem", "identity.clientCert.subjectDN", "identity.clientCert.issuerDN",
    "identity.clientCert.serialNumber", "identity.clientCert.validity.notBefore",
    "identity.clientCert.validity.notAfter",
)  # fmt: skip
"""The variables of `$context` that it fills."""

# OpenSSL's long names of attributes, which Python gives, and its short ones, which the published events have.
_SHORT_NAMES = {
    "businessCategory": "businessCategory", "commonName": "CN", "countryName": "C", "dnQualifier": "dnQualifier",
    "domainComponent": "DC", "emailAddress": "emailAddress", "givenName": "GN", "initials": "initials",
    "localityName": "L", "organizationName": "O", "organizationalUnitName": "OU", "serialNumber": "serialNumber",
    "stateOrProvinceName": "ST", "streetAddress": "street", "surname": "SN", "title": "title", "userId": "UID",
}  # fmt: skip
_SPECIAL = frozenset(',+"\\<>;')
_LONGEST_DECIMAL_SERIAL = 8  # bytes

Name = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What events say of a certificate; its chain has been verified when the connection was made.

    Names have the order of the certificate and the dates OpenSSL's form, as in the event that AWS published in
    "Introducing mutual TLS authentication for Amazon API Gateway". A serial number of up to eight bytes is decimal
    (`1` there), a longer one bytes with colons (`a1:a1:…` in the Developer Guide): so does OpenSSL print them.
    """

    pem: str
    subject_dn: str
    issuer_dn: str
    serial_number: str
    not_before: str
    not_after: str

    @classmethod
    def of_connection(cls, connection: ssl.SSLObject) -> "ClientCertificate | None":
        """Return the certificate of the client at the other end, if one was asked for."""
        decoded: Mapping[str, Any] | None = connection.getpeercert()
        der = connection.getpeercert(binary_form=True)
        if not decoded or der is None:  # empty unless it was verified
            return None
        return cls(
            pem=ssl.DER_cert_to_PEM_cert(der),
            subject_dn=_text(decoded["subject"]),
            issuer_dn=_text(decoded["issuer"]),
            serial_number=_serial(decoded["serialNumber"]),
            not_before=decoded["notBefore"],
            not_after=decoded["notAfter"],
        )

    def member(self) -> dict[str, dict[str, object]]:
        """Return `clientCert` as a member of `identity`, or of `authentication`."""
        return {
            "clientCert": {
                "clientCertPem": self.pem,
                "subjectDN": self.subject_dn,
                "issuerDN": self.issuer_dn,
                "serialNumber": self.serial_number,
                "validity": {"notBefore": self.not_before, "notAfter": self.not_after},
            }
        }

    def context(self, name: str) -> str | None:
        """Return a variable of `$context`, or None if it is not about the certificate."""
        values = (
            self.pem, self.subject_dn, self.issuer_dn, self.serial_number, self.not_before, self.not_after,
        )  # fmt: skip
        return dict(zip(CONTEXT_NAMES, values, strict=True)).get(name)


def identity_member(certificate: ClientCertificate | None) -> dict[str, dict[str, object]]:
    """Return `clientCert` as a member of `identity`; nothing without mutual TLS."""
    return certificate.member() if certificate is not None else {}


def _text(name: Name) -> str:
    return ",".join(
        "+".join(f"{_SHORT_NAMES.get(kind, kind)}={_escaped(value)}" for kind, value in several)
        for several in name
    )


def _escaped(value: str) -> str:
    """Return a value as RFC 4514 section 2.4 writes it."""
    text = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in value)
    if text.startswith(("#", " ")):
        text = f"\\{text}"
    return f"{text[:-1]}\\ " if len(value) > 1 and value.endswith(" ") else text


def _serial(digits: str) -> str:
    """Return a serial number that Python gives as hexadecimal digits, two a byte."""
    if len(digits) <= 2 * _LONGEST_DECIMAL_SERIAL:
        return str(int(digits, 16))
    sign = "-" if digits.startswith("-") else ""  # RFC 5280 forbids it, OpenSSL does not
    return sign + bytes.fromhex(digits.removeprefix("-")).hex(":")
