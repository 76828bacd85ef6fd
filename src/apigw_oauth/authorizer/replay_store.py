"""Which proofs have been used: each passes once. See RFC 9449 §11.1."""

import math
from collections.abc import Callable
from typing import Protocol

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason

CAPACITY = 10_000
"""Proofs that are remembered at once. At 60 seconds each, that is 166 requests a second for one environment."""


class ReplayStore(Protocol):
    """Remembers proofs until they are too old to be taken."""

    def claim(self, key: bytes, until: float, /) -> bool:
        """Remember a proof; False if it is remembered already. Looking and remembering are one step.

        `key` are 32 octets that stand for the proof, `until` are seconds since the epoch. Raises
        VerifierUnavailableError if it cannot be found out: a store that fails must let nobody in.
        """
        ...


class InMemoryReplayStore:
    """Remembers the proofs that one Lambda environment has seen; others do not know of them."""

    __slots__ = ("_capacity", "_clock", "_ends", "_known", "_swept")

    def __init__(self, *, clock: Callable[[], float], capacity: int = CAPACITY) -> None:
        """`clock` gives seconds since the epoch."""
        self._clock = clock
        self._capacity = capacity
        self._known: set[bytes] = set()
        self._ends: dict[int, list[bytes]] = {}  # by the second in which they may be forgotten
        self._swept = 0

    def claim(self, key: bytes, until: float, /) -> bool:
        """Remember a proof; False if it is remembered already.

        Raises VerifierUnavailableError when there is no room: forgetting one that could come again is no choice.
        """
        self._forget(math.floor(self._clock()))
        if key in self._known:
            return False
        if len(self._known) >= self._capacity:
            raise VerifierUnavailableError(
                f"{self._capacity} proofs are remembered, and none is old enough to be forgotten: shorten"
                " max_age of [authorizer.dpop], or throttle whoever sends so many",
                reason=Reason.REPLAY_STORE_FULL,
            )
        self._known.add(key)
        self._ends.setdefault(math.floor(until), []).append(key)
        return True

    def _forget(self, now: int) -> None:
        """Forget what has ended; once a second, since all that ends in one second ends together."""
        if now == self._swept:
            return
        self._swept = now
        for end in [end for end in self._ends if end < now]:
            self._known.difference_update(self._ends.pop(end))
