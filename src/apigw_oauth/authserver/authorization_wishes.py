"""What an authorization request asks for beyond scopes: PKCE, an audience, an authentication, a bound token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apigw_oauth.authserver import authorization_details, resource_indicators, scopes
from apigw_oauth.authserver.authorization_details import Elements, MalformedDetailsError

_CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}", re.ASCII)
_THUMBPRINT = re.compile(r"[A-Za-z0-9\-_]{43}", re.ASCII)
_MAX_AGE = re.compile(r"[0-9]{1,9}", re.ASCII)
_MAX_ACR_VALUES_LENGTH = 1000

Query = Mapping[str, list[str]]


class UnreadableWishError(Exception):
    """A parameter that is not in order: an OAuth error and a result code."""

    def __init__(self, error: str, code: str, *values: object) -> None:
        super().__init__(code)
        self.error = error
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. `acr` is the first of `acr_values` that the service supports."""

    code_challenge: str | None
    code_challenge_method: str | None
    resources: tuple[str, ...]
    authorization_details: Elements
    acr: str | None
    dpop_thumbprint: str | None


def read_wishes(parameters: Query, *, pkce_required: bool, supported_acrs: tuple[str, ...]) -> Wishes:
    """Read them from a query. Raises UnreadableWishError.

    `max_age` and `prompt=login` need no answer: somebody logs in for each request, and that is the moment of
    `auth_time`.
    """
    challenge, method = _pkce(parameters, required=pkce_required)
    _once(parameters, "max_age", _MAX_AGE)
    return Wishes(
        code_challenge=challenge,
        code_challenge_method=method,
        resources=_resources(parameters),
        authorization_details=_details(parameters),
        acr=_acr(parameters, supported_acrs),
        dpop_thumbprint=_once(parameters, "dpop_jkt", _THUMBPRINT),
    )


def _pkce(parameters: Query, *, required: bool) -> tuple[str | None, str | None]:
    """See RFC 7636 §4.3; the standard endpoint wants S256, as RFC 9700 §2.1.1 has it."""
    challenges, methods = parameters.get("code_challenge", []), parameters.get("code_challenge_method", [])
    if required and (not challenges or methods != ["S256"]):
        raise UnreadableWishError("invalid_request", "DEV215")
    if not challenges and not methods:
        return None, None
    method = methods[0] if methods else "plain"
    if len(methods) > 1 or not challenges or method not in {"S256", "plain"}:
        raise UnreadableWishError("invalid_request", "DEV203")
    if len(challenges) > 1 or not _CHALLENGE.fullmatch(challenges[0]):
        raise UnreadableWishError("invalid_request", "DEV204")
    return challenges[0], method


def _resources(parameters: Query) -> tuple[str, ...]:
    resources = parameters.get("resource", [])
    if not resource_indicators.are_in_order(resources):
        raise UnreadableWishError("invalid_target", "DEV217")
    return resource_indicators.distinct(resources)


def _details(parameters: Query) -> Elements:
    values = parameters.get("authorization_details", [])
    try:
        details = authorization_details.parse(values[0]) if len(values) == 1 else ()
    except MalformedDetailsError:
        details = ()
    if values and not details:
        raise UnreadableWishError("invalid_authorization_details", "DEV219")
    return details


def _acr(parameters: Query, supported: tuple[str, ...]) -> str | None:
    asked = parameters.get("acr_values", [""])
    if len(asked) > 1 or len(asked[0]) > _MAX_ACR_VALUES_LENGTH:
        raise UnreadableWishError("invalid_request", "DEV216", "acr_values")
    return next((acr for acr in scopes.parse(asked[0]) if acr in supported), None)


def _once(parameters: Query, name: str, form: re.Pattern[str]) -> str | None:
    values = parameters.get(name, [])
    if values and (len(values) > 1 or not form.fullmatch(values[0])):
        raise UnreadableWishError("invalid_request", "DEV216", name)
    return values[0] if values else None
