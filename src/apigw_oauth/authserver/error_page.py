"""Errors that are shown, not redirected: a page for people, JSON for programs."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from apigw_oauth.authserver.api_calls import json_response
from apigw_oauth.authserver.rendering import Pages
from apigw_oauth.authserver.result_codes import oauth_error, text
from apigw_oauth.authserver.settings import AuthserverSettings


class ErrorPage:
    """Says what is wrong with a request that cannot be answered by a redirect."""

    def __init__(self, settings: AuthserverSettings, pages: Pages) -> None:
        self._settings = settings
        self._pages = pages

    def response(self, request: Request, status: int, error: str, code: str, *values: object) -> Response:
        """Write a page when the request accepts HTML, else the JSON of an OAuth error."""
        parameters: Mapping[str, str] = oauth_error(self._settings, error, code, *values)
        if "text/html" not in request.headers.get("accept", ""):
            return json_response(parameters, status=status)
        explanation, uri = text(code, *values), parameters.get("error_uri")
        return self._pages.response("error.html", status=status, code=code, explanation=explanation, error_uri=uri)
