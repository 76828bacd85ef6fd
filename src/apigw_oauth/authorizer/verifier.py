"""TokenVerifier: what the authorizer asks about a token."""

import contextlib
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.request import Request

if TYPE_CHECKING:
    import ssl


def _no_trace() -> None:
    """Trace nothing."""


def _trust_of_the_system() -> "ssl.SSLContext":
    """Trust the authorities that the system does."""
    import ssl  # those who ask no server do without

    return ssl.create_default_context()


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
    tls: Callable[[], "ssl.SSLContext"] = _trust_of_the_system
    """What connections are made with, where we come without a certificate."""


class TokenVerifier(Protocol):
    """One way to verify tokens.

    It may have a method `prepare`, which does before the first request what that would otherwise have to wait for.
    """

    def recognizes(self, token: str) -> bool:
        """Say by its shape alone, without asking anybody, whether the token may be one of this verifier's."""
        ...

    def verify(self, token: str, request: Request, /) -> AccessToken:
        """Return the facts about the token.

        Raises InvalidTokenError if it is not good, VerifierUnavailableError if that cannot be found out.
        Does not compare scopes: what it returns must hold for every route.
        """
        ...


def prepare(part: object) -> None:
    """Have a verifier, or what it is made of, prepare itself if it can. Raises nothing of what fails in that."""
    step = getattr(part, "prepare", None)
    if step is not None:
        with contextlib.suppress(Exception):
            step()
