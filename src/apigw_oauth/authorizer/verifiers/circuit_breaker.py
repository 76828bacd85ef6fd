"""CircuitBreaker: an authorization server that does not answer is left alone for some seconds.

Otherwise each request would wait for the whole deadline, and a server that comes back would be met by all of them
at once. While the circuit is open, requests end as any outage does: a 500, and never a Deny, which API Gateway
would keep. What was learned before is not used beyond its time either. See docs/outages.md.
"""

from typing import Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import BearerTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier, prepare

THRESHOLD = 5
"""Failures in a row that open the circuit."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 30.0
"""Seconds until the server is asked once more; they double each time that this fails."""
LONGEST_WISH = 60.0
"""Seconds for which the server's own `Retry-After` is heeded."""


class Announce(Protocol):
    """Tells the operator that the circuit opened, or closed."""

    def __call__(self, *, verifier: str, opened_for: float | None, message: str) -> object:
        """Take the news about a verifier, named by its type.

        `opened_for` are the seconds until the server is asked again; None when the circuit has closed.
        """
        ...


class CircuitBreaker:
    """Asks another verifier, unless it was of no use lately."""

    def __init__(
        self, verifier: TokenVerifier, *, kind: str, surroundings: Surroundings, announce: Announce
    ) -> None:
        """Set up in front of a verifier that asks a server."""
        self._verifier = verifier
        self._kind = kind
        self._clocks = surroundings.monotonic, surroundings.clock
        self._announce = announce
        self._failures = 0
        self._pause = 0.0
        self._open_until: tuple[float, ...] | None = None
        """By each clock: one may be set, the other may stand still while Lambda freezes the environment."""

    def prepare(self) -> None:
        """Have the verifier prepare itself."""
        prepare(self._verifier)

    def recognizes(self, token: str) -> bool:
        """Say what the verifier says."""
        return self._verifier.recognizes(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts about the token. Raises what the verifier raises, and VerifierUnavailableError."""
        if self._open_until is not None:
            left = min(until - now() for until, now in zip(self._open_until, self._clocks, strict=True))
            if left > 0:
                raise VerifierUnavailableError(
                    f"the authorization server is not asked, after {self._failures} failures in a row",
                    reason=Reason.CIRCUIT_OPEN,
                    retry_after=left,
                )
            self._open_for(self._pause or FIRST_PAUSE)  # for all but this one attempt
        try:
            found = self._verifier.verify(token, request)
        except BearerTokenError:
            self._succeed()
            raise
        except VerifierUnavailableError as error:
            if error.about_one_token or error.reason is Reason.CREDENTIALS_REFUSED:
                # The server answers. That it refuses us does not mend itself, and must not look like an outage;
                # and whoever sends it tokens that it cannot deal with must not shut out everybody else.
                self._succeed()
            else:
                self._fail(error)
            raise
        self._succeed()
        return found

    def _succeed(self) -> None:
        if not self._failures and self._open_until is None:
            return
        was_open = self._open_until is not None
        self._failures, self._pause, self._open_until = 0, 0.0, None
        if was_open:
            self._announce(verifier=self._kind, opened_for=None, message="the authorization server answers again")

    def _fail(self, error: VerifierUnavailableError) -> None:
        self._failures += 1
        if error.retry_after is not None and error.retry_after > 0:
            seconds = min(error.retry_after, LONGEST_WISH)
        elif self._open_until is not None or self._failures >= THRESHOLD:
            self._pause = min(self._pause * 2, LONGEST_PAUSE) if self._pause else FIRST_PAUSE
            seconds = self._pause
        else:
            return
        self._open_for(seconds)
        self._announce(
            verifier=self._kind,
            opened_for=seconds,
            message=f"the authorization server is not asked for {seconds:g} s, after {self._failures} failures in"
            f" a row; the last one: {error}",
        )

    def _open_for(self, seconds: float) -> None:
        self._open_until = tuple(now() + seconds for now in self._clocks)
