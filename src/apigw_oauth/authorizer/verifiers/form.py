"""Forms as they are sent: application/x-www-form-urlencoded. See RFC 6749, appendix B.

`urllib.parse` does the same, for 10 million instructions of a start, 4 % of those of the least function that asks.
"""

from collections.abc import Mapping

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~"
_OCTETS = frozenset(_PLAIN.encode("ascii"))


def quoted(text: str) -> str:
    """Return a name or a value as a form has it. Raises UnicodeEncodeError for what is no text."""
    if not text.strip(_PLAIN):
        return text
    return "".join(
        chr(octet) if octet in _OCTETS else "+" if octet == 0x20 else f"%{octet:02X}"
        for octet in text.encode("utf-8")
    )


def encoded(fields: Mapping[str, str]) -> bytes:
    """Return a form. Raises UnicodeEncodeError for what is no text."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields.items()).encode("ascii")
