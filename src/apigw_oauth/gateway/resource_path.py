"""Resource paths such as `/pets/{id}` and `/files/{proxy+}`: parse them, and match a request path."""

import re
from dataclasses import dataclass
from typing import Self

# What API Gateway accepts as a path part: letters, digits, and a few signs; or one variable in braces.
_STATIC = re.compile(r"[A-Za-z0-9._~:,$*+@!=&%'()-]+")
_VARIABLE = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}")


class ResourcePathError(ValueError):
    """A resource path that API Gateway would not create."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a resource path. `rank` orders them: static text, then a variable, then a greedy variable."""

    text: str
    rank: int

    @property
    def is_static(self) -> bool:
        """Say whether the segment is literal text."""
        return self.rank == 0


@dataclass(frozen=True, slots=True)
class ResourcePath:
    """A parsed resource path.

    See "Set up a proxy integration with a proxy resource" in the API Gateway Developer Guide.
    """

    segments: tuple[Segment, ...]

    @classmethod
    def parse(cls, path: str) -> Self:
        """Parse a path. Raises ResourcePathError."""
        if not path.startswith("/"):
            raise ResourcePathError(f"resource path {path!r} does not begin with /")
        parts = path[1:].split("/") if path != "/" else []
        segments = tuple(_segment(part, path) for part in parts)
        if any(segment.rank == 2 for segment in segments[:-1]):
            raise ResourcePathError(f"resource path {path!r}: a greedy variable must be the last part")
        names = [segment.text for segment in segments if not segment.is_static]
        if len(set(names)) != len(names):
            raise ResourcePathError(f"resource path {path!r} uses a variable twice")
        return cls(segments)

    @property
    def precedence(self) -> tuple[int, ...]:
        """Return the sort key: the lowest of the matching resources is the most specific."""
        return tuple(segment.rank for segment in self.segments)

    @property
    def shape(self) -> str:
        """Return the path without variable names: equal for `/pets/{a}` and `/pets/{b}`."""
        marks = {1: "{}", 2: "{+}"}
        return "/" + "/".join(marks.get(segment.rank, segment.text) for segment in self.segments)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables, from left to right."""
        return tuple(segment.text for segment in self.segments if not segment.is_static)

    def match(self, path: str) -> dict[str, str] | None:
        """Return the path parameters of a raw, undecoded request path, or None.

        A variable never matches an empty segment; a greedy one matches one segment or more. Trailing slashes do
        not take part in the choice of the resource, and do not appear in a greedy variable (recorded on AWS for
        `/{proxy+}`; for other resources an assumption).
        """
        trimmed = path.strip("/")
        parts = trimmed.split("/") if trimmed else []
        greedy = bool(self.segments) and self.segments[-1].rank == 2
        if len(parts) < len(self.segments) or (len(parts) > len(self.segments) and not greedy):
            return None
        if greedy:
            last = len(self.segments) - 1
            parts = [*parts[:last], "/".join(parts[last:])]
        return self._bind(parts)

    def _bind(self, parts: list[str]) -> dict[str, str] | None:
        parameters: dict[str, str] = {}
        for segment, part in zip(self.segments, parts, strict=True):
            if segment.is_static:
                if segment.text != part:
                    return None
            elif not part:
                return None
            else:
                parameters[segment.text] = part
        return parameters


def _segment(part: str, path: str) -> Segment:
    if variable := _VARIABLE.fullmatch(part):
        return Segment(variable[1], 2 if variable[2] else 1)
    if _STATIC.fullmatch(part):
        return Segment(part, 0)
    raise ResourcePathError(f"resource path {path!r}: {part!r} is neither plain text nor one variable in braces")
