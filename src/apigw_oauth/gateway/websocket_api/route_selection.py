"""The route selection expression: which part of a message names its route."""

import json
import re
from dataclasses import dataclass
from typing import Self

_VARIABLE = re.compile(
    r"\$\{request\.body((?:\.[A-Za-z0-9_-]+)+)\}|\$request\.body((?:\.[A-Za-z0-9_-]+)+)|(\\\$)|([^$\\]+)"
)


class RouteSelectionError(ValueError):
    """The expression is not one that this gateway can evaluate."""


@dataclass(frozen=True, slots=True)
class RouteSelection:
    """An expression, taken apart: `parts` are static texts, and paths into the body as tuples of member names."""

    parts: tuple[str | tuple[str, ...], ...]

    @classmethod
    def parse(cls, expression: str) -> Self:
        """Read an expression such as `$request.body.action` or `${request.body.service}/${request.body.action}`.

        Raises RouteSelectionError. Does not know the JSONPath beyond member names (`[0]`, `..`, `*`). See
        "Route selection expressions" in the API Gateway Developer Guide.
        """
        parts: list[str | tuple[str, ...]] = []
        position = 0
        while position < len(expression):
            found = _VARIABLE.match(expression, position)
            if found is None:
                raise _not_understood(expression)
            path = found[1] or found[2]
            parts.append(tuple(path[1:].split(".")) if path else found[4] or "$")
            position = found.end()
        if not any(isinstance(part, tuple) for part in parts):
            raise _not_understood(expression)
        return cls(tuple(parts))

    def select(self, message: str) -> str | None:
        """Return the value that names the route, or None where the message has none: then `$default` serves it."""
        try:
            body = json.loads(message)
        except (ValueError, RecursionError):
            return None
        values = [part if isinstance(part, str) else _text(body, part) for part in self.parts]
        return None if None in values else "".join(value for value in values if value is not None)


def _not_understood(expression: str) -> RouteSelectionError:
    return RouteSelectionError(
        f"route selection expression {expression!r}: write $request.body.member or ${{request.body.member}},"
        " between static texts if need be"
    )


def _text(body: object, path: tuple[str, ...]) -> str | None:
    for name in path:
        if not isinstance(body, dict) or name not in body:
            return None
        body = body[name]
    if isinstance(body, str):
        return body
    return json.dumps(body) if isinstance(body, bool | int | float) else None
