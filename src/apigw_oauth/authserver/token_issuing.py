"""Making an access token: the same for the authorization page and the token endpoint."""

from dataclasses import dataclass
from typing import Any

from apigw_oauth.authserver import jwt_form
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.refresh_tokens import RefreshRecord
from apigw_oauth.authserver.secret_hashes import new_token
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import TokenRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What was granted to whom; `auth_time` in seconds since the epoch."""

    found_client: FoundClient
    grant_type: str
    subject: str | None
    scopes: tuple[str, ...]
    auth_time: int | None = None
    acr: str | None = None
    resources: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    dpop_thumbprint: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The answer to a token request."""

    access_token: str
    refresh_token: str | None
    grant: Grant


def issue(service: Service, grant: Grant, *, standard: bool, code_hash: bytes | None = None) -> str:
    """Make a token with the service's usual duration and keep it.

    `standard` says that a standard endpoint gives it, in the form that service or client want; it is opaque else.
    """
    in_jwt_form = standard and service.settings.format_for(grant.found_client.client.settings) == "jwt"
    value, record = new_token(service.random), _record(service, grant, in_jwt_form=in_jwt_form)
    if in_jwt_form:
        service.tokens.add_by_hash(jwt_form.digest_of(value), record, code_hash=code_hash)
        return jwt_form.write_alone(service, value, record)
    service.tokens.add(value, record, code_hash=code_hash)
    return value


def issue_refresh_token(service: Service, grant: Grant, *, code_hash: bytes, lasting: RefreshRecord | None) -> str:
    """Make a refresh token; `lasting` is what the one stood for that it replaces, with all that it may ask for.

    A public client has to prove the DPoP key of the first request each time. See RFC 9449 §5.
    """
    client, alias_used = grant.found_client
    now = service.clock()
    known = lasting or grant
    bound = None if client.settings.confidential else grant.dpop_thumbprint
    record = RefreshRecord(
        client_id=client.id,
        alias_used=alias_used,
        subject=grant.subject or "",
        scopes=known.scopes,
        auth_time=known.auth_time,
        acr=known.acr,
        resources=known.resources,
        authorization_details=known.authorization_details,
        dpop_thumbprint=bound,
        expires_at=int(now) + service.settings.refresh_token_duration,
    )
    return service.refresh_tokens.issue(record, code_hash=code_hash, now=now)


def _record(service: Service, grant: Grant, *, in_jwt_form: bool) -> TokenRecord:
    now = service.now()
    client, alias_used = grant.found_client
    usual = service.settings.default_audience
    # RFC 9068 §3 knows no JWT without an audience.
    audience = usual or ((service.settings.base_url,) if in_jwt_form else ())
    return TokenRecord(
        client_id=client.id,
        client_alias=client.alias,
        alias_used=alias_used,
        grant_type=grant.grant_type,
        subject=grant.subject,
        scopes=grant.scopes,
        auth_time=grant.auth_time,
        acr=grant.acr,
        resources=grant.resources or audience,
        authorization_details=grant.authorization_details,
        dpop_thumbprint=grant.dpop_thumbprint,
        created_at=now,
        expires_at=now + service.settings.access_token_duration * 1000,
    )
