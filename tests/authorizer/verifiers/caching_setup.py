"""A verification cache, whom it asks, and its clocks."""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import AuthorizerError, InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.caching import CachingVerifier, Lifetimes, VerificationCache
from apigw_oauth.authorizer.verifiers.notes import Notes
from tests.authorizer.conftest import FakeClock, FakeVerifier, make_request

NOW = 1_700_000_000.0
GOOD = AccessToken(subject="john", client_id="demo", expires_at=NOW + 3600)
UNKNOWN = InvalidTokenError("The access token is not active.", reason=Reason.INACTIVE_TOKEN)
DEFAULTS = Lifetimes()


class Setup:
    """A cache in front of a verifier that knows some tokens, and time that goes on when it is told to."""

    def __init__(
        self, tokens: Mapping[str, AccessToken | Exception] | None = None, *, lifetimes: Lifetimes = DEFAULTS
    ) -> None:
        self.clock, self.monotonic = FakeClock(NOW), FakeClock(50)
        self.surroundings = Surroundings(clock=self.clock, monotonic=self.monotonic, random=bytes)
        self.cache = VerificationCache(self.surroundings)
        self.asked = FakeVerifier({"good": GOOD, "unknown": UNKNOWN, **(tokens or {})})
        self.notes = Notes()
        self.lifetimes = lifetimes
        self.verifier = self.of("authlete", "0", "{}")

    def of(self, *identity: str, verifier: FakeVerifier | None = None) -> CachingVerifier:
        return CachingVerifier(
            verifier or self.asked, self.cache, kind=identity[0], identity=identity, lifetimes=self.lifetimes, notes=self.notes
        )  # fmt: skip

    def passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.monotonic.now += seconds

    def verify(self, token: str = "good", **request: Any) -> AccessToken | str:
        self.notes.begin()
        try:
            return self.verifier.verify(token, make_request(**request))
        except AuthorizerError as error:
            return str(error.reason)

    def outcome(self, token: str = "good") -> str:
        """Whether it was known."""
        self.verify(token)
        return self.notes.cache
