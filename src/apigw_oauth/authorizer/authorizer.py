"""Authorizer: the whole story of one decision."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from apigw_oauth.authorizer import authorization_details, bearer_token, step_up, token_times
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import BearerTokenError, InvalidRequestError, InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verifier import TokenVerifier

if TYPE_CHECKING:
    from apigw_oauth.authorizer.sender_constraint import SenderConstraint
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
        sender: "SenderConstraint | None" = None,
        resources: frozenset[str] = frozenset(),
    ) -> None:
        """Set up for one stage.

        `clock` gives seconds since the epoch. `stage`: the answer is kept for every route (cache mode `token`), so
        that the token is verified even where the route is unknown or public. `sender` checks what binds a token to
        its sender; without it, bound tokens are refused. `resources` are the identifiers of this API.
        """
        self._routes = routes
        self._verifier = verifier
        self._clock = clock
        self._stage = stage
        self._sender = sender
        self._algorithms = sender.algorithms if sender else ()
        self._takes_proofs = bool(self._algorithms)
        self._resources = resources

    def authorize(self, request: Request) -> Decision:
        """Decide about one request. Raises VerifierUnavailableError: neither yes nor no can be said."""
        decision = self._decide(request)
        token = decision.access_token
        if decision.valid_until is not None or token is None:
            return decision
        return decision.until(token_times.end_of_answer(token, self._clock()))

    def _decide(self, request: Request) -> Decision:
        routes = self._routes.serving(request)
        public = bool(routes)
        for route in routes:
            public = public and route.public
        if self._stage is None:
            if public:
                return Decision.allow(Reason.PUBLIC_ROUTE, routes)
            if not routes:
                return Decision.forbid(Reason.UNKNOWN_ROUTE)
        credentials: Credentials | None = None
        access_token: AccessToken | None = None
        try:
            _refuse_method_override(request)
            credentials = bearer_token.from_request(request, dpop=self._takes_proofs)
            access_token, claim = self._establish(credentials, request, routes)
            self._require(access_token, routes)
            fresh_nonce = claim() if claim is not None else None
            if fresh_nonce is not None:
                access_token = access_token._replace(dpop_nonce=fresh_nonce)
        except BearerTokenError as error:
            if not public:
                scheme = credentials.scheme if credentials else None
                challenge = Challenge.of(error, scheme=scheme, dpop_algorithms=self._algorithms)
                return Decision.deny(error, routes, access_token, challenge)
        if not routes:
            return Decision.forbid(Reason.UNKNOWN_ROUTE, access_token=access_token)
        if self._stage is not None and not self._can_be_told(self._stage, request, routes, access_token):
            return Decision.forbid(Reason.UNPRINTABLE_PATH, routes, access_token)
        end = None if access_token is None else token_times.end_of_answer(access_token, self._clock())
        return Decision.allow(Reason.PUBLIC_ROUTE if public else Reason.AUTHORIZED, routes, access_token, end)

    def _establish(
        self, credentials: Credentials, request: Request, routes: tuple[Route, ...]
    ) -> tuple[AccessToken, Callable[[], str | None] | None]:
        """Return who calls, proven; and how to use up the proof, once everything else is in order.

        Using it up returns the nonce that the client's next proof should hold, if that is another one.
        """
        access_token = self._verifier.verify(credentials.token, request)
        token_times.require_current(access_token, self._clock())
        required = False
        for route in routes:
            required = required or route.sender_constrained
        if self._sender is not None:
            return access_token, self._sender.require(access_token, credentials, request, required=required)
        if access_token.confirmation or required:
            # Whoever stole a bound token must not be able to use it: without a check of the proof, nobody can.
            raise InvalidTokenError(
                "The access token is bound to a key or certificate, which is not supported here.",
                reason=Reason.SENDER_CONSTRAINED_TOKEN,
            )
        return access_token, None

    def _require(self, access_token: AccessToken, routes: tuple[Route, ...]) -> None:
        for route in routes:
            if route.acr_values or route.max_age is not None:
                step_up.require(access_token, self._clock(), acr_values=route.acr_values, max_age=route.max_age)
            if not route.is_open_to(access_token.scopes):
                route.require(access_token)
            if route.authorization_details:
                authorization_details.require(access_token, route.authorization_details, resources=self._resources)

    @staticmethod
    def _can_be_told(
        stage: "StagePolicies", request: Request, routes: tuple[Route, ...], token: AccessToken | None
    ) -> bool:
        """Say whether an answer for the whole stage can allow this request and no closed one."""
        granted = token.scopes if token else None
        return stage.for_request(granted, routes, request.method_arn)[1] is not None


def _refuse_method_override(request: Request) -> None:
    """Refuse a request whose method is open to doubt.

    REST APIs honour X-HTTP-Method-Override; which of the two methods an event and its ARN then carry is unknown.
    """
    values = request.headers.get("x-http-method-override")
    if values is None and request.method == request.method_arn.verb:
        return
    claimed = {method.strip().upper() for method in values or ()}
    if claimed | {request.method_arn.verb} != {request.method}:
        raise InvalidRequestError("The request names two methods.", reason=Reason.METHOD_OVERRIDE)
