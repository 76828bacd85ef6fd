"""The server: all endpoints in one application, and how it runs."""

import asyncio
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from apigw_oauth.authserver import authlete_api, introspection_endpoint, metadata
from apigw_oauth.authserver.api_calls import ApiError, json_response
from apigw_oauth.authserver.authorization_endpoint import AuthorizationEndpoint
from apigw_oauth.authserver.error_page import ErrorPage
from apigw_oauth.authserver.fault_injection import PATH as FAULTS_PATH
from apigw_oauth.authserver.fault_injection import FaultInjection, FaultSwitch
from apigw_oauth.authserver.faults import Faults
from apigw_oauth.authserver.guard import Guard
from apigw_oauth.authserver.http_protocol import CarefulProtocol
from apigw_oauth.authserver.introspection_endpoint import IntrospectionEndpoint
from apigw_oauth.authserver.login_throttle import LoginThrottle
from apigw_oauth.authserver.mock_redirection import PATH as MOCK_PATH
from apigw_oauth.authserver.mock_redirection import MockRedirection
from apigw_oauth.authserver.rendering import Pages
from apigw_oauth.authserver.revocation_endpoint import RevocationEndpoint
from apigw_oauth.authserver.service import Credentials, Service, change_service, start_service
from apigw_oauth.authserver.settings import AuthserverSettings
from apigw_oauth.authserver.shortcuts import Shortcut, Shortcuts
from apigw_oauth.authserver.token_endpoint import TokenEndpoint

__all__ = ["AuthserverApp", "Credentials", "create_app", "make_server", "run"]

_GRACE = 1  # seconds that requests in progress have when the server is told to stop


class AuthserverApp:
    """The ASGI application, and the credentials to print once."""

    def __init__(self, service: Service, credentials: Credentials) -> None:
        """Put the endpoints of a service together."""
        self._throttle = LoginThrottle(service.clock)
        self._faults = Faults()
        self._changing = threading.Lock()
        self._use(service, credentials)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        await self._app(scope, receive, send)

    def change(self, settings: AuthserverSettings) -> None:
        """Take over other scopes, clients and users; tokens and known credentials stay good. Raises SettingsError.

        May be called from any thread; requests in progress are answered with what was. Authorization pages that
        are open in a browser have to be loaded again: they may show something else than would be granted now.
        """
        with self._changing:
            self._use(*change_service(self._service, self.credentials, settings))

    def close(self) -> None:
        """Give the store back, not in the middle of a change. `run` does so by itself."""
        with self._changing:
            self._service.store.close()

    def _use(self, service: Service, credentials: Credentials) -> None:
        handlers = {HTTPException: _http_error, Exception: _failure}
        switch = FaultSwitch(service, self._faults)
        introspection = IntrospectionEndpoint(service)
        routes = [
            *_routes(service, self._throttle),
            *introspection.routes(),
            Route(FAULTS_PATH, switch.answer, methods=["GET", "POST"]),
        ]
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        starlette.router.redirect_slashes = False
        self._service = service
        self.credentials = credentials
        shortcuts = {**authlete_api.shortcuts(service), introspection_endpoint.PATH: Shortcut(introspection, {})}
        answered = FaultInjection(Shortcuts(starlette, shortcuts), self._faults)
        self._app: ASGIApp = Guard(answered, service.settings.base_url)


def create_app(
    settings: AuthserverSettings,
    *,
    clock: Callable[[], float] = time.time,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> AuthserverApp:
    """Make the application; opens the store. `clock` gives seconds since the epoch. Raises SettingsError."""
    return AuthserverApp(*start_service(settings, clock=clock, random=random))


def _routes(service: Service, throttle: LoginThrottle) -> list[Route]:
    settings = service.settings
    pages = Pages(settings.service_name, service.random)
    error_page = ErrorPage(settings, pages)
    mock_redirect_uri = f"{settings.base_url}{MOCK_PATH}/{service.api_key}"
    authorization_endpoints = [
        AuthorizationEndpoint(
            service,
            pages,
            error_page,
            mock_redirect_uri=mock_redirect_uri,
            throttle=throttle,
            standard=standard,
        )
        for standard in (True, False)
    ]
    return [
        *metadata.routes(service),
        *(route for endpoint in authorization_endpoints for route in endpoint.routes()),
        *(route for standard in (True, False) for route in TokenEndpoint(service, standard=standard).routes()),
        *RevocationEndpoint(service).routes(),
        *authlete_api.routes(service),
        *MockRedirection(service, pages, error_page).routes(),
        Route("/api/service/jwks/get/direct/{api_key}", _public_keys(service), methods=["GET"]),
    ]


def _public_keys(service: Service) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if request.path_params["api_key"] != service.api_key:
            return ApiError(404, "DEV201").response()
        return json_response(service.signing_keys.public_key_set())

    return answer


def _http_error(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))  # starlette has a set
        return ApiError(405, "DEV107", allowed, headers={"Allow": allowed}).response()
    return ApiError(404, "DEV106").response()


def _failure(_: Request, __: Exception) -> Response:
    return ApiError(500, "A001101").response()


def make_server(app: AuthserverApp) -> uvicorn.Server:
    """Make the HTTP server, quiet unless it fails itself; `should_exit = True` stops it from another thread."""
    config = uvicorn.Config(
        app,
        access_log=False,
        date_header=True,
        http=CarefulProtocol,
        lifespan="off",
        log_config=None,
        log_level="error",  # a warning is about what somebody sent, such as TLS to a port without it
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        ws="none",
    )
    return uvicorn.Server(config)


def run(app: AuthserverApp, sock: socket.socket, *, on_ready: Callable[[], None] | None = None) -> None:
    """Serve on a listening or bound socket until SIGINT or SIGTERM, then return; the store is closed by then.

    `on_ready` is called when connections are accepted. Signals are only noticed in the main thread.
    """
    try:
        asyncio.run(_serve(make_server(app), sock, on_ready))
    finally:
        app.close()


async def _serve(server: uvicorn.Server, sock: socket.socket, on_ready: Callable[[], None] | None) -> None:
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        # uvicorn raises the signals it got once more when it has stopped; these handlers let it return instead.
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _noticed, server)
    # Answers leave in two writes. asyncio sets this itself, but not for sockets made without a protocol number.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.listen()
    if on_ready is not None:
        on_ready()
    await server.serve(sockets=[sock])


def _noticed(server: uvicorn.Server) -> None:
    server.should_exit = True
