"""Scopes: check, print. See RFC 6749 §3.3."""

from collections.abc import Iterable


def is_scope(text: str) -> bool:
    """Say whether text is one scope: printable ASCII without space, quote and backslash."""
    return bool(text) and text.isascii() and text.isprintable() and not any(one in text for one in ' "\\')


def to_wire(scopes: Iterable[str]) -> str:
    """Print scopes as the wire value, sorted, so that equal sets print equally."""
    return " ".join(sorted(scopes))
