"""Slows down whoever guesses passwords."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable

from apigw_oauth.authserver.secret_hashes import sha256

_WINDOW = 60.0  # seconds
_PER_LOGIN = 5
_PER_ADDRESS = 20
_MOST_KEYS = 10_000

_Key = tuple[str, bytes]


class LoginThrottle:
    """Counts attempts per login ID and per address within a minute; a success is not held against anybody."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._attempts: OrderedDict[_Key, deque[float]] = OrderedDict()

    def attempt(self, login: str, address: str) -> int:
        """Note an attempt before it is judged. Returns 0, or the seconds to wait when it must not take place."""
        now = self._clock()
        limits = ((_key("login", login), _PER_LOGIN), (_key("address", address), _PER_ADDRESS))
        wait = max(self._wait(key, limit, now) for key, limit in limits)
        if wait <= 0:
            for key, _ in limits:
                self._note(key, now)
        return math.ceil(wait)

    def succeeded(self, login: str, address: str) -> None:
        """Forget the attempts with this login ID, and the last one from this address."""
        self._attempts.pop(_key("login", login), None)
        from_address = self._attempts.get(_key("address", address))
        if from_address:
            from_address.pop()

    def _wait(self, key: _Key, limit: int, now: float) -> float:
        noted = self._attempts.get(key, deque())
        while noted and noted[0] <= now - _WINDOW:
            noted.popleft()
        return noted[0] + _WINDOW - now if len(noted) >= limit else 0.0

    def _note(self, key: _Key, now: float) -> None:
        self._attempts.setdefault(key, deque()).append(now)
        self._attempts.move_to_end(key)
        while len(self._attempts) > _MOST_KEYS:
            self._attempts.popitem(last=False)


def _key(kind: str, name: str) -> _Key:
    return kind, sha256(name)  # of one size, however long a login ID somebody sends
