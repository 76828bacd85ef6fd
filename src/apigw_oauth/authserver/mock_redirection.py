"""The mock redirection page: what arrived at a redirect URI, for clients that have no page of their own yet."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from apigw_oauth.authserver.error_page import ErrorPage
from apigw_oauth.authserver.rendering import Pages
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.token_endpoint import DIRECT_PATH as TOKEN_PATH

PATH = "/api/mock/redirection"
_MAX_PARAMETERS = 50


class MockRedirection:
    """Shows query and fragment, and offers a form for the token request."""

    def __init__(self, service: Service, pages: Pages, error_page: ErrorPage) -> None:
        self._api_key = service.api_key
        self._pages = pages
        self._error_page = error_page

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH + "/{api_key}", self.show, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """Answer whatever a browser was sent here with."""
        if request.path_params.get("api_key", self._api_key) != self._api_key:
            return self._error_page.response(request, 404, "invalid_request", "DEV201")
        query = request.scope["query_string"].decode("latin-1")
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
        except ValueError:
            return self._error_page.response(request, 400, "invalid_request", "DEV205")
        return self._pages.response(
            "mock_redirection.html",
            form_targets=("'self'",),
            parameters=pairs,
            code=dict(pairs).get("code", ""),
            token_path=f"{TOKEN_PATH}/{self._api_key}",
        )
