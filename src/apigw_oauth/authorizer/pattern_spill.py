"""Whether the IAM pattern of one path template reaches requests of another."""

from collections.abc import Sequence

# Tokens of a pattern or template: one character, or one of these.
_RUN = "any run of characters, the empty one too"
_RUN_IN_SEGMENT = "any run of characters without a slash"
_ONE_IN_SEGMENT = "one character, not a slash"
_RUNS = frozenset({_RUN, _RUN_IN_SEGMENT})


def spills(allowed: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether a policy for the template `allowed` lets a request through that is served by `other`.

    Both are segments as `routes.parse_path` returns them. Where it cannot be excluded, the answer is yes.
    """
    if not _intersect(_pattern(allowed), _template(other)):
        return False
    if _precedes(other, allowed):
        return True
    # `allowed` goes first, so `other` serves only what the pattern matches and the template does not.
    same_depth = len(allowed) == len(other) and "{+}" not in other
    rest_of_a_static_path = "{+}" in allowed and "{}" not in allowed
    return not (same_depth or rest_of_a_static_path)


def _pattern(segments: Sequence[str]) -> list[str]:
    return _join([[_RUN] if segment in {"{}", "{+}"} else list(segment) for segment in segments])


def _template(segments: Sequence[str]) -> list[str]:
    wild = {"{}": [_ONE_IN_SEGMENT, _RUN_IN_SEGMENT], "{+}": [_ONE_IN_SEGMENT, _RUN]}
    return _join([wild.get(segment) or list(segment) for segment in segments])


def _join(parts: list[list[str]]) -> list[str]:
    return [token for part in parts for token in ["/", *part]] or ["/"]


def _precedes(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether API Gateway tries `one` first: static over `{}` over `{+}`, at the first difference in kind."""
    rank = {"{}": 1, "{+}": 2}
    ours, theirs = ([rank.get(segment, 0) for segment in segments] for segments in (one, other))
    return next((a < b for a, b in zip(ours, theirs, strict=False) if a != b), len(one) < len(other))


def _intersect(one: list[str], other: list[str]) -> bool:
    """Say whether some string is matched by both token lists, by walking both at once."""
    seen: set[tuple[int, int]] = set()
    open_ends = [(0, 0)]
    while open_ends:
        i, j = state = open_ends.pop()
        if state in seen:
            continue
        seen.add(state)
        if i == len(one) and j == len(other):
            return True
        a = one[i] if i < len(one) else None
        b = other[j] if j < len(other) else None
        open_ends += [(i + 1, j)] * (a in _RUNS) + [(i, j + 1)] * (b in _RUNS)
        if a is not None and b is not None and _share_a_character(a, b):
            open_ends.append((i + (a not in _RUNS), j + (b not in _RUNS)))
    return False


def _share_a_character(a: str, b: str) -> bool:
    if _RUN in {a, b}:
        return True
    in_segment = {_RUN_IN_SEGMENT, _ONE_IN_SEGMENT}
    if a in in_segment:
        return b != "/"
    if b in in_segment:
        return a != "/"
    return a == b
