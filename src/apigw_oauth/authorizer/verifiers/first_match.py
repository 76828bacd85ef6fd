"""Several verifiers in one: the first that recognizes a token verifies it, and what it says is final."""

from collections.abc import Sequence

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import TokenVerifier, prepare


class FirstMatch:
    """Asks the first of several verifiers whose token it is.

    That a verifier does not recognize a token is not its refusal; its refusal is not a reason to ask the next one.
    """

    def __init__(self, verifiers: Sequence[TokenVerifier]) -> None:
        """Set up with verifiers, in the order in which they are asked."""
        self._verifiers = tuple(verifiers)

    def prepare(self) -> None:
        """Have all of them prepare themselves."""
        for verifier in self._verifiers:
            prepare(verifier)

    def recognizes(self, token: str) -> bool:
        """Say whether one of them does."""
        return any(verifier.recognizes(token) for verifier in self._verifiers)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts about the token. Raises InvalidTokenError, VerifierUnavailableError."""
        for verifier in self._verifiers:
            if verifier.recognizes(token):
                return verifier.verify(token, request)
        raise InvalidTokenError("The access token is of another issuer.", reason=Reason.UNRECOGNIZED_TOKEN)
