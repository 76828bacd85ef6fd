"""The direct authorization endpoint: the page on which somebody logs in and decides."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from apigw_oauth.authserver import codes, redirect_uris, result_codes, scopes
from apigw_oauth.authserver.authorization_request import (
    AuthorizationRequest,
    Destination,
    InvalidRequestError,
    RefusedRequestError,
    RequestRules,
)
from apigw_oauth.authserver.error_page import ErrorPage
from apigw_oauth.authserver.form_parameters import MalformedFormError, read_form, single
from apigw_oauth.authserver.login_throttle import LoginThrottle
from apigw_oauth.authserver.rendering import Pages
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tickets import ExpiredTicketError, ForgedTicketError, Tickets
from apigw_oauth.authserver.token_issuing import Grant, issue

PATH = "/api/auth/authorization/direct"
WRONG_CREDENTIALS = "Login ID and/or password are wrong."
_COOKIE = "apigw_oauth_login"


class AuthorizationEndpoint:
    """Shows the page, checks the login, and redirects with a token, a code or an error."""

    def __init__(
        self,
        service: Service,
        pages: Pages,
        error_page: ErrorPage,
        *,
        mock_redirect_uri: str,
        throttle: LoginThrottle,
    ) -> None:
        self._service = service
        self._pages = pages
        self._error_page = error_page
        self._rules = RequestRules(service.clients, service.settings.supported_scopes, mock_redirect_uri)
        self._tickets = Tickets(service.random, service.clock)
        self._throttle = throttle

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        return [
            Route(PATH + "/{api_key}", self.show, methods=["GET"]),
            Route(PATH + "/{api_key}/decision", self.decide, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Answer an authorization request: the page, an error page, or a redirect with an error."""
        if request.path_params["api_key"] != self._service.api_key:
            return self._error_page.response(request, 404, "invalid_request", "DEV201")
        query = request.scope["query_string"]
        try:
            asked = self._rules.judge(query)
        except InvalidRequestError as error:
            return self._error_page.response(request, 400, "invalid_request", error.code, *error.values)
        except RefusedRequestError as error:
            parameters = result_codes.oauth_error(self._service.settings, error.error, error.code, *error.values)
            return _redirect(error.destination, parameters)
        session = self._tickets.session(request.cookies.get(_COOKIE, ""))
        response = self._page(asked, self._tickets.issue(session, query))
        secure = self._service.settings.base_url.startswith("https:")
        # Cookies do not know ports: with the key in the path, two servers on one machine do not share this one.
        path = f"{PATH}/{self._service.api_key}"
        response.set_cookie(_COOKIE, session, path=path, httponly=True, samesite="lax", secure=secure)
        return response

    async def decide(self, request: Request) -> Response:
        """Answer the form of the page. A Deny needs no login."""
        if request.path_params["api_key"] != self._service.api_key:
            return self._error_page.response(request, 404, "invalid_request", "DEV201")
        try:
            form = await read_form(request)
            login, password, ticket = single(form, "loginId"), single(form, "password"), single(form, "ticket")
            asked = self._rules.judge(self._opened(request, ticket))
        except (MalformedFormError, InvalidRequestError, RefusedRequestError):
            return self._error_page.response(request, 400, "invalid_request", "DEV209")
        except ExpiredTicketError:
            return self._error_page.response(request, 400, "invalid_request", "DEV210")
        except ForgedTicketError:
            return self._error_page.response(request, 403, "invalid_request", "DEV211")
        if "denied" in form:
            return _redirect(asked.destination, self._denial())
        if "authorized" not in form:
            return self._error_page.response(request, 400, "invalid_request", "DEV212")
        return await self._log_in(asked, ticket, login, password, request.client.host if request.client else "")

    def _opened(self, request: Request, ticket: str) -> bytes:
        # A browser says where a form comes from; other programs do not send this header.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise ForgedTicketError
        return self._tickets.open(request.cookies.get(_COOKIE, ""), ticket)

    async def _log_in(
        self, asked: AuthorizationRequest, ticket: str, login: str, password: str, address: str
    ) -> Response:
        wait = self._throttle.attempt(login, address)
        if wait:
            page = self._page(asked, ticket, error=result_codes.text("DEV213", wait), login=login, status=429)
            page.headers["Retry-After"] = str(wait)
            return page
        subject = await run_in_threadpool(self._service.logins.authenticate, login, password)
        if subject is None:
            return self._page(asked, ticket, error=WRONG_CREDENTIALS, login=login, status=400)
        self._throttle.succeeded(login, address)
        return _redirect(asked.destination, await run_in_threadpool(self._grant, asked, subject))

    def _page(
        self, asked: AuthorizationRequest, ticket: str, *, error: str = "", login: str = "", status: int = 200
    ) -> Response:
        client = asked.client
        return self._pages.response(
            "authorization.html",
            status=status,
            form_targets=("'self'", redirect_uris.csp_source(asked.destination.redirect_uri)),
            client=client.settings,
            client_name=client.name,
            permissions=scopes.permissions(asked.scopes, self._service.settings.scope_descriptions),
            action=f"{PATH}/{self._service.api_key}/decision",
            ticket=ticket,
            error=error,
            login=login,
        )

    def _denial(self) -> dict[str, str]:
        return result_codes.oauth_error(self._service.settings, "access_denied", "A060306")

    def _grant(self, asked: AuthorizationRequest, subject: str) -> dict[str, str]:
        if asked.response_type == "code":
            return {"code": self._service.codes.issue(self._code(asked, subject))}
        grant = Grant(
            found_client=asked.destination.found_client,
            grant_type="IMPLICIT",
            subject=subject,
            scopes=asked.scopes,
            auth_time=int(self._service.clock()),
        )
        return {
            "access_token": issue(self._service, grant),
            "token_type": "Bearer",
            "expires_in": str(self._service.settings.access_token_duration),
            "scope": " ".join(asked.scopes),  # empty when no scope was granted, as Authlete does
        }

    def _code(self, asked: AuthorizationRequest, subject: str) -> codes.CodeRecord:
        now = int(self._service.clock())
        destination = asked.destination
        return codes.CodeRecord(
            client_id=asked.client.id,
            alias_used=destination.found_client.alias_used,
            subject=subject,
            scopes=asked.scopes,
            redirect_uri=destination.redirect_uri if destination.explicit else None,
            code_challenge=asked.code_challenge,
            code_challenge_method=asked.code_challenge_method,
            auth_time=now,
            expires_at=now + codes.LIFETIME,
        )


def _redirect(destination: Destination, parameters: dict[str, str]) -> Response:
    """Send the answer to the client: 303, so that no browser repeats the form there. See RFC 9700 §4.12."""
    encoded = urlencode(parameters if destination.state is None else {**parameters, "state": destination.state})
    uri = destination.redirect_uri
    location = f"{uri}#{encoded}" if destination.in_fragment else redirect_uris.with_query(uri, encoded)
    headers = {
        "Location": location,
        "Cache-Control": "no-store",
        "Pragma": "no-cache",
        "Referrer-Policy": "no-referrer",
    }
    return Response(status_code=303, headers=headers)
