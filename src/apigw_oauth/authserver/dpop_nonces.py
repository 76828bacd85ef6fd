"""Nonces for DPoP proofs, which the server need not remember. See RFC 9449 §8 and §9."""

import hashlib
import hmac
from collections.abc import Callable

from apigw_oauth.authserver.secret_hashes import base64url
from apigw_oauth.authserver.store import Store


class DpopNonces:
    """Each nonce is good for the time slot it was made in and for the next; `duration` of a slot in seconds."""

    def __init__(
        self, store: Store, *, clock: Callable[[], float], random: Callable[[int], bytes], duration: int
    ) -> None:
        self._store = store
        self._clock = clock
        self._random = random
        self._duration = duration

    def current(self) -> str:
        """Return the nonce to use from now on."""
        return self._nonce(self._slot())

    def is_good(self, nonce: object) -> bool:
        """Tell whether a proof has a nonce of this server that is not too old."""
        if not isinstance(nonce, str):
            return False
        good = [self._nonce(slot) for slot in (self._slot(), self._slot() - 1)]
        return any(hmac.compare_digest(one.encode("ascii"), nonce.encode("utf-8", "replace")) for one in good)

    def _slot(self) -> int:
        return int(self._clock()) // self._duration

    def _nonce(self, slot: int) -> str:
        key = bytes.fromhex(self._store.settle("dpop_nonce_key", lambda: self._random(32).hex()))
        octets = slot.to_bytes(8, "big")
        return base64url(octets + hmac.digest(key, octets, hashlib.sha256)[:16])
