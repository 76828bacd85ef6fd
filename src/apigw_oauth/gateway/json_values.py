"""Values as they look after a round trip through JSON: what gets into a function, and what comes out of it."""

import json
import math
from decimal import Decimal

_LARGEST = 2**63  # from there on Python's reading of digits may have a say


class _NotPlainError(Exception):
    """Something that only a round trip can tell about."""


def copied(value: object) -> object:
    """Return a copy that shares nothing which can be changed. Raises TypeError, ValueError, RecursionError.

    Most values are dictionaries, lists and ASCII; to copy these takes a quarter of the 25 µs that writing an event
    and reading it again take. All others do make the round trip.
    """
    try:
        return _plain(value)
    except (_NotPlainError, RecursionError):
        return json.loads(json.dumps(value, allow_nan=False, default=_encodable))


def _plain(value: object) -> object:
    if type(value) is dict:
        found = value.copy()  # made anew member by member it takes a quarter more
        for name, item in found.items():
            if type(name) is not str or not name.isascii():
                raise _NotPlainError
            if type(item) is not str or not item.isascii():
                found[name] = _plain(item)
        return found
    if type(value) is list:
        return [_plain(item) for item in value]
    if type(value) is int and -_LARGEST < value < _LARGEST:
        return value
    if value is None or type(value) is bool or (type(value) is str and value.isascii()):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise _NotPlainError


def _encodable(value: object) -> object:
    """Return a Decimal as a number, as Lambda's runtime client does. Raises TypeError and ValueError."""
    if isinstance(value, Decimal):
        number: object = json.loads(str(value))
        return number
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
