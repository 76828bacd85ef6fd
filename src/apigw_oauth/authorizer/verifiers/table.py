"""Table: one [[verifiers]] table, read key by key, so that every mistake is found and named at start."""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError


class Unresolved(str):
    """Stands for a value that a reference will bring: well formed, but nothing to look into."""

    __slots__ = ()


class Table:
    """The table without its `type`. A key that nobody has asked for is a mistake: `finish` says so."""

    def __init__(self, settings: Mapping[str, Any], *, kind: str) -> None:
        self._settings = settings
        self._kind = kind
        self._asked: dict[str, None] = {}

    def has(self, key: str) -> bool:
        """Say whether the table has a key."""
        self._asked[key] = None
        return self._settings.get(key) is not None

    def is_unresolved(self, key: str) -> bool:
        """Say whether the value is not known yet, so that there is nothing to look into."""
        return isinstance(self._settings.get(key), Unresolved)

    def value(self, key: str) -> Any:
        """Return a value as it is; None where there is none."""
        self._asked[key] = None
        return self._settings.get(key)

    def text(self, key: str) -> str:
        """Return a text that must be there: printable ASCII, as it is sent to a server. Raises SettingsError."""
        value = self.value(key)
        if not isinstance(value, str) or not value:
            raise SettingsError(f"{key}: is missing")
        if not value.isascii() or not value.isprintable():
            raise SettingsError(f"{key}: holds a character that cannot be sent (a line break at its end?)")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text that need not be there. Raises SettingsError."""
        return self.text(key) if self.has(key) else None

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return one text, or a list of at least one, without repetitions. Raises SettingsError."""
        value = self.value(key)
        if value is None:
            return default
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not values or not all(isinstance(one, str) for one in values):
            raise SettingsError(f"{key}: must be a text, or a list of them")
        if not all(one and one.isascii() and one.isprintable() for one in values):
            raise SettingsError(f"{key}: must hold printable ASCII characters")
        return tuple(dict.fromkeys(values))

    def number(self, key: str, default: float, *, least: float = 0, most: float) -> float:
        """Return a number within limits. Raises SettingsError."""
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise SettingsError(f"{key}: must be a number from {least:g} to {most:g}")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false. Raises SettingsError."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise SettingsError(f"{key}: must be true or false")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words. Raises SettingsError."""
        value = self.value(key)
        if value is None and default is not None:
            return default
        if value not in allowed:
            raise SettingsError(f"{key}: must be one of {', '.join(allowed)}")
        return str(value)

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return a table within the table, an empty one where there is none. Raises SettingsError."""
        value = self.value(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise SettingsError(f"{key}: must be a table")
        return value

    def finish(self) -> None:
        """Raise SettingsError for a key that nobody has asked for."""
        for key in self._settings:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise SettingsError(f"{key}: is not a key of {self._kind} ({known})")
