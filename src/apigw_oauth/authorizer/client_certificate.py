"""Tokens that are bound to the certificate of a TLS connection. See RFC 8705 §3.

The certificate is the one that API Gateway has verified and put into the event. Does not look at any header, and
does not verify a chain: which certificates get here is the business of the custom domain's trust store.
"""

import base64
import hashlib
import hmac

from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import base64url

MAX_LENGTH = 65_536
"""Characters of PEM text, a chain included."""

_ANY_BEGIN = "-----BEGIN "
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_NO_SPACE = str.maketrans("", "", " \t\r\n")


def thumbprint(pem: str) -> str:
    """Return `x5t#S256` of the first certificate of a PEM text: base64url of the SHA-256 of its DER octets.

    Raises ValueError if there is none, or if it is not strict base64.
    """
    if len(pem) > MAX_LENGTH:
        raise ValueError("too long")
    begin = pem.find(_ANY_BEGIN)
    end = pem.find(_END, begin)
    if begin < 0 or not pem.startswith(_BEGIN, begin) or end < 0:
        raise ValueError("not a certificate in PEM")
    text = pem[begin + len(_BEGIN) : end].translate(_NO_SPACE)
    der = base64.b64decode(text.encode("ascii"), validate=True)
    if not der or base64.b64encode(der).decode("ascii") != text:
        raise ValueError("not base64 as it is to be written")
    return base64url.encode(hashlib.sha256(der).digest())


def require(pem: str | None, expected: str) -> None:
    """Raise InvalidTokenError unless the connection has the certificate with the expected thumbprint."""
    if pem is None:
        raise _refusal("The access token is bound to a client certificate, and the connection has none.")
    try:
        actual = thumbprint(pem)
    except ValueError:
        raise _refusal("The client certificate cannot be read.") from None
    if not hmac.compare_digest(actual.encode("ascii"), expected.encode("utf-8", "surrogatepass")):
        raise _refusal("The access token is bound to another client certificate.")


def _refusal(message: str) -> InvalidTokenError:
    return InvalidTokenError(message, reason=Reason.WRONG_CERTIFICATE)
