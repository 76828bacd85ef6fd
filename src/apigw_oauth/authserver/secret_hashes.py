"""What the server keeps of a secret: enough to recognize it, not enough to tell it."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class SecretHash(Protocol):
    """A secret that can be compared with a candidate, in constant time."""

    def matches(self, candidate: str) -> bool:
        """Compare, in constant time."""
        ...


@dataclass(frozen=True, slots=True)
class GeneratedSecret:
    """The SHA-256 hash of a secret with full entropy, which nobody can guess; fast enough for each call."""

    digest: bytes = field(repr=False)

    @staticmethod
    def of(secret: str) -> "GeneratedSecret":
        """Hash a secret."""
        return GeneratedSecret(sha256(secret))

    def matches(self, candidate: str) -> bool:
        """Compare, in constant time."""
        return hmac.compare_digest(self.digest, sha256(candidate))


class ChosenSecret:
    """The argon2id hash of a secret that a person chose, and that a list of frequent passwords may contain.

    It is made when somebody first tries the secret: that takes 35 ms of CPU for each, a fifth of a start, and most
    starts serve no login. The settings have the secret in plain text as long as the server runs.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @staticmethod
    def of(secret: str) -> "ChosenSecret":
        """Hash a secret, in time."""
        return ChosenSecret(secret)

    @cached_property
    def encoded(self) -> str:
        """The hash, with its parameters and its salt."""
        return _argon2().hash(self._secret.encode("utf-8", "surrogatepass"))

    def matches(self, candidate: str) -> bool:
        """Compare, in constant time."""
        from argon2.exceptions import VerificationError

        try:
            return _argon2().verify(self.encoded, candidate.encode("utf-8", "surrogatepass"))
        except VerificationError:
            return False


class RepeatedSecret:
    """A chosen secret that a program sends with each request.

    Argon2 takes some 40 ms of CPU, and a token endpoint or an introspection that asks it each time takes nothing
    else. What was right once is recognized by a hash with a key that this process has made up (2 µs); whatever is
    not that goes to argon2.
    """

    __slots__ = ("_chosen", "_key", "_right")

    def __init__(self, chosen: SecretHash) -> None:
        self._chosen = chosen
        self._key = secrets.token_bytes(32)
        self._right = b""

    def matches(self, candidate: str) -> bool:
        """Compare, in constant time."""
        digest = hashlib.blake2b(candidate.encode("utf-8", "surrogatepass"), key=self._key).digest()
        if hmac.compare_digest(digest, self._right):
            return True
        if not self._chosen.matches(candidate):
            return False
        self._right = digest
        return True


@cache
def _argon2() -> "PasswordHasher":
    from argon2 import PasswordHasher  # most starts need none

    # RFC 9106 is for servers with gigabytes to spare; this is OWASP's minimum (19 MiB, two passes): nobody who
    # logs in has to wait. https://cheatsheetseries.owasp.org/ "Password Storage"
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def sha256(text: str) -> bytes:
    """Hash a token, a code or a generated secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def base64url(octets: bytes) -> str:
    """Encode without padding. See RFC 7515 §2."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def new_token(random: Callable[[int], bytes], octets: int = 32) -> str:
    """Make up a random value in base64url; 256 bits unless told otherwise."""
    return base64url(random(octets))


def from_base64url(text: str) -> bytes:
    """Decode what `base64url` wrote. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
