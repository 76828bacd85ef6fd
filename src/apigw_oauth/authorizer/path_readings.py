"""The ways in which API Gateway may have read a path.

A TOKEN event names no route, only an ARN with the path, and nobody has shown how API Gateway spells it there:
percent-encoded or decoded, with or without doubled slashes. A decision must be right for every spelling.
"""

import re

_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"//+")
_PLAIN = re.compile(r"[A-Za-z0-9._~/-]*")


def readings(path: str) -> tuple[str, ...]:
    """Return the path as it came, decoded once, and both with runs of slashes drawn together; no repetitions.

    Octets are decoded one by one, not as UTF-8: for choosing a route only ASCII matters.
    """
    decoded = _ENCODED.sub(lambda match: chr(int(match[1], 16)), path)
    return tuple(dict.fromkeys((path, decoded, _SLASHES.sub("/", path), _SLASHES.sub("/", decoded))))


def is_plain(path: str) -> bool:
    """Say whether the path reads the same in every way and holds nothing that IAM takes for a wildcard."""
    return _PLAIN.fullmatch(path) is not None and "//" not in path
