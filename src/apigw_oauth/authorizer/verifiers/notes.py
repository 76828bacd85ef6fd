"""Notes: which verifiers were asked about one request, and whether what they said was known already."""

from typing import Literal

CacheOutcome = Literal["hit", "miss", "off"]


class Notes:
    """What the log says of the verifiers: written by those who ask them, and begun anew for each request."""

    __slots__ = ("_outcomes", "_verifiers")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget the request before."""
        self._verifiers: list[str] = []
        self._outcomes: set[CacheOutcome] = set()

    def asked(self, verifier: str, outcome: CacheOutcome) -> None:
        """Note that a verifier, named by its type, is asked about the token."""
        self._verifiers.append(verifier)
        self._outcomes.add(outcome)

    @property
    def verifier(self) -> str | None:
        """The types of those who were asked, with a `+` between them; None if nobody was."""
        return "+".join(self._verifiers) or None

    @property
    def cache(self) -> CacheOutcome:
        """`hit` if everything was known, `miss` if somebody had to find out; `off` where nothing is kept."""
        if "miss" in self._outcomes:
            return "miss"
        return "hit" if "hit" in self._outcomes else "off"
