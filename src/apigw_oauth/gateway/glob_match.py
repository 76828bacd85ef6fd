"""The patterns of IAM: `*` is any run of characters, `?` is exactly one."""

import re


def glob_match(pattern: str, text: str) -> bool:
    """Say whether the whole text matches.

    `*` crosses `/` and `:` and matches the empty string. The pieces between the stars are looked for from left to
    right, each at its first place, so that no pattern makes this slow.
    """
    if "?" not in pattern:  # what nearly all are: text, or text and a star; 1 µs less
        head, star, tail = pattern.partition("*")
        if not star:
            return head == text
        if not tail:
            return text.startswith(head)
    first, *rest = pattern.split("*")
    if not rest:
        return len(pattern) == len(text) and _fits(pattern, text, 0)
    *middle, last = rest
    if len(first) + len(last) > len(text) or not _fits(first, text, 0):
        return False
    position, end = len(first), len(text) - len(last)
    if not _fits(last, text, end):
        return False
    for piece in middle:
        found = _find(piece, text, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _find(piece: str, text: str, start: int, end: int) -> int:
    if "?" not in piece:
        return text.find(piece, start, end)
    expression = re.compile("".join("." if char == "?" else re.escape(char) for char in piece), re.DOTALL)
    found = expression.search(text, start, end)
    return found.start() if found else -1


def _fits(piece: str, text: str, start: int) -> bool:
    if "?" not in piece:
        return text.startswith(piece, start)
    here = text[start : start + len(piece)]
    return len(here) == len(piece) and all(want in {"?", have} for want, have in zip(piece, here, strict=True))
