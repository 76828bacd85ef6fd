"""Identifiers, made for many requests at once: those of one request take half of what they take by themselves."""

import binascii
from collections.abc import Callable

from apigw_oauth.gateway.identifiers import RequestIds

_MADE = 128
_UUID = b"........-....-....-....-............\n"
_DIGITS = tuple(column for column, sign in enumerate(_UUID.decode()) if sign == ".")
_VERSION, _VARIANT = 14, 19  # the columns of the two digits that are not random, or not all of it
_VARIANTS = bytes.maketrans(b"0123456789abcdef", b"89ab" * 4)


class UuidStock:
    """Fresh UUIDs, for one thread at a time."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._stock: list[str] = []

    def __call__(self) -> str:
        """Return what `uuid4` would."""
        if not self._stock:
            self._stock = _uuids(self._random_bytes(16 * _MADE))
        return self._stock.pop()


class RequestIdStock:
    """Fresh identifiers of requests, for one thread at a time."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._stock: list[tuple[str, str, str]] = []
        self._second, self._root = -1, ""

    def __call__(self, now: float) -> RequestIds:
        """Return what `request_ids` would."""
        if not self._stock:
            self._stock = self._made()
        second = int(now)
        if second != self._second:
            self._second, self._root = second, f"Root=1-{second:08x}-"
        request_id, extended_request_id, trace = self._stock.pop()
        return RequestIds(request_id, extended_request_id, self._root + trace)

    def _made(self) -> list[tuple[str, str, str]]:
        uuids = _uuids(self._random_bytes(16 * _MADE))
        extended = _extended_request_ids(self._random_bytes(12 * _MADE))
        traces = self._random_bytes(12 * _MADE).hex("/", 12).split("/")
        return list(zip(uuids, extended, traces, strict=True))


def _uuids(random: bytes) -> list[str]:
    """Return a UUID for each sixteen bytes. They are written side by side, each digit of all of them at once."""
    number = len(random) // 16
    digits = random.hex().encode()
    lines = bytearray(_UUID * number)
    for place, column in enumerate(_DIGITS):
        lines[column :: len(_UUID)] = digits[place::32]
    lines[_VERSION :: len(_UUID)] = b"4" * number
    lines[_VARIANT :: len(_UUID)] = digits[16::32].translate(_VARIANTS)
    return lines.decode().split()


def _extended_request_ids(random: bytes) -> list[str]:
    """Return eleven of each twelve bytes in base64; the last of them is padding."""
    padded = bytearray(random)
    padded[11::12] = bytes(len(random) // 12)
    text = binascii.b2a_base64(padded, newline=False).decode()
    return [f"{text[start : start + 15]}=" for start in range(0, len(text), 16)]
