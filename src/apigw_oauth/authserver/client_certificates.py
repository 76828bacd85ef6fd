"""Client certificates of bound tokens."""

import hashlib
import hmac

from apigw_oauth.authserver.secret_hashes import base64url


class MalformedCertificateError(ValueError):
    """A client certificate that is not one in PEM."""


def thumbprint_matches(certificate_pem: str, thumbprint: str) -> bool:
    """Compare the first certificate of a PEM text with a thumbprint, base64url of SHA-256 over DER.

    Raises MalformedCertificateError. Does not check validity or issuer: the TLS server did. See RFC 8705 §3.1.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode("utf-8"))
    except ValueError:
        raise MalformedCertificateError from None
    found = base64url(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest())
    return hmac.compare_digest(found.encode("ascii"), thumbprint.encode("utf-8"))
