"""What API Gateway remembers of an authorizer's answers."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from apigw_oauth.gateway.authorizer_result import AuthorizerResult


class AuthorizerCache:
    """The answers of one authorizer on one stage, by the values of its identity sources.

    An entry says nothing of the route: the same policy is compared with every later request of the same identity.
    Keys are digests under a random key, so that no token stays in memory. The oldest entry goes when it is full.
    """

    def __init__(self, *, ttl: int, clock: Callable[[], float], key: bytes, capacity: int = 10_000) -> None:
        self._ttl = ttl
        self._clock = clock
        self._key = key
        self._capacity = capacity
        self._entries: OrderedDict[bytes, tuple[float, AuthorizerResult]] = OrderedDict()
        self.generation = 0

    def get(self, identity: tuple[str, ...]) -> AuthorizerResult | None:
        """Return the answer kept for this identity, unless its time is over."""
        # Where the cache is off a digest would be for nothing.
        return self.find(self.digest(identity)) if self._entries else None

    def find(self, digest: bytes) -> AuthorizerResult | None:
        """Return the answer kept for an identity of this digest, unless its time is over."""
        found = self._entries.get(digest)
        if found is None:
            return None
        expires, result = found
        if self._clock() < expires:
            return result
        del self._entries[digest]
        return None

    def put(self, identity: tuple[str, ...], result: AuthorizerResult, *, generation: int) -> None:
        """Keep an answer, unless the cache was flushed since `generation` was read, or is off."""
        if not self._ttl or generation != self.generation:
            return
        digest = self.digest(identity)
        self._entries.pop(digest, None)
        self._entries[digest] = (self._clock() + self._ttl, result)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def flush(self) -> None:
        """Forget everything, the answers that are on their way included."""
        self._entries.clear()
        self.generation += 1

    def digest(self, identity: tuple[str, ...]) -> bytes:
        """Return the key of an identity: of what Python prints, where ("a", "bc") is not ("ab", "c")."""
        return blake2b(repr(identity).encode(), digest_size=32, key=self._key).digest()
