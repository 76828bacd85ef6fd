"""The ways in which API Gateway may have read a path.

A TOKEN event names no route, only an ARN with the path, and nobody has shown how API Gateway spells it there:
percent-encoded or decoded, with or without doubled slashes. A decision must be right for every spelling.
"""

import re

_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"//+")
_PLAIN = re.compile(r"[A-Za-z0-9._~/-]*")

# What is decoded: everything, all but slashes, or only what need not have been encoded (RFC 3986 §2.3).
_DECODED = (re.compile(r".", re.DOTALL), re.compile(r"[^/]", re.DOTALL), re.compile(r"[A-Za-z0-9._~-]"))


def readings(path: str) -> tuple[str, ...]:
    """Return the path as it came, decoded once in each way, and all with runs of slashes drawn together.

    No repetitions. Octets are decoded one by one, not as UTF-8: for choosing a route only ASCII matters.
    """
    if "%" not in path and "//" not in path:
        return (path,)
    spelled = [path, *(_decode(path, some) for some in _DECODED)] if "%" in path else [path]
    if any("//" in one for one in spelled):
        spelled += [_SLASHES.sub("/", one) for one in spelled]
    return tuple(dict.fromkeys(spelled))


def _decode(path: str, some: re.Pattern[str]) -> str:
    def decoded(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if some.fullmatch(character) else match[0]

    return _ENCODED.sub(decoded, path)


def is_plain(path: str) -> bool:
    """Say whether the path reads the same in every way and holds nothing that IAM takes for a wildcard."""
    return _PLAIN.fullmatch(path) is not None and "//" not in path
