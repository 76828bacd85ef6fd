"""TokenVerifier: what the authorizer asks about a token."""

import os
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.request import Request


def _no_trace() -> None:
    """Trace nothing."""


class Surroundings(NamedTuple):
    """What every verifier may need of the world, so that tests can stand in for it."""

    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds since some moment."""
    random: Callable[[int], bytes] = os.urandom
    """So many octets that nobody can guess."""
    public_base_urls: tuple[str, ...] = ()
    """The addresses by which clients know the API, with the stage where they see it."""
    trace: Callable[[], str | None] = _no_trace
    """The `traceparent` of the present invocation, for whoever is asked; None if nothing is traced."""


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
