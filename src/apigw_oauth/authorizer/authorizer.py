"""Authorizer: the whole story of one decision."""

from collections.abc import Callable

from apigw_oauth.authorizer import bearer_token
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import BearerTokenError, InvalidRequestError, InvalidTokenError
from apigw_oauth.authorizer.path_readings import is_plain
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verifier import TokenVerifier


class Authorizer:
    """Decides about requests: takes the token, has it verified, compares it with what the route requires."""

    def __init__(
        self,
        *,
        routes: RouteTable,
        verifier: TokenVerifier,
        clock: Callable[[], float],
        for_whole_stage: bool = False,
        literal_only: bool = False,
    ) -> None:
        """Set up for one stage.

        `clock` gives seconds since the epoch. `for_whole_stage`: the answer is kept for every route (cache mode
        `token`), so that the token is verified even where the route is unknown or public. `literal_only`: the
        answer can name nothing but the request's own path, which must then be plain.
        """
        self._routes = routes
        self._verifier = verifier
        self._clock = clock
        self._for_whole_stage = for_whole_stage
        self._literal_only = literal_only

    def authorize(self, request: Request) -> Decision:
        """Decide about one request. Raises VerifierUnavailableError: neither yes nor no can be said."""
        routes = self._routes.serving(request)
        public = bool(routes) and all(route.public for route in routes)
        if not self._for_whole_stage:
            if public:
                return Decision.allow(Reason.PUBLIC_ROUTE, routes)
            if not routes:
                return Decision.forbid(Reason.UNKNOWN_ROUTE)
        access_token: AccessToken | None = None
        try:
            _refuse_method_override(request)
            access_token = self._verify(bearer_token.from_request(request), request)
            for route in routes:
                route.require(access_token)
        except BearerTokenError as error:
            if public:
                return Decision.allow(Reason.PUBLIC_ROUTE, routes)
            return Decision.deny(error, routes, access_token)
        if public:
            return Decision.allow(Reason.PUBLIC_ROUTE, routes, access_token)
        if not routes:
            return Decision.forbid(Reason.UNKNOWN_ROUTE, access_token=access_token)
        if self._literal_only and not is_plain(request.method_arn.path):
            return Decision.forbid(Reason.UNPRINTABLE_PATH, routes, access_token)
        return Decision.allow(Reason.AUTHORIZED, routes, access_token)

    def _verify(self, token: str, request: Request) -> AccessToken:
        access_token = self._verifier.verify(token, request)
        if access_token.expires_at is not None and access_token.expires_at <= self._clock():
            # No leeway: the policy ends with the token, so an Allow after that would be a 403.
            raise InvalidTokenError("The access token expired.", reason=Reason.EXPIRED_TOKEN)
        if access_token.confirmation:
            # Whoever stole a bound token must not be able to use it: without a check of the proof, nobody can.
            raise InvalidTokenError(
                "The access token is bound to a key or certificate, which is not supported here.",
                reason=Reason.SENDER_CONSTRAINED_TOKEN,
            )
        return access_token


def _refuse_method_override(request: Request) -> None:
    """Refuse a request whose method is open to doubt.

    REST APIs honour X-HTTP-Method-Override; which of the two methods an event and its ARN then carry is unknown.
    """
    claimed = {*request.headers.get("x-http-method-override", ()), request.method_arn.verb}
    if any(method.strip().upper() != request.method for method in claimed):
        raise InvalidRequestError("The request names two methods.", reason=Reason.METHOD_OVERRIDE)
