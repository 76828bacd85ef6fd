"""JSON as RFC 8259 has it and I-JSON wants it, for what strangers send: one meaning for each text, or none.

The standard library takes names twice (the last one wins), NaN, UTF-16, a byte order mark and halves of surrogate
pairs. Two programs that read such a text differently are how a token means one thing to its issuer and another
here. See RFC 7493 and draft-ietf-oauth-rfc8725bis §2.
"""

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

MAX_DEPTH = 32
"""Objects and arrays inside one another, the outermost included."""

_MAX_DIGITS = (
    100  # of an integer: more than any time or number in a claim, and fewer than what a float cannot hold
)


class JsonError(ValueError):
    """A text that is not one plain JSON object. The message holds nothing of the text."""


def loads_object(octets: bytes, *, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """Parse a JSON object from strict UTF-8.

    Raises JsonError for anything else: a byte order mark, a name twice in one object, NaN or an infinity (1e999 is
    one too), integers of more than 100 digits, a lone surrogate, nesting beyond `max_depth`.
    """
    try:
        text = octets.decode("utf-8")
        if text.count("{") == 1 and "[" not in text and "\\" not in text:
            flat = _flat(text)
            if flat is not None:
                return flat
        # Where no space is around it, the C scanner does it all; `decode` takes 1 µs to look for some.
        try:
            value, end = _SCAN(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            value = _DECODER.decode(text)
        if "\\u" in text:  # the only way to write half of a surrogate pair
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise JsonError("not plain JSON") from None
    if not isinstance(value, dict):
        raise JsonError("not a JSON object")
    # There are not more levels than brackets: to count these takes 0.2 µs, to walk through the value 3.
    if text.count("{") + text.count("[") > max_depth and _is_deeper(value, max_depth):
        raise JsonError("nested too deeply")
    return value


def _flat(text: str) -> dict[str, Any] | None:
    """Parse an object with neither objects nor lists nor escapes inside it; None for what is not quite that.

    A name that is there twice is seen from the quotes, of which each text has two: 1 µs less than by
    `_object`, for the claims of a token.
    """
    try:
        value, end = _SCAN_FLAT(text, 0)
    except StopIteration:
        return None
    if end != len(text) or type(value) is not dict:
        return None
    texts = len(value) + [*map(type, value.values())].count(str)
    return value if text.count('"') == 2 * texts else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is there twice")
    return members


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("beyond what a number can be")
    return value


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_refuse
)

_SCAN: Callable[[str, int], tuple[Any, int]] = vars(_DECODER)["scan_once"]
_SCAN_FLAT: Callable[[str, int], tuple[Any, int]] = vars(
    json.JSONDecoder(parse_int=_integer, parse_float=_number, parse_constant=_refuse)
)["scan_once"]


def _is_deeper(value: object, max_depth: int) -> bool:
    level = [value]
    for _ in range(max_depth):
        level = [inner for outer in level for inner in _members(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
