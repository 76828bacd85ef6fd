"""Scopes: check, print. See RFC 6749 §3.3."""

import re
from collections.abc import Iterable

_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


def is_scope(text: str) -> bool:
    """Say whether text is one scope: printable ASCII without space, quote and backslash."""
    return _SCOPE.fullmatch(text) is not None


def to_wire(scopes: Iterable[str]) -> str:
    """Print scopes as the wire value, sorted, so that equal sets print equally."""
    return " ".join(sorted(scopes))
