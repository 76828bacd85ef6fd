"""Access tokens in JWT form, and how the record of a token is found in either form."""

import hashlib
from collections.abc import Mapping
from typing import Any

from apigw_oauth.authserver import authorization_details, signatures
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.secret_hashes import sha256
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import FoundToken, TokenRecord

_JWS_PARTS = 3
_JWE_PARTS = 5
_ASYMMETRIC = frozenset([*signatures.ASYMMETRIC_ALGORITHMS, "ES256K", "Ed448"])
_ONLY_AT_AUTHLETE = frozenset(["grant_type"])


def write(service: Service, value: str, record: TokenRecord, more_claims: Mapping[str, Any]) -> str:
    """Write a token as Authlete does: around the random token, which is its `jti`. See RFC 9068 §2.2.

    Further claims cannot take the name of one that describes the record, not even where the record has none.
    """
    visible = {item["key"]: item.get("value") for item in record.properties if not item.get("hidden")}
    claims = _claims(service, value, record)
    stated = {name: claim for name, claim in claims.items() if claim}
    further = {name: claim for name, claim in {**more_claims, **visible}.items() if name not in claims}
    return service.signing_keys.sign({**further, **stated})


def write_alone(service: Service, jti: str, record: TokenRecord) -> str:
    """Write a token that exists as a JWT only: its `jti` is worth nothing. See RFC 9068 §2.2."""
    claims = _claims(service, jti, record)
    return service.signing_keys.sign(
        {name: claim for name, claim in claims.items() if claim and name not in _ONLY_AT_AUTHLETE}
    )


def digest_of(jti: str) -> bytes:
    """Return what a token that is a JWT only is kept under: the hash of no text, so that no text is the token."""
    return hashlib.sha256(b"\xff" + jti.encode("utf-8", "surrogatepass")).digest()


def find(service: Service, token: str | None) -> FoundToken | Refusal:
    """Find the record of a token in either form, or say why there is none.

    The answer to a JWT with a wrong signature is an assumption: Authlete publishes no code for it.
    """
    if not token:
        return Refusal("BAD_REQUEST", "invalid_request", "A057301")
    found = service.tokens.look_up(sha256(token))
    if found is not None:
        return found
    jti = _jti_in(service, token)
    if isinstance(jti, Refusal):
        return jti
    for digest in (digest_of(jti), sha256(jti)):
        found = service.tokens.look_up(digest)
        if found is not None:
            return found
    return _refused("A057302")


def _jti_in(service: Service, token: str) -> str | Refusal:
    parts = token.split(".")
    header = signatures.json_object(parts[0]) if len(parts) in {_JWS_PARTS, _JWE_PARTS} else None
    if header is None:
        return _refused("A057302")
    if len(parts) == _JWE_PARTS or str(header.get("alg")) not in _ASYMMETRIC:
        return _refused("A057306")
    claims = signatures.json_object(parts[1])
    if claims is None:
        return _refused("A057304")
    value = claims.get("jti")
    if not isinstance(value, str) or not value:
        return _refused("A057305")
    return value if _is_ours(service, token) else _refused("A057302")


def _is_ours(service: Service, token: str) -> bool:
    try:
        return service.signing_keys.have_signed(signatures.parse(token))
    except signatures.MalformedJwsError:
        return False


def _refused(code: str) -> Refusal:
    return Refusal("UNAUTHORIZED", "invalid_token", code)


def _claims(service: Service, jti: str, record: TokenRecord) -> dict[str, Any]:
    """List every claim that a record can have; those that this one has not are empty."""
    return {
        "iss": service.settings.base_url,
        "client_id": record.public_client_id,
        "iat": record.created_at // 1000,
        "jti": jti,
        "grant_type": record.grant_type.lower(),
        "sub": record.subject or record.public_client_id,
        "scope": " ".join(record.scopes),
        "exp": None if record.expires_at is None else record.expires_at // 1000,
        "aud": list(record.resources),
        "cnf": record.confirmation,
        "acr": record.acr,
        "auth_time": record.auth_time,
        "authorization_details": authorization_details.inline(record.authorization_details),
    }
