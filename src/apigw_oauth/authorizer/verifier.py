"""TokenVerifier: what the authorizer asks about a token."""

from typing import Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.request import Request


class TokenVerifier(Protocol):
    """One way to verify tokens."""

    def recognizes(self, token: str) -> bool:
        """Say by its shape alone, without asking anybody, whether the token may be one of this verifier's."""
        ...

    def verify(self, token: str, request: Request, /) -> AccessToken:
        """Return the facts about the token.

        Raises InvalidTokenError if it is not good, VerifierUnavailableError if that cannot be found out.
        Does not compare scopes: what it returns must hold for every route.
        """
        ...
