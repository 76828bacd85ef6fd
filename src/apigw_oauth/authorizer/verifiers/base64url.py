"""base64url without padding, in the one spelling that octets have. See RFC 7515 §2 and RFC 4648 §3.5."""

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(octets: bytes) -> str:
    """Return the octets as base64url, without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the octets. Raises ValueError for padding, foreign characters, and unused bits that are not zero."""
    if _ALPHABET.fullmatch(text) is None or len(text) % 4 == 1:
        raise ValueError("not base64url")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(octets) != text:
        raise ValueError("not base64url as it is to be written")
    return octets
