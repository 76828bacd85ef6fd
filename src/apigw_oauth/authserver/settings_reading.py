"""Reading settings out of parsed JSON, with the key and the reason of each mistake."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

T = TypeVar("T")


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


D = TypeVar("D", bound=_Dataclass)
Readers = Mapping[str, Callable[[str, object], object]]


class SettingsError(ValueError):
    """A setting that the server cannot start with; names its key and the reason, never a secret."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


def require(condition: object, key: str, reason: str) -> None:
    """Raise SettingsError unless the condition holds."""
    if not condition:
        raise SettingsError(key, reason)


def plain(kind: type[T], word: str, key: str, value: object) -> T:
    """Take a value of exactly this kind; a boolean is not a number here."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise SettingsError(key, f"must be {word}")
    return value


text = partial(plain, str, "a string")
flag = partial(plain, bool, "true or false")
number = partial(plain, int, "a whole number")


def texts(key: str, value: object) -> tuple[str, ...]:
    """Take a list of strings."""
    items = plain(list, "a list of strings", key, value)
    return tuple(text(f"{key}[{index}]", item) for index, item in enumerate(items))


def texts_by_name(key: str, value: object) -> dict[str, str]:
    """Take a table of strings."""
    table = plain(dict, "a table of strings", key, value)
    return {name: text(f"{key}.{name}", item) for name, item in table.items()}


def each(kind: type[D], readers: Readers, key: str, value: object) -> tuple[D, ...]:
    """Take a list of tables of one kind."""
    items = plain(list, "a list of tables", key, value)
    return tuple(table(kind, readers, f"{key}[{index}]", item) for index, item in enumerate(items))


def table(kind: type[D], readers: Readers, key: str, value: object) -> D:
    """Take one table: every key known, every required key there; null counts as absent."""
    items = plain(dict, "a table", key or "settings", value)
    prefix = f"{key}." if key else ""
    values: dict[str, Any] = {}
    for name, item in items.items():
        require(name in readers, f"{prefix}{name}", "is not a known key")
        if item is not None:
            values[name] = readers[name](f"{prefix}{name}", item)
    for described in fields(kind):
        optional = described.default is not MISSING or described.default_factory is not MISSING
        require(optional or described.name in values, f"{prefix}{described.name}", "is missing")
    try:
        return kind(**values)
    except SettingsError as error:
        raise SettingsError(f"{prefix}{error.key}", error.reason) from None
