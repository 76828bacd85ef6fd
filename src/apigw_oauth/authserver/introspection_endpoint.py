"""The introspection endpoint for resource servers. See RFC 7662, RFC 9701."""

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from apigw_oauth.authserver import authorization_details, jwt_form
from apigw_oauth.authserver.api_calls import json_response
from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.form_parameters import Form
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.resource_servers import ResourceServers
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_endpoint import error_response, read_client_form
from apigw_oauth.authserver.tokens import TokenRecord

PATH = "/introspect"
JWT_MEDIA_TYPE = "application/token-introspection+jwt"
_JWT_TYP = "token-introspection+jwt"


class IntrospectionEndpoint:
    """Says what an access token is worth. A refresh token is not active: a resource server has no use for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._resource_servers = ResourceServers(service, path=PATH)

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        return [Route(PATH, self, methods=["POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with JSON, or with a signed JWT to whoever accepts one."""
        response = await self._answered(Request(scope, receive))
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        authorization = request.headers.getlist("authorization")
        try:
            form = await read_client_form(request, empty="A145301")
            caller = self._resource_servers.known(authorization, form)
            if caller is None:
                caller = await run_in_threadpool(self._resource_servers.authenticate, authorization, form)
            described = await self._service.store.answer(self._described, form)
        except OAuthError as error:
            return error_response(self._service, error)
        if JWT_MEDIA_TYPE in request.headers.get("accept", "").lower():
            return await run_in_threadpool(self._signed, caller, described)
        return json_response(described)

    def _described(self, form: Form) -> dict[str, Any]:
        tokens = form.get("token", [])
        if len(tokens) != 1 or not tokens[0]:
            raise OAuthError("invalid_request", "A145302")
        found = jwt_form.find(self._service, tokens[0])
        if isinstance(found, Refusal) or self._is_over(found.record):
            return {"active": False}  # RFC 7662 §2.2: without a reason
        return {"active": True, **_claims(self._service, found.record)}

    def _is_over(self, record: TokenRecord) -> bool:
        known = self._service.clients.by_id(record.client_id) is not None
        return not known or record.has_expired(self._service.clock())

    def _signed(self, caller: str, described: Mapping[str, Any]) -> Response:
        """See RFC 9701 §5."""
        settings = self._service.settings
        claims = {
            "iss": settings.base_url,
            "aud": caller,
            "iat": int(self._service.clock()),
            "token_introspection": described,
        }
        algorithm = settings.introspection_signing_algorithm
        jwt = self._service.signing_keys.sign(claims, typ=_JWT_TYP, algorithm=algorithm)
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(jwt, 200, headers, media_type=JWT_MEDIA_TYPE)


def _claims(service: Service, record: TokenRecord) -> dict[str, Any]:
    """List what is known of a token; no `jti`, since that of some tokens is a token. See RFC 7662 §2.2."""
    claims = {
        "iss": service.settings.base_url,
        "client_id": record.public_client_id,
        "token_type": record.token_type,
        "iat": record.created_at // 1000,
        "exp": None if record.expires_at is None else record.expires_at // 1000,
        "sub": record.subject,
        "scope": " ".join(record.scopes),
        "aud": list(record.resources),
        "cnf": record.confirmation,
        "acr": record.acr,
        "auth_time": record.auth_time,
        "authorization_details": authorization_details.inline(record.authorization_details),
    }
    return {name: claim for name, claim in claims.items() if claim}
