"""Identifiers that look like those AWS makes up."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class RequestIds:
    """The identifiers of one request."""

    request_id: str
    extended_request_id: str
    trace_id: str


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
        request_id=str(uuid.UUID(bytes=random_bytes(16), version=4)),
        extended_request_id=base64.b64encode(random_bytes(11)).decode(),
        trace_id=f"Root=1-{int(now):08x}-{random_bytes(12).hex()}",
    )
