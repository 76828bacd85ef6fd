"""Decision: the answer to one request, in the domain's words."""

from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import BearerTokenError, InsufficientScopeError
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route

Effect = Literal["Allow", "Deny"]

_NO_CHALLENGE = Challenge()


class Decision(NamedTuple):
    """Whether the request may pass, why, and what is known about the caller."""

    effect: Effect
    reason: Reason
    routes: tuple[Route, ...] = ()
    """The routes that the request may take; empty if none is known."""
    access_token: AccessToken | None = None
    """What is known about the caller; None if nothing is."""
    challenge: Challenge = _NO_CHALLENGE
    """For the client, when it is refused."""
    unauthenticated: bool = False
    """Whether the refusal is a 401: the request has no usable token."""
    valid_until: float | None = None
    """Seconds since the epoch, after which an Allow must not be used; None where the token has no end."""
    dpop_nonce: str | None = None
    """What the client's next proof has to hold. See RFC 9449 §8.2."""

    @classmethod
    def allow(
        cls,
        reason: Reason,
        routes: tuple[Route, ...],
        access_token: AccessToken | None = None,
        valid_until: float | None = None,
    ) -> "Decision":
        """Let the request pass."""
        nonce = None if access_token is None else access_token.dpop_nonce
        return new(cls, ("Allow", reason, routes, access_token, _NO_CHALLENGE, False, valid_until, nonce))

    @classmethod
    def deny(
        cls,
        error: BearerTokenError,
        routes: tuple[Route, ...],
        access_token: AccessToken | None,
        challenge: Challenge | None = None,
    ) -> "Decision":
        """Refuse the request, for a reason that its sender can mend."""
        nonce = error.nonce or (access_token.dpop_nonce if access_token else None)
        unauthenticated = not isinstance(error, InsufficientScopeError)
        return cls(
            "Deny",
            error.reason,
            routes,
            access_token,
            challenge or Challenge.of(error),
            unauthenticated,
            dpop_nonce=nonce,
        )

    @classmethod
    def forbid(
        cls, reason: Reason, routes: tuple[Route, ...] = (), access_token: AccessToken | None = None
    ) -> "Decision":
        """Refuse the request, whatever token comes with it: there is nothing to challenge for."""
        return cls("Deny", reason, routes, access_token)

    def until(self, end: float | None) -> "Decision":
        """Return the decision with an end. Not by `_replace`, which takes 2 µs, four times as long."""
        effect, reason, routes, token, challenge, unauthenticated, _, nonce = self
        return new(Decision, (effect, reason, routes, token, challenge, unauthenticated, end, nonce))

    @property
    def principal_id(self) -> str:
        """Whom API Gateway is told about; never empty."""
        return self.access_token.principal_id if self.access_token else "unidentified"

    def in_detail(self) -> dict[str, Any]:
        """Return what helps to find out why, in more words than a line of the log should have day by day."""
        token = self.access_token
        details: dict[str, Any] = {
            "required": sorted(sorted(one) for route in self.routes for one in route.any_of)
        }
        if token is not None:
            details |= {
                "issuer": token.issuer,
                "audience": sorted(token.audience),
                "scopes": sorted(token.scopes),
                "expires_at": token.expires_at,
            }
        return details
