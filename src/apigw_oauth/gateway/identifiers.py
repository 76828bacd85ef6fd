"""Identifiers that look like those AWS makes up."""

import binascii
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_FETCHED = 4096
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)  # whose members are read in a tenth of the time that those of a NamedTuple take
class RequestIds:
    """The identifiers of one request."""

    request_id: str
    extended_request_id: str
    trace_id: str


@lru_cache(maxsize=1_000)
def identifier(seed: str, length: int) -> str:
    """Return an identifier of `[a-z0-9]` such as AWS gives to APIs and resources, derived from a seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    characters = []
    for _ in range(length):
        number, rest = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[rest])
    return "".join(characters)


class RandomBytes:
    """The system's random bytes, fetched in advance: asking for each few of them takes three times as long.

    It is for one thread at a time.
    """

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._stock = b""
        self._used = 0

    def __call__(self, number: int) -> bytes:
        """Return so many bytes, at most as many as are fetched at once."""
        start = self._used
        if start + number > len(self._stock):
            self._stock, start = self._source(_FETCHED), 0
        self._used = start + number
        return self._stock[start : self._used]


def request_ids(random_bytes: Callable[[int], bytes], now: float) -> RequestIds:
    """Return fresh identifiers: a UUID, sixteen characters that look like base64, and an X-Ray root."""
    random = random_bytes(39)  # at once: each call is one of the system
    return RequestIds(
        request_id=uuid4(random[:16]),
        extended_request_id=binascii.b2a_base64(random[16:27], newline=False).decode(),
        trace_id=f"Root=1-{int(now):08x}-{random[27:].hex()}",
    )


def uuid4(random: bytes) -> str:
    """Return a UUID of sixteen random bytes, RFC 9562, as text: the class of the standard library takes 4 µs."""
    digits = random.hex()
    variant = "89ab"[random[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
