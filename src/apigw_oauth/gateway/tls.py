"""TLS at the gateway's door, and mutual TLS as on a custom domain of API Gateway."""

import os
import re
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
# What OpenSSL calls the commonest failures, in words that say what to do.
_DISTRUST = "it does not trust this server; use curl -k, or --cacert with the CA certificate of this run"
_REASONS = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it sent no certificate, and the trust store demands one",
    "HTTP_REQUEST": "it speaks plain HTTP; the address begins with https://",
    "TLSV1_ALERT_UNKNOWN_CA": _DISTRUST,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _DISTRUST,
    "SSLV3_ALERT_BAD_CERTIFICATE": _DISTRUST,
}


class TrustStoreError(ValueError):
    """A trust store cannot be used; the message says why, without its name."""


@dataclass(frozen=True, slots=True)
class Tls:
    """What the server shows, and whom it lets in: PEM texts.

    With a `trust_store` each client needs a certificate of one of its CAs. `certificate` may be a chain.
    """

    certificate: str
    key: str
    trust_store: str | None = None

    def context(self, *, on_refused: Callable[[str], object] = lambda _: None) -> ssl.SSLContext:
        """Return what connections are made with; `on_refused` is told why a handshake failed.

        Raises TrustStoreError. API Gateway speaks TLS 1.2 and 1.3 to custom domains; and HTTP/2, unlike this.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        _load(context, self.certificate, self.key)
        issuers: list[Any] | None = None
        if self.trust_store is not None:
            issuers = _trust(context, self.trust_store)
            context.verify_mode = ssl.CERT_REQUIRED
            context.options |= ssl.OP_NO_TICKET  # a ticket would carry a certificate past its end
            context.num_tickets = 0  # the same for TLS 1.3
        context.sslobject_class = _telling(on_refused, issuers)
        return context


def check_trust_store(pem: str) -> None:
    """Raise TrustStoreError unless this is a bundle of certificates with a CA among them."""
    _trust(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), pem)


def _trust(context: ssl.SSLContext, pem: str) -> list[Any]:
    """Take in the CAs, and return their names; text between certificates is passed over."""
    found = _CERTIFICATE.findall(pem)
    if not found:
        raise TrustStoreError("has no certificate in PEM; put those of the CAs in that certify clients")
    try:
        context.load_verify_locations(cadata="\n".join(found))
    except (ssl.SSLError, ValueError):
        raise TrustStoreError("has a certificate that cannot be read; write it anew") from None
    names = [authority["subject"] for authority in context.get_ca_certs()]
    if not names:
        raise TrustStoreError(
            "has no certificate of a CA; put those in that certify clients, not the clients' own"
        )
    return names


def _load(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Load both through a file that only its owner can read, and that is gone at once: Python takes no text."""
    descriptor, path = tempfile.mkstemp(prefix="apigw-oauth-", suffix=".pem")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{certificate}\n{key}")
        context.load_cert_chain(path)
    finally:
        Path(path).unlink()


def _telling(on_refused: Callable[[str], object], issuers: list[Any] | None) -> type[ssl.SSLObject]:
    """Return the end of a connection that tells why a handshake failed; `sslobject_class` is there for that.

    And it refuses what OpenSSL accepts and API Gateway does not: an issuer that is not in the trust store itself,
    but was sent along by the client, and a certificate that is its own issuer. AWS names both in "How do I
    troubleshoot HTTP 403 Forbidden errors from an API Gateway custom domain name that requires mutual TLS?".
    """

    class TellingSSLObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
                if issuers is not None:
                    _require_issuer(self, issuers)
            except ssl.SSLWantReadError:
                raise
            except ssl.SSLError as error:
                on_refused(f"a client did not get through the TLS handshake: {_reason(error)}")
                raise

    return TellingSSLObject


def _require_issuer(connection: ssl.SSLObject, issuers: list[Any]) -> None:
    certificate: dict[str, Any] = connection.getpeercert() or {}
    if certificate.get("issuer") == certificate.get("subject"):
        raise ssl.SSLCertVerificationError("its certificate is self-signed")
    if certificate.get("issuer") not in issuers:
        raise ssl.SSLCertVerificationError("the issuer of its certificate is not in the trust store")


def _reason(error: ssl.SSLError) -> str:
    """Return why, in words of ours and OpenSSL's: nothing that the client wrote."""
    if isinstance(error, ssl.SSLCertVerificationError):
        verified = getattr(error, "verify_message", None)
        return f"its certificate is not accepted ({verified})" if verified else str(error.args[0])
    return _REASONS.get(error.reason or "", (error.reason or "unknown reason").replace("_", " ").lower())
