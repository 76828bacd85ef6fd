"""The API `/auth/token/create`: a token without any flow, for tests and migrations."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from apigw_oauth.authserver import jwt_form, strict_json
from apigw_oauth.authserver.api_calls import ApiError, Parameters
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.result_codes import message
from apigw_oauth.authserver.secret_hashes import base64url, new_token, sha256
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import TokenRecord

_GRANT_TYPES = frozenset(
    [
        *("AUTHORIZATION_CODE", "IMPLICIT", "PASSWORD", "CLIENT_CREDENTIALS", "CIBA", "DEVICE_CODE"),
        *("TOKEN_EXCHANGE", "JWT_BEARER", "PRE_AUTHORIZED_CODE"),
    ]
)
_WITHOUT_SUBJECT = frozenset(["CLIENT_CREDENTIALS", "JWT_BEARER"])
_MAX_SUBJECT_LENGTH = 100
_MAX_PROPERTIES_LENGTH = 65_535  # of all properties as JSON; Authlete's own limit is not published
_MAX_DURATION = 2**31 - 1
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,4000}=*", re.ASCII)
_THUMBPRINT = re.compile(r"[A-Za-z0-9_\-]{43}", re.ASCII)


class NotCreatedError(Exception):
    """The request is one that no token is made for."""

    def __init__(self, code: str, *values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def create(service: Service, parameters: Parameters) -> dict[str, Any]:
    """Make the token that is asked for, and its JWT form. Makes no refresh token."""
    try:
        record = _record(service, parameters)
    except NotCreatedError as error:
        text = message(error.code, *error.values)
        return {"resultCode": error.code, "resultMessage": text, "action": "BAD_REQUEST"}
    claims = _further_claims(parameters)
    value = _chosen_value(parameters) or new_token(service.random)
    if not service.tokens.add(value, record):  # a chosen value that is taken
        return {"resultCode": "A108101", "resultMessage": message("A108101"), "action": "INTERNAL_SERVER_ERROR"}
    return _answer(value, record, jwt_form.write(service, value, record, claims))


def _record(service: Service, parameters: Parameters) -> TokenRecord:
    grant_type = _grant_type(service, parameters)
    found = _client(service, parameters)
    now = service.now()
    duration = parameters.integer("accessTokenDuration") or service.settings.access_token_duration
    persistent = parameters.flag("accessTokenPersistent")
    alias_wanted = parameters.flag("clientIdAliasUsed")
    _refuse_refresh_token(parameters, grant_type)
    return TokenRecord(
        client_id=found.client.id,
        client_alias=found.client.alias,
        alias_used=found.client.alias is not None and (found.alias_used or alias_wanted),
        grant_type=grant_type,
        subject=_subject(parameters, grant_type),
        scopes=_scopes(service, parameters),
        created_at=now,
        expires_at=None if persistent else now + min(duration, _MAX_DURATION) * 1000,
        properties=properties(parameters),
        resources=parameters.texts("resources") or service.settings.default_audience,
        authorization_details=authorization_details(parameters),
        acr=parameters.text("acr"),
        auth_time=parameters.integer("authTime") or None,
        certificate_thumbprint=thumbprint(parameters, "certificateThumbprint"),
        dpop_thumbprint=thumbprint(parameters, "dpopKeyThumbprint"),
    )


def _grant_type(service: Service, parameters: Parameters) -> str:
    grant_type = parameters.text("grantType")
    if not grant_type:
        raise NotCreatedError("A104201")
    if grant_type == "REFRESH_TOKEN":
        raise NotCreatedError("A104202")
    if grant_type not in _GRANT_TYPES:
        raise NotCreatedError("A104203", grant_type, service.api_key)
    return grant_type


def _client(service: Service, parameters: Parameters) -> FoundClient:
    number = parameters.integer("clientId")
    identifier = str(number) if number else parameters.text("clientIdentifier")
    if not identifier:
        raise NotCreatedError("DEV105", "clientId or clientIdentifier")
    found = service.clients.find(identifier)
    if found is None:
        raise NotCreatedError("A107201", identifier)
    return found


def _subject(parameters: Parameters, grant_type: str) -> str | None:
    subject = parameters.text("subject") or None
    if grant_type == "CLIENT_CREDENTIALS":
        return None
    if subject is None and grant_type not in _WITHOUT_SUBJECT:
        raise NotCreatedError("A105201")
    if subject is not None and len(subject) > _MAX_SUBJECT_LENGTH:
        raise NotCreatedError("A105202", _MAX_SUBJECT_LENGTH)
    if subject is not None and not subject.isascii():
        raise NotCreatedError("A105203")
    if subject is not None and not subject.isprintable():
        raise ApiError(400, "DEV104", "subject", "printable")
    return subject


def _scopes(service: Service, parameters: Parameters) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(parameters.texts("scopes")))
    unsupported = next((scope for scope in scopes if scope not in service.settings.supported_scopes), None)
    if unsupported is not None:
        raise NotCreatedError("A106201", unsupported)
    return scopes


def properties(parameters: Parameters) -> tuple[dict[str, Any], ...]:
    """Take extra properties. Raises ApiError, or NotCreatedError when they are too big."""
    kept = []
    for item in parameters.tables("properties"):
        key, value, hidden = item.get("key"), item.get("value"), item.get("hidden") or False
        if not isinstance(key, str) or not isinstance(value, str | None) or not isinstance(hidden, bool):
            raise ApiError(400, "DEV104", "properties", "an array of objects with key, value and hidden")
        kept.append({"key": key, "value": value, "hidden": hidden})
    if len(json.dumps(kept)) > _MAX_PROPERTIES_LENGTH:
        raise NotCreatedError("A108201")
    return tuple(kept)


def authorization_details(parameters: Parameters) -> tuple[dict[str, Any], ...]:
    """Take authorization details in the API's shape. Raises ApiError."""
    elements = Parameters(parameters.table("authorizationDetails"), form=False).tables("elements")
    for element in elements:
        if not isinstance(element.get("type"), str) or _json_object(element.get("otherFields")) is None:
            raise ApiError(400, "DEV104", "authorizationDetails", "elements with a type, and JSON in otherFields")
    return elements


