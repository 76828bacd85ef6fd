"""Nonces for DPoP proofs, which say when a proof was made by the server's clock. See RFC 9449 §8 and §9.

Nothing is kept: a nonce is a slot of time and a code that only holders of the secret can make. Every environment
of the function has the same secret, so each takes the nonces of all.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifiers import base64url

SECRET_VARIABLE = "APIGW_OAUTH_DPOP_NONCE_SECRET"  # noqa: S105 - the name of a variable
MIN_SECRET_LENGTH = 32
SLOT_LENGTH = 60
"""Seconds. A nonce is taken in its slot and in the next one: for one to two minutes."""


class Accepted(NamedTuple):
    """A nonce that is good."""

    until: float
    """Seconds since the epoch, after which it is not."""
    fresh: str | None
    """What the next proof should hold, where the nonce will not do much longer."""


class Nonces:
    """Gives nonces out, and knows them again."""

    __slots__ = ("_clock", "_secret")

    def __init__(self, secret: str, *, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since the epoch. Raises SettingsError for a secret that could be guessed."""
        if len(secret) < MIN_SECRET_LENGTH:
            raise SettingsError(
                f"the environment variable {SECRET_VARIABLE} must hold at least {MIN_SECRET_LENGTH} random"
                " characters: set it for the function, so that all its environments take one another's nonces"
            )
        self._secret = secret.encode("utf-8", "surrogateescape")
        self._clock = clock

    def current(self) -> str:
        """Return the nonce for the next proof."""
        return self._of(self._slot())

    def accept(self, nonce: object) -> Accepted | None:
        """Say whether it is a nonce of this slot or of the one before; None if it is not."""
        if not isinstance(nonce, str):
            return None
        given, now = nonce.encode("utf-8", "surrogatepass"), self._slot()
        for slot in (now, now - 1):
            if hmac.compare_digest(given, self._of(slot).encode("ascii")):
                fresh = None if slot == now else self.current()
                return Accepted(until=(slot + 2) * SLOT_LENGTH, fresh=fresh)
        return None

    def _slot(self) -> int:
        return int(self._clock() // SLOT_LENGTH)

    def _of(self, slot: int) -> str:
        """Print it in base64url, whose characters a nonce may have (NQCHAR of RFC 6749 appendix A)."""
        octets = slot.to_bytes(8, signed=True)
        code = hmac.digest(self._secret, b"DPoP-Nonce\x00" + octets, hashlib.sha256)
        return base64url.encode(octets + code)
