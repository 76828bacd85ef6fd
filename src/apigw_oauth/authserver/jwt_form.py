"""Access tokens in JWT form: a signed wrapper around the random token, which is its `jti`."""

import base64
from collections.abc import Mapping
from typing import Any

from apigw_oauth.authserver import strict_json
from apigw_oauth.authserver.challenges import ASYMMETRIC_ALGORITHMS
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import TokenRecord

_JWS_PARTS = 3
_JWE_PARTS = 5
_ASYMMETRIC = frozenset([*ASYMMETRIC_ALGORITHMS.split(" "), "ES256K", "Ed25519", "Ed448"])


def write(service: Service, value: str, record: TokenRecord, more_claims: Mapping[str, Any]) -> str:
    """Write a token as a JWT. See RFC 9068 §2.2.

    Further claims cannot take the name of one that describes the record, not even where the record has none.
    """
    visible = {item["key"]: item.get("value") for item in record.properties if not item.get("hidden")}
    claims = _claims(service, value, record)
    stated = {name: claim for name, claim in claims.items() if claim}
    further = {name: claim for name, claim in {**more_claims, **visible}.items() if name not in claims}
    return service.signing_key.sign({**further, **stated})


def find(service: Service, token: str | None) -> tuple[str, TokenRecord] | Refusal:
    """Find the value and record of a token in either form, or say why there is none.

    The answer to a JWT with a wrong signature is an assumption: Authlete publishes no code for it.
    """
    if not token:
        return Refusal("BAD_REQUEST", "invalid_request", "A057301")
    record = service.tokens.find(token)
    if record is not None:
        return token, record
    value = _value_in(service, token)
    if isinstance(value, Refusal):
        return value
    record = service.tokens.find(value)
    return (value, record) if record is not None else _refused("A057302")


def _value_in(service: Service, token: str) -> str | Refusal:
    parts = token.split(".")
    header = _json_object(parts[0]) if len(parts) in {_JWS_PARTS, _JWE_PARTS} else None
    if header is None:
        return _refused("A057302")
    if len(parts) == _JWE_PARTS or str(header.get("alg")) not in _ASYMMETRIC:
        return _refused("A057306")
    claims = _json_object(parts[1])
    if claims is None:
        return _refused("A057304")
    value = claims.get("jti")
    if not isinstance(value, str) or not value:
        return _refused("A057305")
    return value if service.signing_key.has_signed(token) else _refused("A057302")


def _refused(code: str) -> Refusal:
    return Refusal("UNAUTHORIZED", "invalid_token", code)


def _json_object(part: str) -> dict[str, Any] | None:
    try:
        octets = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
        return strict_json.loads_object(octets.decode("utf-8"))
    except ValueError:
        return None


def _claims(service: Service, value: str, record: TokenRecord) -> dict[str, Any]:
    """List every claim that a record can have; those that this one has not are empty."""
    confirmation = {"x5t#S256": record.certificate_thumbprint, "jkt": record.dpop_thumbprint}
    bound = {method: thumbprint for method, thumbprint in confirmation.items() if thumbprint}
    return {
        "iss": service.settings.base_url,
        "client_id": record.public_client_id,
        "iat": record.created_at // 1000,
        "jti": value,
        "grant_type": record.grant_type.lower(),
        "sub": record.subject,
        "scope": " ".join(record.scopes),
        "exp": None if record.expires_at is None else record.expires_at // 1000,
        "aud": list(record.resources),
        "cnf": bound,
        "acr": record.acr,
        "auth_time": record.auth_time,
        "authorization_details": [_inline(element) for element in record.authorization_details],
    }


def _inline(element: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the API's shape of an authorization detail into that of RFC 9396 §2."""
    names = {"dataTypes": "datatypes"}
    inline = {names.get(name, name): value for name, value in element.items() if name != "otherFields" and value}
    return {**strict_json.loads_object(element.get("otherFields") or "{}"), **inline}
