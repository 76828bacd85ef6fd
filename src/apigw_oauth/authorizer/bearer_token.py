"""Take the access token out of a request. See RFC 6750 §2.1."""

import re

from apigw_oauth.authorizer.errors import InvalidRequestError, MissingTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request

MAX_TOKEN_LENGTH = 8192
"""API Gateway takes 10,240 bytes for all headers together; a longer token could not arrive."""

_SCHEME = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: |$)")
_CREDENTIALS = re.compile(r"(?i:bearer) +([A-Za-z0-9\-._~+/]+=*)")


def from_request(request: Request) -> str:
    """Return the one access token of the `Authorization` header, without its scheme.

    Raises MissingTokenError where no bearer token is offered, InvalidRequestError where it is malformed, too
    long, or one of several. Does not look at the query string or the body (RFC 9700 §4.3.2).
    """
    values = request.headers.get("authorization", ())
    if not any(value.strip(" \t") for value in values):
        raise MissingTokenError("The request has no access token.")
    if len(values) > 1:
        raise InvalidRequestError(
            "The request has more than one Authorization header.", reason=Reason.MULTIPLE_TOKENS
        )
    value = values[0].strip(" \t")
    if len(value) > MAX_TOKEN_LENGTH + len("Bearer "):
        raise InvalidRequestError("The access token is too long.", reason=Reason.TOKEN_TOO_LONG)
    scheme = _SCHEME.match(value)
    if scheme is not None and scheme[1].lower() != "bearer":
        raise MissingTokenError("The request has no bearer token.", reason=Reason.UNSUPPORTED_SCHEME)
    credentials = _CREDENTIALS.fullmatch(value)
    if credentials is None:
        raise InvalidRequestError("The Authorization header is malformed.", reason=_why_malformed(value))
    return credentials[1]


def _why_malformed(value: str) -> Reason:
    # A comma is how joined headers look, and cannot be part of a token.
    return Reason.MULTIPLE_TOKENS if "," in value else Reason.MALFORMED_AUTHORIZATION
