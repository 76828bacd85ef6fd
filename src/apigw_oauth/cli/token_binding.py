"""What binds a token to a client certificate."""

import base64
import hashlib
from pathlib import Path

from apigw_oauth.cli.options import WrongUsageError


def thumbprint(certificate: Path) -> str:
    """Return the `x5t#S256` of the first certificate in a file. Raises WrongUsageError. See RFC 8705 §3.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        content = certificate.read_bytes()
    except OSError as error:
        raise WrongUsageError(f"--certificate: {certificate}: {error.strerror}") from None
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
    try:
        der = load(content).public_bytes(Encoding.DER)
    except ValueError:
        raise WrongUsageError(f"--certificate: {certificate}: is not a certificate in PEM or DER") from None
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode("ascii")
