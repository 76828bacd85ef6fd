"""Notes: which verifiers were asked about one request, and whether what they said was known already."""

from typing import Literal

CacheOutcome = Literal["hit", "miss", "off"]


class Notes:
    """What the log says of the verifiers: written by those who ask them, and begun anew for each request."""

    __slots__ = ("cache", "digest", "verifier")

    def __init__(self) -> None:
        self.verifier: str | None = None
        """The types of those who were asked, with a `+` between them; None if nobody was."""
        self.digest: bytes | None = None
        """SHA-256 of the token, where a verifier was asked."""
        self.cache: CacheOutcome = "off"
        """`hit` if everything was known, `miss` if somebody had to find out; `off` where nothing is kept."""

    def begin(self) -> None:
        """Forget the request before."""
        self.verifier = None
        self.digest = None
        self.cache = "off"

    def asked(self, verifier: str, outcome: CacheOutcome) -> None:
        """Note that a verifier, named by its type, is asked about the token."""
        self.verifier = verifier if self.verifier is None else f"{self.verifier}+{verifier}"
        if outcome == "miss" or self.cache == "off":
            self.cache = outcome
