"""The token endpoint, the standard one and the direct one of Authlete. See RFC 6749 §3.2."""

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from apigw_oauth.authserver import (
    authorization_details,
    client_credentials,
    code_exchange,
    dpop_proofs,
    refresh_exchange,
    result_codes,
)
from apigw_oauth.authserver.api_calls import json_response
from apigw_oauth.authserver.client_authentication import ClientAuthentication, ClientCodes, OAuthError
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.dpop_proofs import InvalidProofError
from apigw_oauth.authserver.form_parameters import Form, MalformedFormError, read_form
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_issuing import Issued
from apigw_oauth.authserver.token_request import TokenRequest

PATH = "/token"
DIRECT_PATH = "/api/auth/token/direct"
_CLIENT_CODES = ClientCodes(
    missing_id="DEV206",
    empty_id="A048302",
    repeated_id="A048303",
    unknown="A048304",
    unproven="A157304",
    proven_twice="DEV207",
    disproven="A157305",
    different_ids="DEV207",
    different_proofs="DEV207",
)
_GRANTS: Mapping[str, Callable[[Service, FoundClient, TokenRequest], Issued]] = {
    "authorization_code": code_exchange.exchange,
    "client_credentials": client_credentials.issue_to_client,
    "refresh_token": refresh_exchange.refresh,
}
GRANT_TYPES = tuple(_GRANTS)
_DIRECT_GRANT_TYPES = ("authorization_code", "client_credentials")


class TokenEndpoint:
    """Answers token requests of clients; the direct one gives opaque tokens, and no refresh tokens."""

    def __init__(self, service: Service, *, standard: bool) -> None:
        self._service = service
        self._standard = standard
        path = PATH if standard else f"{DIRECT_PATH}/{service.api_key}"
        self._url = f"{service.settings.base_url}{path}"
        self._authentication = ClientAuthentication(service, _CLIENT_CODES, path=path)

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        # An ASGI application gets every method, not GET alone.
        return [Route(PATH if self._standard else DIRECT_PATH + "/{api_key}", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one token request with a token or an OAuth error."""
        try:
            response = await self._answered(Request(scope, receive))
        except OAuthError as error:
            response = error_response(self._service, error)
        if self._service.settings.dpop_nonce_required:
            response.headers["DPoP-Nonce"] = self._service.dpop_nonces.current()
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        require_service(self._service, request)
        if request.method != "POST":
            raise OAuthError("invalid_request", "A117302", status=405)
        form = await read_client_form(request, empty="A047301")
        authorization = request.headers.getlist("authorization")
        proofs = request.headers.getlist("dpop")
        return json_response(await run_in_threadpool(self._token, authorization, form, proofs))

    def _token(self, authorization: list[str], form: Form, proofs: list[str]) -> dict[str, object]:
        grant_type = _grant_type(form, GRANT_TYPES if self._standard else _DIRECT_GRANT_TYPES)
        found = self._authentication.authenticate(authorization, form)
        thumbprint = self._proved_key(proofs, found)
        issued = _GRANTS[grant_type](self._service, found, TokenRequest(form, self._standard, thumbprint))
        return _answer(issued, self._service.settings.access_token_duration)

    def _proved_key(self, proofs: list[str], found: FoundClient) -> str | None:
        """Return the thumbprint that the token is to be bound to; None for a token that anybody may use.

        Each proof is good for one request. Raises OAuthError. See RFC 9449 §5.
        """
        if not proofs and not found.client.settings.dpop_bound:
            return None
        if len(proofs) != 1:
            raise OAuthError("invalid_dpop_proof", "DEV224")
        now = self._service.clock()
        try:
            proof = dpop_proofs.verify(proofs[0], method="POST", url=self._url, now=now)
        except InvalidProofError as error:
            raise OAuthError("invalid_dpop_proof", "DEV223", error.reason) from None
        if self._service.settings.dpop_nonce_required and not self._service.dpop_nonces.is_good(proof.nonce):
            raise OAuthError("use_dpop_nonce", "DEV006")
        until = proof.issued_at + dpop_proofs.AGE
        if not self._service.single_use.claim("proof", proof.thumbprint, proof.jti, until=until, now=now):
            raise OAuthError("invalid_dpop_proof", "DEV223", "it was used before")
        return proof.thumbprint


def _answer(issued: Issued, expires_in: int) -> dict[str, object]:
    grant = issued.grant
    further = {
        "refresh_token": issued.refresh_token,
        "scope": " ".join(grant.scopes),  # RFC 6749 §3.3 has no empty scope
        "authorization_details": authorization_details.inline(grant.authorization_details),
    }
    return {
        "access_token": issued.access_token,
        "token_type": "DPoP" if grant.dpop_thumbprint else "Bearer",
        "expires_in": expires_in,
        **{name: value for name, value in further.items() if value},
    }


def error_response(service: Service, error: OAuthError) -> Response:
    """Write an OAuth error as JSON. See RFC 6749 §5.2."""
    body = result_codes.oauth_error(service.settings, error.error, error.code, *error.values)
    headers = {401: {"WWW-Authenticate": 'Basic realm="token"'}, 405: {"Allow": "POST"}}
    return json_response(body, status=error.status, headers=headers.get(error.status))


def require_service(service: Service, request: Request) -> None:
    """Raise OAuthError if the path names another service."""
    if request.path_params.get("api_key", service.api_key) != service.api_key:
        raise OAuthError("invalid_request", "DEV201", status=404)


async def read_client_form(request: Request, *, empty: str) -> Form:
    """Read what a client sent. Raises OAuthError; `empty` is the result code for a form without parameters."""
    try:
        form = await read_form(request)
    except MalformedFormError:
        raise OAuthError("invalid_request", "DEV209") from None
    if not form:
        raise OAuthError("invalid_request", empty)
    return form


def _grant_type(form: Form, supported: tuple[str, ...]) -> str:
    values = form.get("grant_type", [])
    if len(values) != 1:
        raise OAuthError("invalid_request", "A049303" if values else "A049301")
    grant_type = values[0]
    if not grant_type:
        raise OAuthError("invalid_request", "A049302")
    if grant_type == "implicit":
        raise OAuthError("unsupported_grant_type", "A049306")
    if grant_type in {*GRANT_TYPES, "password"} - {*supported}:
        raise OAuthError("unsupported_grant_type", "A049305", grant_type)
    if grant_type not in supported:
        raise OAuthError("unsupported_grant_type", "A049304")
    return grant_type
