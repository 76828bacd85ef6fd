"""Keep credentials out of what people are told."""

import json
from collections.abc import Iterable

LONGEST_NAME = 80


def redacted(text: str, credentials: Iterable[str]) -> str:
    """Return the text without these credentials."""
    for value in credentials:
        text = text.replace(value, "[redacted]")
    return text


def shown(name: str, credentials: Iterable[str] = ()) -> str:
    """Return a name that somebody's function chose, fit for one line: no credential, quoted, not long.

    It is redacted before it is quoted and cut: afterwards a credential would no longer be recognised.
    """
    return json.dumps(redacted(name, credentials))[:LONGEST_NAME]
