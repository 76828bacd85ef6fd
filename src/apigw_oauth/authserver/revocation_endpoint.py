"""The revocation endpoint, the standard one and the direct one of Authlete. See RFC 7009."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from apigw_oauth.authserver import jwt_form
from apigw_oauth.authserver.client_authentication import ClientAuthentication, ClientCodes, OAuthError
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_endpoint import error_response, read_client_form, require_service

PATH = "/revoke"
DIRECT_PATH = "/api/auth/revocation/direct"
_CLIENT_CODES = ClientCodes(
    missing_id="A114301",
    empty_id="A114302",
    repeated_id="A114303",
    unknown="A114304",
    unproven="A114308",
    proven_twice="A114310",
    disproven="A114311",
    different_ids="A114312",
    different_proofs="A114313",
)


class RevocationEndpoint:
    """Lets a client give up its own tokens."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._authentication = ClientAuthentication(service, _CLIENT_CODES, path=PATH)

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        return [Route(path, self.answer, methods=["POST"]) for path in (PATH, DIRECT_PATH + "/{api_key}")]

    async def answer(self, request: Request) -> Response:
        """Answer 200 without a body, also for a token that does not exist. See RFC 7009 §2.2."""
        try:
            require_service(self._service, request)
            form = await read_client_form(request, empty="A113301")
            await run_in_threadpool(self._revoke, request.headers.getlist("authorization"), form)
        except OAuthError as error:
            return error_response(self._service, error)
        return Response(status_code=200, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    def _revoke(self, authorization: list[str], form: Form) -> None:
        found_client = self._authentication.authenticate(authorization, form)
        tokens = form.get("token", [])
        if len(tokens) != 1 or not tokens[0]:
            raise OAuthError("invalid_request", "DEV214")
        self._revoke_token(tokens[0], found_client.client.id)

    def _revoke_token(self, token: str, client_id: int) -> None:
        """Revoke an access token, or a refresh token with all that came of its grant. See RFC 7009 §2.1."""
        refresh_token = self._service.refresh_tokens.find(token)
        if refresh_token is not None:
            if refresh_token.record.client_id == client_id:
                self._service.revoke_made_from(refresh_token.code_hash)
            return
        found = jwt_form.find(self._service, token)
        if not isinstance(found, Refusal) and found.record.client_id == client_id:
            self._service.tokens.remove(found.digest)
