"""The authorization endpoint: the page on which somebody logs in and decides. See RFC 6749 §3.1."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from apigw_oauth.authserver import codes, redirect_uris, result_codes, scopes
from apigw_oauth.authserver.api_calls import BodyTooLargeError, media_type, read_body
from apigw_oauth.authserver.authorization_request import (
    MAX_QUERY_LENGTH,
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
from apigw_oauth.authserver.settings import AuthserverSettings
from apigw_oauth.authserver.tickets import ExpiredTicketError, ForgedTicketError, Tickets
from apigw_oauth.authserver.token_issuing import Grant, issue

PATH = "/authorize"
DIRECT_PATH = "/api/auth/authorization/direct"
WRONG_CREDENTIALS = "Login ID and/or password are wrong."
_COOKIE = "apigw_oauth_login"


class AuthorizationEndpoint:
    """Shows the page, checks the login, and redirects with a token, a code or an error.

    `standard` makes it the standard endpoint, which wants PKCE, gives an access token only if the service is told
    to, and says who it is (RFC 9207); the direct one does as Authlete does.
    """

    def __init__(
        self,
        service: Service,
        pages: Pages,
        error_page: ErrorPage,
        *,
        mock_redirect_uri: str,
        throttle: LoginThrottle,
        standard: bool,
    ) -> None:
        self._service = service
        self._pages = pages
        self._error_page = error_page
        settings = service.settings
        self._rules = RequestRules(
            service.clients,
            settings.supported_scopes,
            mock_redirect_uri,
            standard=standard,
            response_types=response_types(settings) if standard else ("code", "token"),
            supported_acrs=settings.supported_acrs,
        )
        self._tickets = Tickets(service.random, service.clock)
        self._throttle = throttle
        self._standard = standard
        self._path = PATH if standard else f"{DIRECT_PATH}/{service.api_key}"
        # Cookies do not know ports: with the key in path or name, servers on one machine do not share this one.
        self._cookie = f"{_COOKIE}_{service.api_key}" if standard else _COOKIE

    def routes(self) -> list[Route]:
        """List the paths of this endpoint."""
        path = PATH if self._standard else DIRECT_PATH + "/{api_key}"
        return [
            Route(path, self.show, methods=["GET", "POST"] if self._standard else ["GET"]),
            Route(path + "/decision", self.decide, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Answer an authorization request: the page, an error page, or a redirect with an error."""
        if not self._is_ours(request):
            return self._error_page.response(request, 404, "invalid_request", "DEV201")
        try:
            query = await _query(request)
            asked = self._rules.judge(query)
        except InvalidRequestError as error:
            return self._error_page.response(request, 400, "invalid_request", error.code, *error.values)
        except RefusedRequestError as error:
            parameters = result_codes.oauth_error(self._service.settings, error.error, error.code, *error.values)
            return self._redirect(error.destination, parameters)
        session = self._tickets.session(request.cookies.get(self._cookie, ""))
        response = self._page(asked, self._tickets.issue(session, query))
        secure = self._service.settings.base_url.startswith("https:")
        response.set_cookie(self._cookie, session, path=self._path, httponly=True, samesite="lax", secure=secure)
        return response

    async def decide(self, request: Request) -> Response:
        """Answer the form of the page. A Deny needs no login."""
        if not self._is_ours(request):
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
            return self._redirect(asked.destination, self._denial())
        if "authorized" not in form:
            return self._error_page.response(request, 400, "invalid_request", "DEV212")
        return await self._log_in(asked, ticket, login, password, request.client.host if request.client else "")

    def _is_ours(self, request: Request) -> bool:
        return bool(request.path_params.get("api_key", self._service.api_key) == self._service.api_key)

    def _opened(self, request: Request, ticket: str) -> bytes:
        # A browser says where a form comes from; other programs do not send this header.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise ForgedTicketError
        return self._tickets.open(request.cookies.get(self._cookie, ""), ticket)

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
        return self._redirect(asked.destination, await run_in_threadpool(self._grant, asked, subject))

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
            action=f"{self._path}/decision",
            ticket=ticket,
            error=error,
            login=login,
        )

    def _denial(self) -> dict[str, str]:
        return result_codes.oauth_error(self._service.settings, "access_denied", "A060306")

    def _grant(self, asked: AuthorizationRequest, subject: str) -> dict[str, str]:
        now = int(self._service.clock())
        if asked.response_type == "code":
            return {"code": self._service.codes.issue(_code(asked, subject, now))}
        grant = Grant(
            found_client=asked.destination.found_client,
            grant_type="IMPLICIT",
            subject=subject,
            scopes=asked.scopes,
            auth_time=now,
            acr=asked.wishes.acr,
            resources=asked.wishes.resources,
            authorization_details=asked.wishes.authorization_details,
        )
        return {
            "access_token": issue(self._service, grant, standard=self._standard),
            "token_type": "Bearer",
            "expires_in": str(self._service.settings.access_token_duration),
            "scope": " ".join(asked.scopes),  # empty when no scope was granted, as Authlete does
        }

    def _redirect(self, destination: Destination, parameters: dict[str, str]) -> Response:
        """Send the answer to the client: 303, so that no browser repeats the form there. See RFC 9700 §4.12."""
        issuer = {"iss": self._service.settings.base_url} if self._standard else {}
        state = {} if destination.state is None else {"state": destination.state}
        encoded = urlencode({**parameters, **state, **issuer})
        uri = destination.redirect_uri
        location = f"{uri}#{encoded}" if destination.in_fragment else redirect_uris.with_query(uri, encoded)
        headers = {
            "Location": location,
            "Cache-Control": "no-store",
            "Pragma": "no-cache",
            "Referrer-Policy": "no-referrer",
        }
        return Response(status_code=303, headers=headers)


def response_types(settings: AuthserverSettings) -> tuple[str, ...]:
    """Say what the standard endpoint answers with: codes, and access tokens where that was asked for."""
    return ("code", "token") if settings.implicit_grant else ("code",)


async def _query(request: Request) -> bytes:
    """Return the parameters of a request, which may come in a form. Raises InvalidRequestError."""
    if request.method != "POST":
        query: bytes = request.scope["query_string"]
        return query
    try:
        body = await read_body(request, MAX_QUERY_LENGTH)
    except BodyTooLargeError:
        raise InvalidRequestError("DEV205") from None
    if media_type(request) != "application/x-www-form-urlencoded":
        raise InvalidRequestError("DEV209")
    return body


def _code(asked: AuthorizationRequest, subject: str, now: int) -> codes.CodeRecord:
    destination, wishes = asked.destination, asked.wishes
    return codes.CodeRecord(
        client_id=asked.client.id,
        alias_used=destination.found_client.alias_used,
        subject=subject,
        scopes=asked.scopes,
        redirect_uri=destination.redirect_uri if destination.explicit else None,
        code_challenge=wishes.code_challenge,
        code_challenge_method=wishes.code_challenge_method,
        auth_time=now,
        expires_at=now + codes.LIFETIME,
        acr=wishes.acr,
        resources=wishes.resources,
        authorization_details=wishes.authorization_details,
        dpop_thumbprint=wishes.dpop_thumbprint,
    )
