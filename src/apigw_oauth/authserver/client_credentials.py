"""Tokens that a client gets in its own name. See RFC 6749 §4.4."""

from apigw_oauth.authserver import scopes
from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_issuing import Grant, Issued, issue
from apigw_oauth.authserver.token_request import TokenRequest, details, resources, single


def issue_to_client(service: Service, found: FoundClient, request: TokenRequest) -> Issued:
    """Give a confidential client a token of its own. Raises OAuthError."""
    settings = found.client.settings
    if not settings.confidential:
        raise OAuthError("unauthorized_client", "A052301")
    asked = scopes.parse(single(request.form, "scope", repeated="A052302") or "")
    grant = Grant(
        found_client=found,
        grant_type="CLIENT_CREDENTIALS",
        subject=None,
        scopes=scopes.granted(asked, supported=service.settings.supported_scopes, allowed=settings.scopes),
        resources=resources(request.form),
        authorization_details=details(request.form),
        dpop_thumbprint=request.dpop_thumbprint,
    )
    return Issued(issue(service, grant, standard=request.standard), None, grant)
