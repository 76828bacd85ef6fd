"""What Authlete says of a good token → AccessToken. See `/auth/introspection` in Authlete's API reference."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.authlete_api import nonsense

_NONCE = r"[\x21\x23-\x5B\x5D-\x7E]{1,256}"
_LAST_MOMENT = 1e18  # milliseconds; far beyond any token, and below what arithmetic cannot do
_PUBLIC_IDENTIFIERS = (
    ("clientIdAliasUsed", "clientIdAlias"),
    ("clientEntityIdUsed", "clientEntityId"),
    ("metadataDocumentUsed", "metadataDocumentLocation"),
)


class FactRules(NamedTuple):
    """What an API expects of its tokens, and wants to know of them."""

    issuer: str
    audience: frozenset[str] | None
    """None: any."""
    properties: tuple[str, ...]
    """Names of extra properties that become claims."""


def facts(content: Mapping[str, Any], rules: FactRules) -> AccessToken:
    """Return what Authlete says. Raises InvalidTokenError, VerifierUnavailableError."""
    if any(content.get(fact) is not None and content[fact] is not True for fact in ("usable", "existent")):
        raise nonsense("action OK for a token that is not usable", about_one_token=True)
    thumbprint = _optional(content, "certificateThumbprint", str)
    return AccessToken(
        issuer=rules.issuer,
        subject=_optional(content, "subject", str) or None,
        client_id=_client_id(content),
        scopes=frozenset(filter(scopes.is_scope, _strings(content, "scopes"))),
        audience=_audience(content, rules),
        expires_at=_seconds(content),
        confirmation={"x5t#S256": thumbprint} if thumbprint else {},
        claims={**_properties(content, rules.properties), **_claims(content)},
        dpop_nonce=nonce(content),
    )


def nonce(content: Mapping[str, Any]) -> str | None:
    """Return what the client's next proof has to hold, fit for a header. See RFC 9449 §8.1."""
    value: str | None = _optional(content, "dpopNonce", str)
    if value is not None and re.fullmatch(_NONCE, value) is None:
        raise nonsense("dpopNonce cannot be sent in a header", about_one_token=True)
    return value


def _optional(content: Mapping[str, Any], key: str, kind: Callable[[Any], Any]) -> Any:
    value = content.get(key)
    if value is not None and type(value) is not kind:
        raise nonsense(f"{key} has the wrong type", about_one_token=True)
    return value


def _strings(content: Mapping[str, Any], key: str) -> list[str]:
    values = _optional(content, key, list) or []
    if not all(isinstance(value, str) for value in values):
        raise nonsense(f"{key} has the wrong type", about_one_token=True)
    return values


def _client_id(content: Mapping[str, Any]) -> str | None:
    """Return the identifier by which the client called itself when it got the token, else its number."""
    for used, name in _PUBLIC_IDENTIFIERS:
        identifier: str | None = _optional(content, name, str)
        if content.get(used) is True and identifier:
            return identifier
    number: int | None = _optional(content, "clientId", int)
    return str(number) if number else None


def _audience(content: Mapping[str, Any], rules: FactRules) -> frozenset[str]:
    """Return the resources of this token, not those of its grant, which may be more. See RFC 8707 §2.2."""
    audience = frozenset(_strings(content, "accessTokenResources"))
    if rules.audience is not None and audience.isdisjoint(rules.audience):
        raise InvalidTokenError("The access token is meant for another API.", reason=Reason.WRONG_AUDIENCE)
    return audience


def _seconds(content: Mapping[str, Any]) -> float | None:
    """Return the end of the token's life; Authlete says milliseconds, and 0 for what it does not know."""
    value = content.get("expiresAt")
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LAST_MOMENT:
        raise nonsense("expiresAt is not a number of milliseconds", about_one_token=True)
    return value / 1000


def _claims(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what RFC 9068 and RFC 9470 call otherwise than Authlete; `authTime` is in seconds, 0 for none."""
    named = {
        "acr": _optional(content, "acr", str),
        "auth_time": _optional(content, "authTime", int),
        "grant_type": _optional(content, "grantType", str),
        "authorization_details": _details(content),
    }
    return {name: value for name, value in named.items() if value}


def _details(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return authorization details as RFC 9396 §2 has them.

    Authlete has an object with `elements`, says `dataTypes` for `datatypes`, and puts what it does not know into
    `otherFields`, as text; the plain form of the RFC is read too.
    """
    value = content.get("authorizationDetails")
    elements = value.get("elements") if isinstance(value, dict) else value
    if elements is None:
        return []
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise nonsense("authorizationDetails has the wrong type", about_one_token=True)
    return [_inlined(element) for element in elements]


def _inlined(element: Mapping[str, Any]) -> dict[str, Any]:
    others = _optional(element, "otherFields", str) or "{}"
    try:
        further = strict_json.loads_object(others.encode("utf-8"))
    except ValueError:
        raise nonsense("otherFields is not a JSON object", about_one_token=True) from None
    known = {
        "datatypes" if name == "dataTypes" else name: value
        for name, value in element.items()
        if name != "otherFields" and value is not None
    }
    if not isinstance(known.get("type"), str):
        raise InvalidTokenError("Its authorization details are malformed.", reason=Reason.INVALID_CLAIMS)
    return {**further, **known}


def _properties(content: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return the extra properties of these names; hidden ones are not for an API to know."""
    told = {}
    for one in _optional(content, "properties", list) or []:
        if not isinstance(one, dict):
            raise nonsense("properties has the wrong type", about_one_token=True)
        name, value = _optional(one, "key", str), _optional(one, "value", str)
        is_hidden = one.get("hidden") is not None and one["hidden"] is not False
        if name in names and value is not None and not is_hidden:
            told[name] = value
    return told
