"""What packages have in the place of `typing.NamedTuple`: the same values, of classes that are cheap to make.

`typing` takes 12 million instructions of a start, and `exec` half a million for each of some 25 classes, beside
230 million of the least function that introspects. See deploy/packaging/lean_source.py.
"""

from collections import _tuplegetter as field  # type: ignore[attr-defined] # what its own tuples are made of
from collections.abc import Iterable
from typing import Any, Self

__all__ = ["LeanTuple", "field", "new"]

new = tuple.__new__


class LeanTuple(tuple[Any, ...]):
    """A tuple whose members have names, as `_fields` says; `__new__` comes with each class."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    @classmethod
    def _make(cls, members: Iterable[Any]) -> Self:
        made = new(cls, members)
        if len(made) != len(cls._fields):
            raise TypeError(f"expected {len(cls._fields)} members, got {len(made)}")
        return made

    def _replace(self, /, **changes: Any) -> Self:
        made = new(self.__class__, map(changes.pop, self._fields, self))
        if changes:
            raise TypeError(f"there is no member {', '.join(changes)}")
        return made

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        """Name class and members, as other named tuples do."""
        members = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{self.__class__.__name__}({members})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Say how to make a copy."""
        return tuple(self)
