"""Where the keys of an issuer come from: the settings, or the issuer itself, which is asked seldom.

Keys are fetched when they are first needed, again after some minutes, and when a token names a key that is not
among them, as after a rotation. Tokens are made by strangers, so that last kind of asking has a cool-down. See
https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys and draft-ietf-oauth-rfc8725bis §3.8.
"""

import math
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.discovery import Discovery
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpAnswer
from apigw_oauth.authorizer.verifiers.jwks import Key, KeySet, NoKeyError, UnusableKeySetError

LIFETIME, MIN_LIFETIME, MAX_LIFETIME = 300.0, 60.0, 3600.0
"""Seconds until keys are fetched again: by default, and the limits for what the server says in Cache-Control."""

MAX_AGE = 3600.0
"""Seconds for which keys are used while they cannot be fetched again."""

COOL_DOWN = 30.0
"""Seconds between two fetches for the sake of an unknown key, whatever came of the first."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds after a fetch that failed; they double each time."""

_MEDIA_TYPES = frozenset({"application/json", "application/jwk-set+json"})
_HEADERS = {"Accept": "application/jwk-set+json, application/json"}


class KeySource(Protocol):
    """The keys of one issuer."""

    def find(self, *, kid: str | None, alg: str) -> Key:
        """Return the key for a token with this header.

        Raises NoKeyError if the issuer has none, VerifierUnavailableError if that cannot be found out.
        """
        ...

    def fits(self, alg: str) -> bool:
        """Say whether a key that is here already may verify signatures of an algorithm. Asks nobody."""
        ...


class Fetch(Protocol):
    """Asks for the key set once."""

    def __call__(self) -> HttpAnswer:
        """Return the answer. Raises VerifierUnavailableError."""
        ...


class LocalKeys:
    """Keys that the settings hold."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = _Remembered(keys)

    def find(self, *, kid: str | None, alg: str) -> Key:
        """Return the key for a token with this header. Raises NoKeyError."""
        known = self._keys.found.get((kid, alg))
        return self._keys.select(kid, alg) if known is None else known

    def fits(self, alg: str) -> bool:
        """Say whether a key fits."""
        return self._keys.fits(alg)


class _Remembered:
    """A set of keys, and which of them were found in it: to choose among 50 takes 10 µs.

    What is not there is not remembered: strangers choose what is looked for.
    """

    __slots__ = ("_keys", "found")

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self.found: dict[tuple[str | None, str], Key] = {}

    def select(self, kid: str | None, alg: str) -> Key:
        found = self.found.get((kid, alg))
        if found is None:
            found = self.found[kid, alg] = self._keys.select(kid=kid, alg=alg)
        return found

    def fits(self, alg: str) -> bool:
        return any(key.fits(alg) for key in self._keys.keys)


class _Held(NamedTuple):
    keys: _Remembered
    fetched_at: float
    lifetime: float


class RemoteKeys:
    """Keys that are fetched.

    One thread fetches, the others wait for what it gets. A fetch that fails leaves what is there; one that
    succeeds replaces it as a whole, so that a withdrawn key is gone.
    """

    def __init__(self, fetch: Fetch, *, clock: Callable[[], float]) -> None:
        """Set up; nothing is fetched yet.

        `clock` is in seconds since the epoch, which go on while a Lambda environment is frozen; a clock that went
        back makes everything old.
        """
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._failed_at = -math.inf
        self._failures = 0
        self._failure = ""
        self._searched_at = -math.inf

    def prepare(self) -> None:
        """Fetch the keys before the first token needs them. If that fails, the first token asks at once."""
        with self._lock:
            if self._held is None:
                self._refresh()
                self._failures = 0

    def find(self, *, kid: str | None, alg: str) -> Key:
        """Return the key for a token with this header. Raises NoKeyError, VerifierUnavailableError."""
        before = self._held
        held = self._current()
        try:
            return held.keys.select(kid, alg)
        except NoKeyError:
            return self._search(held, is_new=held is not before).keys.select(kid, alg)

    def fits(self, alg: str) -> bool:
        """Say whether a key fits that was fetched."""
        held = self._held
        return held is not None and held.keys.fits(alg)

    def _current(self) -> _Held:
        held = self._held
        if held is not None and self._since(held.fetched_at) < held.lifetime:
            return held
        with self._lock:
            if self._held is held and self._since(self._failed_at) >= self._pause():
                self._refresh()
            held = self._held
        if held is None or self._since(held.fetched_at) >= MAX_AGE:
            raise _unavailable(f"the keys of the issuer cannot be fetched: {self._failure}")
        return held

    def _search(self, held: _Held, *, is_new: bool) -> _Held:
        """Fetch again, because a key is not there, unless that has just been done."""
        with self._lock:
            may_ask = is_new or self._since(self._failed_at) >= self._pause()
            if self._held is held and may_ask and self._since(self._searched_at) >= COOL_DOWN:
                self._searched_at = self._clock()
                if not is_new:
                    self._refresh()
            if self._failures or self._held is None:  # the key may be there by now: nobody knows
                raise _unavailable(f"the keys of the issuer cannot be fetched: {self._failure}")
            return self._held

    def _refresh(self) -> None:
        try:
            answer = self._fetch()
            keys = _read(answer)
        except VerifierUnavailableError as error:
            self._fail(str(error))
            return
        lifetime = LIFETIME if answer.max_age is None else min(max(answer.max_age, MIN_LIFETIME), MAX_LIFETIME)
        self._held = _Held(_Remembered(keys), self._clock(), lifetime) if keys.keys else None
        self._failures = 0
        if not keys.keys:  # withdrawn is withdrawn; but what tokens are worth, such a server does not say
            self._fail("none of them can be used")

    def _fail(self, why: str) -> None:
        self._failed_at = self._clock()
        self._failures += 1
        self._failure = why

    def _pause(self) -> float:
        return min(FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE) if self._failures else 0.0

    def _since(self, moment: float) -> float:
        elapsed = self._clock() - moment
        return elapsed if elapsed >= 0 else math.inf


def fetch_from(client: Client, target: str) -> Fetch:
    """Return what asks a server for its keys."""
    return lambda: client.get(target, _HEADERS)


def fetch_discovered(discovery: Discovery) -> Fetch:
    """Return what asks for the keys where the issuer's metadata says that they are."""

    def fetch() -> HttpAnswer:
        client, target = discovery.client_for("jwks_uri")
        try:
            answer = client.get(target, _HEADERS)
        except VerifierUnavailableError:
            discovery.forget()
            raise
        if answer.status != 200:
            discovery.forget()
        return answer

    return fetch


def _read(answer: HttpAnswer) -> KeySet:
    if answer.status != 200:
        raise _unavailable(f"the server of the keys answered HTTP {answer.status}")
    if answer.media_type not in _MEDIA_TYPES:
        raise _unavailable("the server of the keys answered with something else than JSON")
    try:
        return KeySet.parse(strict_json.loads_object(answer.body))
    except (strict_json.JsonError, UnusableKeySetError) as error:
        raise _unavailable(f"what the server of the keys answered is no key set: {error}") from None


def _unavailable(message: str) -> VerifierUnavailableError:
    return VerifierUnavailableError(message, reason=Reason.KEYS_UNAVAILABLE)
