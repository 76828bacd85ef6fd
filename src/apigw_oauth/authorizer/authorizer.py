"""Authorizer: the whole story of one decision."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from apigw_oauth.authorizer import bearer_token
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import BearerTokenError, InvalidRequestError, InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verifier import TokenVerifier

if TYPE_CHECKING:
    from apigw_oauth.authorizer.stage_policy import StagePolicies


class Authorizer:
    """Decides about requests: takes the token, has it verified, compares it with what the route requires."""

    def __init__(
        self,
        *,
        routes: RouteTable,
        verifier: TokenVerifier,
        clock: Callable[[], float],
        stage: "StagePolicies | None" = None,
    ) -> None:
        """Set up for one stage.

        `clock` gives seconds since the epoch. `stage`: the answer is kept for every route (cache mode `token`), so
        that the token is verified even where the route is unknown or public.
        """
        self._routes = routes
        self._verifier = verifier
        self._clock = clock
        self._stage = stage

    def authorize(self, request: Request) -> Decision:
        """Decide about one request. Raises VerifierUnavailableError: neither yes nor no can be said."""
        routes = self._routes.serving(request)
        public = bool(routes) and all(route.public for route in routes)
        if self._stage is None:
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
            if not public:
                return Decision.deny(error, routes, access_token)
        if not routes:
            return Decision.forbid(Reason.UNKNOWN_ROUTE, access_token=access_token)
        if not self._can_be_told(request, routes, access_token):
            return Decision.forbid(Reason.UNPRINTABLE_PATH, routes, access_token)
        return Decision.allow(Reason.PUBLIC_ROUTE if public else Reason.AUTHORIZED, routes, access_token)

    def _can_be_told(self, request: Request, routes: tuple[Route, ...], token: AccessToken | None) -> bool:
        """Say whether an answer for the whole stage can allow this request and no closed one."""
        if self._stage is None:
            return True
        arn = request.method_arn
        policy = self._stage.for_scopes(token.scopes if token else None, prefix=len(arn.resource("")))
        return policy.literals_for(routes, arn) is not None

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
    claimed = {method.strip().upper() for method in request.headers.get("x-http-method-override", ())}
    if claimed | {request.method_arn.verb} != {request.method}:
        raise InvalidRequestError("The request names two methods.", reason=Reason.METHOD_OVERRIDE)