def thumbprint(parameters: Parameters, name: str) -> str | None:
    """Take a base64url SHA-256 thumbprint; an empty one counts as absent. Raises ApiError."""
    value = (parameters.text(name) or "").rstrip("=")
    if value and not _THUMBPRINT.fullmatch(value):
        raise ApiError(400, "DEV104", name, "a base64url SHA-256 thumbprint")
    return value or None


def _refuse_refresh_token(parameters: Parameters, grant_type: str) -> None:
    if parameters.text("refreshToken"):
        codes = {"IMPLICIT": "A108203", "CLIENT_CREDENTIALS": "A108204"}
        raise NotCreatedError(codes.get(grant_type, "A108202"))


def _chosen_value(parameters: Parameters) -> str | None:
    value = parameters.text("accessToken")
    if value and not _TOKEN.fullmatch(value):
        raise ApiError(400, "DEV104", "accessToken", "a token of RFC 6750")
    return value or None


def _further_claims(parameters: Parameters) -> Mapping[str, Any]:
    claims = _json_object(parameters.text("jwtAtClaims"))
    if claims is None:
        raise ApiError(400, "DEV104", "jwtAtClaims", "a string that holds a JSON object")
    return claims


def _json_object(text: object) -> dict[str, Any] | None:
    if not text:
        return {}
    try:
        return strict_json.loads_object(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _answer(value: str, record: TokenRecord, jwt: str) -> dict[str, Any]:
    stated = asdict(record)
    expires_in = 0 if record.expires_at is None else (record.expires_at - record.created_at) // 1000
    return {
        "resultCode": "A109001",
        "resultMessage": message("A109001", record.grant_type.lower(), record.client_id),
        "action": "OK",
        "accessToken": value,
        "jwtAccessToken": jwt,
        "refreshToken": None,
        "tokenType": record.token_type,
        "tokenId": base64url(sha256(value)),
        "expiresIn": expires_in,
        "expiresAt": record.expires_at or 0,
        "grantType": record.grant_type,
        "clientId": record.client_id,
        "clientIdentifier": record.public_client_id,
        "subject": record.subject,
        "scopes": stated["scopes"] or None,
        "properties": stated["properties"] or None,
        "authorizationDetails": {"elements": stated["authorization_details"]}
        if record.authorization_details
        else None,
    }
