"""The verification cache: what was learned of a token lately need not be asked again.

It keeps facts, never decisions: times, scopes, proofs, step-up and whatever else depends on the request are looked
at each time, by those who get the facts. It keeps neither tokens nor outages. See RFC 7662 §4 and docs/outages.md.
"""

import json
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.sha256 import sha256
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier, prepare
from apigw_oauth.authorizer.verifiers.notes import Notes

POSITIVE_TTL, MAX_POSITIVE_TTL = 30, 300
"""Seconds for which the facts about a token are kept."""
NEGATIVE_TTL, MAX_NEGATIVE_TTL = 10, 60
"""Seconds for which it is kept that the authorization server does not know a token."""
CAPACITY = 1000
"""Of facts, and as many refusals: tokens that somebody makes up push out no good ones."""
MAX_SIZE = 8192
"""Characters of the facts about one token, as JSON; with more of them nothing is kept."""

_AROUND = len("[[], {}, {}]")
_PLAIN = frozenset({str, int, float, bool, type(None)})

Kept = TypeVar("Kept")


class Lifetimes(NamedTuple):
    """For how many seconds answers are kept; 0: not at all."""

    positive: float = POSITIVE_TTL
    negative: float = NEGATIVE_TTL


class VerificationCache:
    """What the verifiers of one Lambda environment have learned."""

    def __init__(self, surroundings: Surroundings) -> None:
        """Set up empty, with a key that nobody else has: what stands for a token here means nothing elsewhere."""
        self._secret = surroundings.random(32)
        self.facts: LatestEntries[AccessToken] = LatestEntries(surroundings)
        self.refusals: LatestEntries[str] = LatestEntries(surroundings)

    def key(self, *parts: str) -> bytes:
        """Return what stands for these texts, in this order, and for no others."""
        encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
        prefixed = b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
        return sha256(self._secret + prefixed).digest()


class LatestEntries(Generic[Kept]):
    """Entries that end; those that were not looked at for the longest time make room for new ones."""

    def __init__(self, surroundings: Surroundings, *, capacity: int = CAPACITY) -> None:
        self._clock = surroundings.clock
        self._monotonic = surroundings.monotonic
        self._capacity = capacity
        self._entries: dict[bytes, _Entry[Kept]] = {}

    def get(self, key: bytes) -> Kept | None:
        """Return what is kept; None where that is nothing any more."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return None
        value, kept_at, ttl, begin, end = entry
        # Both clocks count: one may be set, the other may stand still while Lambda freezes the environment.
        # Written so that a comparison with what is no number (NaN) forgets.
        if not (0 <= self._monotonic() - kept_at < ttl and begin <= self._clock() < end):
            return None
        self._entries[key] = entry
        return value

    def put(self, key: bytes, value: Kept, *, ttl: float, end: float | None = None) -> None:
        """Keep something for `ttl` seconds, and not beyond `end`, in seconds since the epoch."""
        now = self._clock()
        until = now + ttl if end is None else min(now + ttl, end)
        self._entries.pop(key, None)
        if not now < until:
            return
        while len(self._entries) >= self._capacity:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = _Entry(value, self._monotonic(), ttl, now, until)

    def __len__(self) -> int:
        return len(self._entries)


class _Entry(NamedTuple, Generic[Kept]):
    value: Kept
    kept_at: float
    """By the monotonic clock."""
    ttl: float
    begin: float
    """Seconds since the epoch, as `end`."""
    end: float


class CachingVerifier:
    """Asks another verifier about what is not known already."""

    def __init__(
        self,
        verifier: TokenVerifier,
        cache: VerificationCache,
        *,
        kind: str,
        identity: Iterable[str],
        lifetimes: Lifetimes,
        notes: Notes,
    ) -> None:
        """Set up in front of a verifier.

        `kind` is the type by which the log names it. `identity` are the texts that tell it from all others that
        use the cache: what one server says of a token is not what another one would.
        """
        self._verifier = verifier
        self._cache = cache
        self._kind = kind
        self._identity = tuple(identity)
        self._key = cache.key(*self._identity)
        """Hashed before a token's digest, so that what stands for it says both whose token it is and which."""
        self._lifetimes = lifetimes
        self._is_off = not any(lifetimes)
        self._notes = notes

    def prepare(self) -> None:
        """Have the verifier prepare itself."""
        prepare(self._verifier)

    def recognizes(self, token: str) -> bool:
        """Say what the verifier says."""
        return self._verifier.recognizes(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts about the token. Raises what the verifier raises."""
        digest = self._notes.digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        if self._is_off:
            self._notes.asked(self._kind, "off")
            return self._verifier.verify(token, request)
        key = sha256(self._key + digest).digest()  # short: a JWT is hashed once, for the cache and for the log
        known = self._cache.facts.get(key)
        if known is not None:
            self._notes.asked(self._kind, "hit")
            return known
        return self._ask(token, request, key)

    def _ask(self, token: str, request: Request, key: bytes) -> AccessToken:
        """Ask, unless the token was refused lately, and keep what is said."""
        refusal_key = self._refusal_key(token, request, key)
        refused = self._cache.refusals.get(refusal_key)
        if refused is not None:
            self._notes.asked(self._kind, "hit")
            raise InvalidTokenError(refused, reason=Reason.INACTIVE_TOKEN)
        self._notes.asked(self._kind, "miss")
        try:
            found = self._verifier.verify(token, request)
        except InvalidTokenError as error:
            if error.reason is Reason.INACTIVE_TOKEN and error.nonce is None and error.scheme is None:
                self._cache.refusals.put(refusal_key, str(error), ttl=self._lifetimes.negative)
            raise
        if _may_be_kept(found):
            end = None if found.expires_at is None else found.expires_at - found.leeway
            self._cache.facts.put(key, found, ttl=self._lifetimes.positive, end=end)
        return found

    def _refusal_key(self, token: str, request: Request, key: bytes) -> bytes:
        """Return what stands for a token and for what else of a request may take part in a refusal.

        Who presents somebody else's bound token is refused for lack of a proof, and must not have the rightful
        sender refused too.
        """
        proofs, certificate = request.headers.get("dpop", ()), request.client_certificate
        if not proofs and not certificate:
            return key
        return self._cache.key("refusal", *self._identity, token, *proofs, certificate or "")


def _may_be_kept(found: AccessToken) -> bool:
    if found.reusable is not True or found.dpop_nonce is not None:
        return False
    try:
        names = (found.issuer, found.subject, found.client_id, *found.scopes, *found.audience)
        told = (*names, *found.claims, *found.claims.values())
        plain = not found.confirmation and _PLAIN.issuperset(map(type, told))
        # What is short in Python's own words is not long in JSON, which needs 12 characters for one at most, and 4
        # around each text: this takes 2 µs, to print the JSON 20.
        if plain and 12 * (sum(map(len, map(str, told))) + len(told)) + _AROUND <= MAX_SIZE:
            return True
        size = len(json.dumps([names, found.claims, found.confirmation], default=dict))
    except (TypeError, ValueError, RecursionError):
        return False
    return size <= MAX_SIZE
