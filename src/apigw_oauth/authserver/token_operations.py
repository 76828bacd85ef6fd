"""The APIs that change, list and revoke tokens which exist."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apigw_oauth.authserver import jwt_form, token_creation
from apigw_oauth.authserver.api_calls import ApiError, Parameters
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.result_codes import message
from apigw_oauth.authserver.secret_hashes import from_base64url, sha256
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import TokenRecord

_HASH = re.compile(r"[A-Za-z0-9_\-]{43}", re.ASCII)
_DEFAULT_PAGE = 5
_LONGEST_PAGE = 1000


def revoke(service: Service, parameters: Parameters) -> dict[str, Any]:
    """Revoke tokens named by the first parameter that is there. Raises ApiError when none is."""
    count = _revoked(service, parameters)
    return {"resultCode": "A312001", "resultMessage": message("A312001", count), "action": "OK", "count": count}


def _revoked(service: Service, parameters: Parameters) -> int:
    identifier = parameters.text("accessTokenIdentifier")
    if identifier:
        return delete(service, identifier)
    refresh_token = parameters.text("refreshTokenIdentifier")
    if refresh_token:
        return _delete_refreshed(service, refresh_token)
    client, subject = parameters.text("clientIdentifier"), parameters.text("subject")
    if not client and not subject:
        raise ApiError(400, "DEV105", "accessTokenIdentifier, refreshTokenIdentifier, clientIdentifier or subject")
    client_id = _client_id(service, client)
    with service.store.transaction():
        service.refresh_tokens.remove_all(client_id=client_id, subject=subject or None)
        return service.tokens.remove_all(client_id=client_id, subject=subject or None)


def delete(service: Service, identifier: str) -> int:
    """Revoke one token, named by its value, its JWT form or its hash; tell how many there were."""
    found = jwt_form.find(service, identifier)
    if not isinstance(found, Refusal):
        return service.tokens.remove(found.digest)
    return service.tokens.remove(from_base64url(identifier)) if _HASH.fullmatch(identifier) else 0


def _delete_refreshed(service: Service, identifier: str) -> int:
    """Revoke a refresh token, named by its value or its hash, with every token of the same authorization."""
    found = service.refresh_tokens.find(identifier)
    if found is None and _HASH.fullmatch(identifier):
        found = service.refresh_tokens.find_by_hash(from_base64url(identifier))
    return 0 if found is None else service.revoke_made_from(found.code_hash)


def update(service: Service, parameters: Parameters) -> dict[str, Any]:
    """Rewrite the record of one token. Its value stays: `accessTokenValueUpdated` is not supported."""
    digest = _digest(service, parameters)
    if digest is None:
        return _outcome("A134201", "BAD_REQUEST")
    if parameters.flag("accessTokenValueUpdated"):
        raise ApiError(400, "DEV104", "accessTokenValueUpdated", "false on this development server")
    try:
        record = service.tokens.change(digest, _change(service, parameters))
    except token_creation.NotCreatedError as error:
        return _outcome(error.code, "BAD_REQUEST")
    if record is None:
        return _outcome("A134202", "NOT_FOUND")
    return {
        **_outcome("A135001", "OK"),
        "accessTokenExpiresAt": record.expires_at or 0,
        "scopes": list(record.scopes) or None,
        "properties": list(record.properties) or None,
        "tokenType": record.token_type,
    }


def _digest(service: Service, parameters: Parameters) -> bytes | None:
    token, token_hash = parameters.text("accessToken"), parameters.text("accessTokenHash")
    if token:
        found = jwt_form.find(service, token)
        return sha256(token) if isinstance(found, Refusal) else found.digest
    if token_hash and not _HASH.fullmatch(token_hash):
        raise ApiError(400, "DEV104", "accessTokenHash", "a hash that token/get/list shows")
    return from_base64url(token_hash) if token_hash else None


def _change(service: Service, parameters: Parameters) -> Callable[[TokenRecord], TokenRecord]:
    changes: dict[str, Any] = {}
    expires_at = parameters.integer("accessTokenExpiresAt", least=-(2**63))
    if expires_at > 0:
        changes["expires_at"] = expires_at
    if parameters.flag("accessTokenPersistent"):
        changes["expires_at"] = None
    if parameters.has("scopes"):
        asked = dict.fromkeys(parameters.texts("scopes"))
        changes["scopes"] = tuple(scope for scope in asked if scope in service.settings.supported_scopes)
    if parameters.has("properties"):
        changes["properties"] = token_creation.properties(parameters)
    if parameters.has("authorizationDetails"):
        changes["authorization_details"] = token_creation.authorization_details(parameters)
    for name, field in (
        ("certificateThumbprint", "certificate_thumbprint"),
        ("dpopKeyThumbprint", "dpop_thumbprint"),
    ):
        if parameters.has(name):
            changes[field] = token_creation.thumbprint(parameters, name)
    return lambda record: replace(record, **changes)


def list_tokens(service: Service, parameters: Parameters) -> dict[str, Any]:
    """List tokens by hash, never by value; `start` is included, `end` is not."""
    start = parameters.integer("start")
    end = min(parameters.integer("end") if parameters.has("end") else start + _DEFAULT_PAGE, start + _LONGEST_PAGE)
    client_id = _client_id(service, parameters.text("clientIdentifier"))
    subject = parameters.text("subject") or None
    page = service.tokens.page(client_id=client_id, subject=subject, start=start, end=end)
    listed = [_listed(token_hash, record) for token_hash, record in page.records]
    return {"start": start, "end": end, "totalCount": page.total, "subject": subject, "accessTokens": listed}


def _listed(token_hash: str, record: TokenRecord) -> dict[str, Any]:
    return {
        "accessTokenHash": token_hash,
        "accessTokenExpiresAt": record.expires_at or 0,
        "createdAt": record.created_at,
        "clientId": record.client_id,
        "subject": record.subject,
        "grantType": record.grant_type,
        "scopes": list(record.scopes) or None,
        "properties": list(record.properties) or None,
    }


def _client_id(service: Service, identifier: str | None) -> int | None:
    if not identifier:
        return None
    found = service.clients.find(identifier)
    return found.client.id if found else -1  # no token has this one


def _outcome(code: str, action: str) -> dict[str, Any]:
    return {"resultCode": code, "resultMessage": message(code), "action": action}
