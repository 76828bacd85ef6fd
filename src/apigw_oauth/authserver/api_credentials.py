"""Whether an API call comes from the service's owner: Basic in version 2 of the API, Bearer in version 3."""

import base64
import binascii
import hmac
import re
from typing import NamedTuple

from starlette.requests import Request

from apigw_oauth.authserver.api_calls import ApiError
from apigw_oauth.authserver.service import Service

_CREDENTIALS = re.compile(r"([A-Za-z]+) +([A-Za-z0-9\-._~+/]+=*) *", re.ASCII)
_NOT_SHOWN = "(not shown)"  # Authlete repeats the header here; a secret would end up in somebody's log


class BasicCredentials(NamedTuple):
    """User name and password of an Authorization header."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"BasicCredentials(user={self.user!r})"


def authenticate(request: Request, service: Service) -> None:
    """Let a call pass that carries the service's credentials, and raise ApiError for any other.

    That a wrong v3 token is answered like wrong v2 credentials is an assumption.
    """
    service_id = request.path_params.get("service_id")
    scheme = "Basic" if service_id is None else "Bearer"
    headers = request.headers.getlist("authorization")
    if not headers:
        raise _refusal(scheme, "A001202")
    credentials = _token68(headers, scheme)
    if credentials is None:
        raise _refusal(scheme, "A001203", _NOT_SHOWN)
    if service_id is None:
        _require_key_and_secret(credentials, service)
    else:
        _require_service_token(service_id, credentials, service)


def authenticate_with_token(request: Request, service: Service) -> None:
    """Let a call pass that carries the service access token, and raise ApiError for any other."""
    headers = request.headers.getlist("authorization")
    if not headers:
        raise _refusal("Bearer", "A001202")
    token = _token68(headers, "Bearer")
    if token is None:
        raise _refusal("Bearer", "A001203", _NOT_SHOWN)
    _require_service_token(service.api_key, token, service)


def parse_basic(value: str) -> BasicCredentials | None:
    """Read an Authorization header of the Basic scheme; None when it is anything else. See RFC 7617 §2."""
    token68 = _token68([value], "Basic")
    return _decoded(token68) if token68 is not None else None


def _token68(headers: list[str], scheme: str) -> str | None:
    match = _CREDENTIALS.fullmatch(headers[0]) if len(headers) == 1 else None
    return match.group(2) if match and match.group(1).lower() == scheme.lower() else None


def _decoded(token68: str) -> BasicCredentials | None:
    try:
        text = base64.b64decode(token68, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, colon, password = text.partition(":")
    return BasicCredentials(user, password) if colon else None


def _require_key_and_secret(token68: str, service: Service) -> None:
    credentials = _decoded(token68)
    if credentials is None:
        raise _refusal("Basic", "A001203", _NOT_SHOWN)
    if not _same(credentials.user, service.api_key):
        raise _refusal("Basic", "A003201")
    if not service.api_secret.matches(credentials.password):
        raise _refusal("Basic", "A003204", service.api_key)


def _require_service_token(service_id: str, token: str, service: Service) -> None:
    if not _same(service_id, service.api_key):
        raise _refusal("Bearer", "A003201")
    if not service.access_token.matches(token):
        raise _refusal("Bearer", "A003204", service.api_key)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8"))


def _refusal(scheme: str, code: str, *values: object) -> ApiError:
    return ApiError(401, code, *values, headers={"WWW-Authenticate": f'{scheme} realm="authlete"'})
