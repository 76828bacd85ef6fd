"""SenderConstraint: what binds a token to its sender, checked for each request. See RFC 9449 and RFC 8705."""

from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings


def load(
    settings: Mapping[str, Any], surroundings: Surroundings, *, environ: Mapping[str, str]
) -> "SenderConstraint":
    """Make it from `dpop` of the settings. Raises SettingsError."""
    del settings, surroundings, environ
    return SenderConstraint()


class SenderConstraint:
    """Checks proofs and certificates of bound tokens."""

    algorithms: tuple[str, ...] = ()
    """What proofs may be signed with; empty where no proof can be checked."""

    def require(
        self, token: AccessToken, credentials: Credentials, request: Request, *, required: bool
    ) -> Callable[[], None] | None:
        """Refuse whoever cannot prove to be the one that the token was issued to.

        `required`: the token must be bound. Returns how to use up the proof, to be called when everything else is
        in order. Raises BearerTokenError, VerifierUnavailableError.
        """
        del credentials, request
        if token.confirmation or required:
            raise InvalidTokenError(
                "The access token is bound to a key or certificate, which is not supported here.",
                reason=Reason.SENDER_CONSTRAINED_TOKEN,
            )
        return None
