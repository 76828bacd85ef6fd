"""What has to be right before an authorization code becomes a token. See RFC 6749 §4.1.3, RFC 7636 §4.6."""

import hashlib
import hmac
import re
from dataclasses import replace

from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.codes import CodeRecord, CodeState, FoundCode
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.secret_hashes import base64url
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_issuing import Grant, Issued, issue, issue_refresh_token
from apigw_oauth.authserver.token_request import TokenRequest, details, resources, single

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}", re.ASCII)


def exchange(service: Service, found_client: FoundClient, request: TokenRequest) -> Issued:
    """Use a code up: what it grants, and the tokens. Raises OAuthError.

    Whoever brings a code a second time makes the tokens void that it was exchanged for. See RFC 9700 §4.5.
    """
    form = request.form
    code = single(form, "code", repeated="A050303", missing="A050301", empty="A050302")
    found = service.codes.find(code or "")
    if found is None:
        raise OAuthError("invalid_grant", "A050305")
    if found.record.client_id != found_client.client.id:
        raise OAuthError("invalid_grant", "A050307")
    if found.state is CodeState.USED:
        raise _used_before(service, found)
    if service.clock() >= found.record.expires_at:
        raise OAuthError("invalid_grant", "A050311")
    _check_redirect_uri(found.record, form)
    _check_verifier(found.record, form)
    if found.record.dpop_thumbprint not in {None, request.dpop_thumbprint}:
        raise OAuthError("invalid_grant", "DEV225")
    grant = _grant(found.record, found_client, request)
    with service.store.transaction():  # whoever sees the code as used also sees the token that is to be revoked
        issued = _issued(service, grant, request, found) if service.codes.use(found.digest) else None
    if issued is None:
        raise _used_before(service, found)
    return issued


def _issued(service: Service, grant: Grant, request: TokenRequest, found: FoundCode) -> Issued:
    token = issue(service, grant, standard=request.standard, code_hash=found.digest)
    if not request.standard:
        return Issued(token, None, grant)
    everything = replace(
        grant, resources=found.record.resources, authorization_details=found.record.authorization_details
    )
    return Issued(token, issue_refresh_token(service, everything, code_hash=found.digest, lasting=None), grant)


def _used_before(service: Service, found: FoundCode) -> OAuthError:
    service.revoke_made_from(found.digest)
    return OAuthError("invalid_grant", "A050305")


def _grant(record: CodeRecord, found_client: FoundClient, request: TokenRequest) -> Grant:
    return Grant(
        found_client=FoundClient(found_client.client, record.alias_used),
        grant_type="AUTHORIZATION_CODE",
        subject=record.subject,
        scopes=record.scopes,
        auth_time=record.auth_time,
        acr=record.acr,
        resources=resources(request.form, granted=record.resources),
        authorization_details=details(request.form, granted=record.authorization_details),
        dpop_thumbprint=request.dpop_thumbprint,
    )


def _check_redirect_uri(record: CodeRecord, form: Form) -> None:
    redirect_uri = (
        single(form, "redirect_uri", repeated="A050304") or None
    )  # empty counts as omitted: RFC 6749 §3.2
    if redirect_uri == record.redirect_uri:
        return
    if redirect_uri is None:
        raise OAuthError("invalid_grant", "A050308")
    raise OAuthError("invalid_grant", "A050310" if record.redirect_uri is None else "A050309")


def _check_verifier(record: CodeRecord, form: Form) -> None:
    verifier = single(form, "code_verifier", repeated="A050314", empty="A050313")
    if record.code_challenge is None and verifier is None:
        return
    if record.code_challenge is None:
        raise OAuthError("invalid_grant", "A050317")
    if verifier is None:
        raise OAuthError("invalid_grant", "A050312")
    if not _VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "A050316")
    made = verifier if record.code_challenge_method == "plain" else _s256(verifier)
    if not hmac.compare_digest(made, record.code_challenge):
        raise OAuthError("invalid_grant", "A050315")


def _s256(verifier: str) -> str:
    return base64url(hashlib.sha256(verifier.encode("ascii")).digest())
