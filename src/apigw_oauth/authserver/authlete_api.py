"""Authlete's API over HTTP: which path does what, in version 2 and version 3."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from apigw_oauth.authserver import introspection, token_creation, token_operations
from apigw_oauth.authserver.api_calls import (
    ApiError,
    Parameters,
    json_response,
    parameters_of_form,
    read_parameters,
)
from apigw_oauth.authserver.api_credentials import authenticate
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.shortcuts import Shortcut

Handler = Callable[[Request], Awaitable[Response]]
Operation = Callable[[Service, Parameters], dict[str, Any]]

# Authlete answers each of these with 200 and an `action`; what is not 200 is an error of the call itself.
POST_OPERATIONS: tuple[tuple[str, Operation], ...] = (
    ("/auth/introspection", introspection.introspect),
    ("/auth/token/create", token_creation.create),
    ("/auth/token/update", token_operations.update),
    ("/auth/token/revoke", token_operations.revoke),
)
GET_OPERATIONS: tuple[tuple[str, Operation], ...] = (
    ("/auth/token/get/list", token_operations.list_tokens),
    ("/service/jwks/get", lambda service, _: service.signing_keys.public_key_set()),
)
_DELETE_PATH = "/auth/token/delete/{token}"


def routes(service: Service) -> list[Route]:
    """List the routes of the API; version 3 has the service ID behind `/api`."""
    handlers: list[tuple[str, str, Handler]] = [
        *(("POST", path, _post(service, path, operation)) for path, operation in POST_OPERATIONS),
        *(("GET", path, _get(service, path, operation)) for path, operation in GET_OPERATIONS),
        ("DELETE", _DELETE_PATH, _delete(service)),
    ]
    return [
        Route(prefix + path, handler, methods=[method])
        for method, path, handler in handlers
        for prefix in ("/api", "/api/{service_id}")
    ]


def shortcuts(service: Service) -> dict[str, Shortcut]:
    """Return introspection by its paths."""
    path, operation = POST_OPERATIONS[0]
    handler = _post(service, path, operation)

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handler(Request(scope, receive))
        await response(scope, receive, send)

    return {
        f"/api{path}": Shortcut(endpoint, {}),
        f"/api/{service.api_key}{path}": Shortcut(endpoint, {"service_id": service.api_key}),
    }


def _post(service: Service, path: str, operation: Operation) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            authenticate(request, service)
            return await _done(service, operation, await read_parameters(request))
        except ApiError as error:
            return error.response(path)

    return handler


def _get(service: Service, path: str, operation: Operation) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            authenticate(request, service)
            return await _done(service, operation, parameters_of_form(request.scope["query_string"]))
        except ApiError as error:
            return error.response(path)

    return handler


async def _done(service: Service, operation: Operation, parameters: Parameters) -> Response:
    return json_response(await service.store.answer(operation, service, parameters))


def _delete(service: Service) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            authenticate(request, service)
        except ApiError as error:
            return error.response("/auth/token/delete")
        await run_in_threadpool(token_operations.delete, service, request.path_params["token"])
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    return handler
