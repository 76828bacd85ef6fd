"""The ways in which API Gateway may have read a path.

A TOKEN event names no route, only an ARN with the path, and nobody has shown how API Gateway spells it there:
percent-encoded or decoded, with or without doubled slashes. A decision must be right for every spelling.
"""

import re
from collections.abc import Callable

# Patterns, compiled where they are needed: most paths are plain.
_ENCODED = r"%([0-9A-Fa-f]{2})"
_SLASHES = r"//+"
_UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-"

# What is decoded: everything, all but slashes, or only what need not have been encoded (RFC 3986 §2.3).
_DECODED: tuple[Callable[[str], bool], ...] = (bool, "/".__ne__, _UNRESERVED.__contains__)


def readings(path: str) -> tuple[str, ...]:
    """Return the path as it came, decoded once in each way, and all with runs of slashes drawn together.

    No repetitions. Octets are decoded one by one, not as UTF-8: for choosing a route only ASCII matters.
    """
    if "%" not in path and "//" not in path:
        return (path,)
    spelled = [path, *(_decode(path, some) for some in _DECODED)] if "%" in path else [path]
    if any("//" in one for one in spelled):
        spelled += [re.sub(_SLASHES, "/", one) for one in spelled]
    return tuple(dict.fromkeys(spelled))


def _decode(path: str, some: Callable[[str], bool]) -> str:
    def decoded(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if some(character) else match[0]

    return re.sub(_ENCODED, decoded, path)


def is_plain(path: str) -> bool:
    """Say whether the path reads the same in every way and holds nothing that IAM takes for a wildcard."""
    return not path.strip(_UNRESERVED + "/") and "//" not in path
