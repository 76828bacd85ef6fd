"""Take the access token out of a request. See RFC 6750 §2.1 and RFC 9449 §7.1."""

import re
from typing import NamedTuple

from apigw_oauth.authorizer.errors import InvalidProofError, InvalidRequestError, MissingTokenError, Scheme
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.sha256 import sha256

MAX_TOKEN_LENGTH = 8192
"""API Gateway takes 10,240 bytes for all headers together; a longer token could not arrive."""
_MAX_LENGTH = MAX_TOKEN_LENGTH + len("Bearer ")

# Patterns, compiled where they are needed: most headers are plain.
_SCHEME = r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: |$)"
_CREDENTIALS = r"[A-Za-z]+ +([A-Za-z0-9\-._~+/]+=*)"
_TOKEN_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
_TOKEN_OCTETS = _TOKEN_LETTERS + b"="
_PRESENTED = r"\s*(?:bearer|dpop) +(\S+)\s*"
_SCHEMES: dict[str, Scheme] = {"bearer": "Bearer", "dpop": "DPoP"}


class Credentials(NamedTuple):
    """What a request presents: an access token, and the scheme that says how to use it."""

    scheme: Scheme
    token: str

    def __repr__(self) -> str:
        """Name the scheme without the token."""
        return f"Credentials({self.scheme})"


def from_request(request: Request, *, dpop: bool) -> Credentials:
    """Return the one access token of the `Authorization` header, with its scheme; `dpop`: proofs can be checked.

    Raises MissingTokenError where no token is offered, InvalidRequestError where it is malformed, too long, one of
    several, or of the scheme `Bearer` with a proof beside it, InvalidProofError for the scheme `DPoP` without one.
    Does not look at the query string or the body (RFC 9700 §4.3.2), nor into the proof.
    """
    values = request.headers.get("authorization", ())
    if len(values) == 1 and not (dpop and "dpop" in request.headers):
        value = values[0]
        # Nearly all clients send `Bearer ` and a token. Its characters are looked at by C, in a third of the time
        # that an expression takes for a JWT (1 of 3 µs): without letters, the space is what is left.
        letters = value.rstrip("=")
        is_plain = value[:7] == "Bearer " and len(letters) > 7 and len(value) <= _MAX_LENGTH and value.isascii()
        if is_plain and letters.encode().translate(None, _TOKEN_LETTERS) == b" ":
            return new(Credentials, ("Bearer", value[7:]))
    if not any(value.strip(" \t") for value in values):
        raise MissingTokenError("The request has no access token.")
    if len(values) > 1:
        raise InvalidRequestError(
            "The request has more than one Authorization header.", reason=Reason.MULTIPLE_TOKENS
        )
    value = values[0].strip(" \t")
    if len(value) > _MAX_LENGTH:
        raise InvalidRequestError("The access token is too long.", reason=Reason.TOKEN_TOO_LONG)
    credentials = Credentials(_scheme(value, dpop=dpop), _token(value))
    if dpop:
        _require_one_meaning(credentials, request)
    return credentials


def fingerprint(request: Request) -> str | None:
    """Return the first eight hexadecimal digits of the token's SHA-256: enough to follow it through a log."""
    values = request.headers.get("authorization")
    if not values:
        return None
    value = values[-1]
    token = value[7:]
    octets = token.encode("utf-8", "surrogatepass")
    # As nearly none: the expression takes 2 µs for a JWT.
    if value[:7] != "Bearer " or not octets or octets.translate(None, _TOKEN_OCTETS):
        presented = re.fullmatch(_PRESENTED, value, re.IGNORECASE)
        if presented is None:  # of other schemes, such as Basic, not even this is told
            return None
        octets = presented[1].encode("utf-8", "surrogatepass")
    return sha256(octets).hexdigest()[:8]


def _scheme(value: str, *, dpop: bool) -> Scheme:
    found = re.match(_SCHEME, value)
    if found is None:
        raise InvalidRequestError("The Authorization header is malformed.", reason=_why_malformed(value))
    scheme = _SCHEMES.get(found[1].lower())
    if scheme is None or (scheme == "DPoP" and not dpop):
        raise MissingTokenError("The request has no bearer token.", reason=Reason.UNSUPPORTED_SCHEME)
    return scheme


def _token(value: str) -> str:
    credentials = re.fullmatch(_CREDENTIALS, value)
    if credentials is None:
        raise InvalidRequestError("The Authorization header is malformed.", reason=_why_malformed(value))
    return credentials[1]


def _require_one_meaning(credentials: Credentials, request: Request) -> None:
    proofs = request.headers.get("dpop", ())
    if credentials.scheme == "Bearer" and proofs:
        raise InvalidRequestError(
            "The request has a DPoP proof, and the scheme Bearer.", reason=Reason.AMBIGUOUS_PRESENTATION
        )
    if credentials.scheme == "DPoP" and not proofs:
        raise InvalidProofError("The request has no DPoP proof.", reason=Reason.MISSING_PROOF)


def _why_malformed(value: str) -> Reason:
    # A comma is how joined headers look, and cannot be part of a token.
    return Reason.MULTIPLE_TOKENS if "," in value else Reason.MALFORMED_AUTHORIZATION
