"""JSON without the surprises: no NaN or infinity, no name twice, no lone surrogates, no bottomless nesting."""

import json
from typing import Any, NoReturn

_MAX_DEPTH = 32


class NotPlainJsonError(ValueError):
    """A text that is not plain JSON of moderate depth."""


def loads(text: str) -> Any:
    """Parse JSON text. Raises NotPlainJsonError."""
    try:
        value = _read(text)
        _require_moderate_depth(value, _MAX_DEPTH)
        # 1e999 has become an infinity: a ValueError here. A lone surrogate raises UnicodeEncodeError.
        _write(value).encode("utf-8")
    except (ValueError, RecursionError):
        raise NotPlainJsonError("not plain JSON") from None
    return value


def loads_object(text: str) -> dict[str, Any]:
    """Parse a JSON object. Raises NotPlainJsonError."""
    match loads(text):
        case dict() as value:
            return value
        case _:
            raise NotPlainJsonError("not an object")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is there twice")
    return members


def _require_moderate_depth(value: object, levels: int) -> None:
    if levels == 0:
        raise ValueError("nested too deeply")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        _require_moderate_depth(item, levels - 1)


# json.loads and json.dumps make such objects for each text, which takes longer than a short text does.
_read = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object).decode
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
