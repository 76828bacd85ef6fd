"""Making an access token: the same for the API, the authorization page and the token endpoint."""

from dataclasses import dataclass

from apigw_oauth.authserver.clients import FoundClient
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


def issue(service: Service, grant: Grant, *, code_hash: bytes | None = None) -> str:
    """Make a random token with the service's usual duration and keep it."""
    now = service.now()
    client, alias_used = grant.found_client
    record = TokenRecord(
        client_id=client.id,
        client_alias=client.alias,
        alias_used=alias_used,
        grant_type=grant.grant_type,
        subject=grant.subject,
        scopes=grant.scopes,
        auth_time=grant.auth_time,
        created_at=now,
        expires_at=now + service.settings.access_token_duration * 1000,
    )
    value = new_token(service.random)
    service.tokens.add(value, record, code_hash=code_hash)
    return value
