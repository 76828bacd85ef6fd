"""Identifiers that look like those AWS makes up."""

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

_NOT_VERSION_AND_VARIANT = ~((0xF << 76) | (0x3 << 62))
_VERSION_4_AND_VARIANT = (0x4 << 76) | (0x2 << 62)
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class RequestIds(NamedTuple):
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


def request_ids(random_bytes: Callable[[int], bytes], now: float) -> RequestIds:
    """Return fresh identifiers: a UUID, sixteen characters that look like base64, and an X-Ray root."""
    return RequestIds(
        request_id=uuid4(random_bytes(16)),
        extended_request_id=base64.b64encode(random_bytes(11)).decode(),
        trace_id=f"Root=1-{int(now):08x}-{random_bytes(12).hex()}",
    )


def uuid4(random: bytes) -> str:
    """Return a UUID of sixteen random bytes, RFC 9562, as text: the class of the standard library takes 4 µs."""
    digits = (int.from_bytes(random) & _NOT_VERSION_AND_VARIANT | _VERSION_4_AND_VARIANT).to_bytes(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
