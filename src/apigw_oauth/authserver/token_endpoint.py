"""The direct token endpoint: authorization codes and client credentials. See RFC 6749 §4.1.3, §4.4.2."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from apigw_oauth.authserver import code_exchange, result_codes, scopes
from apigw_oauth.authserver.api_calls import json_response
from apigw_oauth.authserver.client_authentication import ClientCodes, OAuthError, authenticate
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.form_parameters import Form, MalformedFormError, read_form
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_issuing import Grant, issue

PATH = "/api/auth/token/direct"
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
_NOT_SUPPORTED = frozenset(["refresh_token", "password"])


class TokenEndpoint:
    """Answers token requests of clients."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        return [Route(PATH + "/{api_key}", self)]  # an ASGI application gets every method, not GET alone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one token request with a token or an OAuth error."""
        try:
            response = await self._answered(Request(scope, receive))
        except OAuthError as error:
            response = error_response(self._service, error)
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        require_service(self._service, request)
        if request.method != "POST":
            raise OAuthError("invalid_request", "A117302", status=405)
        form = await read_client_form(request, empty="A047301")
        authorization = request.headers.getlist("authorization")
        return json_response(await run_in_threadpool(self._token, authorization, form))

    def _token(self, authorization: list[str], form: Form) -> dict[str, object]:
        grant_type = _grant_type(form)
        found = authenticate(self._service.clients, _CLIENT_CODES, authorization, form)
        if grant_type == "client_credentials":
            grant = self._client_credentials(found, form)
            token = issue(self._service, grant)
        else:
            grant, token = code_exchange.exchange(self._service, found, form)
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self._service.settings.access_token_duration,
        }
        # RFC 6749 §3.3 has no empty scope.
        return {**answer, "scope": " ".join(grant.scopes)} if grant.scopes else answer

    def _client_credentials(self, found: FoundClient, form: Form) -> Grant:
        settings = found.client.settings
        if not settings.confidential:
            raise OAuthError("unauthorized_client", "A052301")
        if len(form.get("scope", [])) > 1:
            raise OAuthError("invalid_request", "A052302")
        asked = scopes.parse(form.get("scope", [""])[0])
        granted = scopes.granted(asked, supported=self._service.settings.supported_scopes, allowed=settings.scopes)
        return Grant(found_client=found, grant_type="CLIENT_CREDENTIALS", subject=None, scopes=granted)


def error_response(service: Service, error: OAuthError) -> Response:
    """Write an OAuth error as JSON. See RFC 6749 §5.2."""
    body = result_codes.oauth_error(service.settings, error.error, error.code, *error.values)
    headers = {401: {"WWW-Authenticate": 'Basic realm="token"'}, 405: {"Allow": "POST"}}
    return json_response(body, status=error.status, headers=headers.get(error.status))


def require_service(service: Service, request: Request) -> None:
    """Raise OAuthError unless the path names the service."""
    if request.path_params["api_key"] != service.api_key:
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


def _grant_type(form: Form) -> str:
    values = form.get("grant_type", [])
    if len(values) != 1:
        raise OAuthError("invalid_request", "A049303" if values else "A049301")
    grant_type = values[0]
    if not grant_type:
        raise OAuthError("invalid_request", "A049302")
    if grant_type == "implicit":
        raise OAuthError("unsupported_grant_type", "A049306")
    if grant_type in _NOT_SUPPORTED:
        raise OAuthError("unsupported_grant_type", "A049305", grant_type)
    if grant_type not in {"authorization_code", "client_credentials"}:
        raise OAuthError("unsupported_grant_type", "A049304")
    return grant_type
