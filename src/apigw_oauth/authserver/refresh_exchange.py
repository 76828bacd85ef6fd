"""A refresh token becomes an access token, and another refresh token. See RFC 6749 §6, RFC 9700 §4.14.2."""

from apigw_oauth.authserver import scopes
from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.refresh_tokens import FoundRefreshToken, RefreshRecord
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_issuing import Grant, Issued, issue, issue_refresh_token
from apigw_oauth.authserver.token_request import TokenRequest, details, resources, single


def refresh(service: Service, found_client: FoundClient, request: TokenRequest) -> Issued:
    """Use a refresh token up. Raises OAuthError.

    Whoever brings one a second time makes all tokens void that go back to the same authorization.
    """
    value = single(request.form, "refresh_token", repeated="A053303", missing="A053301", empty="A053302")
    found = service.refresh_tokens.find(value or "")
    if found is None:
        raise OAuthError("invalid_grant", "A053305")
    if found.record.client_id != found_client.client.id:
        raise OAuthError("invalid_grant", "A053307")
    if found.used:
        raise _used_before(service, found)
    if service.clock() >= found.record.expires_at:
        raise OAuthError("invalid_grant", "A053308")
    if found.record.dpop_thumbprint not in {None, request.dpop_thumbprint}:
        raise OAuthError("invalid_grant", "DEV225")
    grant = _grant(found.record, found_client, request)
    with service.store.transaction():  # whoever sees it as used also sees the tokens that are to be revoked
        issued = _issued(service, grant, request, found) if service.refresh_tokens.use(found.digest) else None
    if issued is None:
        raise _used_before(service, found)
    return issued


def _issued(service: Service, grant: Grant, request: TokenRequest, found: FoundRefreshToken) -> Issued:
    token = issue(service, grant, standard=request.standard, code_hash=found.code_hash)
    another = issue_refresh_token(service, grant, code_hash=found.code_hash, lasting=found.record)
    return Issued(token, another, grant)


def _used_before(service: Service, found: FoundRefreshToken) -> OAuthError:
    service.revoke_made_from(found.code_hash)
    return OAuthError("invalid_grant", "A053305")


def _grant(record: RefreshRecord, found_client: FoundClient, request: TokenRequest) -> Grant:
    asked = scopes.parse(single(request.form, "scope", repeated="A053304") or "")
    if not set(asked) <= set(record.scopes):
        raise OAuthError("invalid_scope", "A053309")
    return Grant(
        found_client=FoundClient(found_client.client, record.alias_used),
        grant_type="REFRESH_TOKEN",
        subject=record.subject,
        scopes=asked or record.scopes,
        auth_time=record.auth_time,
        acr=record.acr,
        resources=resources(request.form, granted=record.resources),
        authorization_details=details(request.form, granted=record.authorization_details),
        dpop_thumbprint=request.dpop_thumbprint,
    )
