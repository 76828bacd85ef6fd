"""Values that are known only once functions are deployed: `${Name}` in the document stands for one.

While there is one, the document is a template as Terraform's templatefile() has them: what only looks like a
placeholder is written `$${…}` and `%%{…}`. Once every one is filled, it is the document itself.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")

_LOOKS_LIKE_ONE = re.compile(r"([$%])(?=\{)")
_ESCAPED = re.compile(r"([$%])\1(?=\{)")
_PLACEHOLDER = re.compile(r"(?<!\$)\$\{([A-Za-z][A-Za-z0-9]*)\}")
_FUNCTION = re.compile(r"arn:([^:]+):lambda:([^:]+):[^:]+:function:.+")


class Template(NamedTuple):
    """A text with placeholders, in which all else is escaped."""

    text: str


def of(text: str) -> Template:
    """Return a text of ours, in which `${Name}` stands for a value."""
    return Template(text)


def literal(text: str) -> str:
    """Return how a text is written inside a Template so that it stands for itself."""
    return _LOOKS_LIKE_ONE.sub(r"\1\1", text)


def of_user(value: Any) -> Any:
    """Return a part of the user's document, where `${Name}` is a placeholder of theirs.

    What API Gateway fills itself when it imports, such as `${AWS::Region}`, and `${stageVariables.name}` are none.
    """
    if isinstance(value, Mapping):
        return {key: of_user(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [of_user(inside) for inside in value]
    if not isinstance(value, str) or not _PLACEHOLDER.search(value):
        return value
    parts = _PLACEHOLDER.split(value)
    return Template("".join(f"${{{part}}}" if at % 2 else literal(part) for at, part in enumerate(parts)))


def names(value: Any) -> tuple[str, ...]:
    """Return the placeholders in a document, in the order of their first appearance."""
    return tuple(dict.fromkeys(_names(value)))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Template):
        yield from _PLACEHOLDER.findall(value.text)
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from _names(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _names(inside)


class Filled(NamedTuple):
    """A document, and the placeholders that are left in it."""

    value: Any
    left: tuple[str, ...]


def filled(document: Any, values: Mapping[str, str]) -> Filled:
    """Put values in the place of placeholders. Raises SettingsError for a value that nothing asks for."""
    asked = names(document)
    for name in values:
        if name not in asked:
            raise SettingsError(
                f"there is no placeholder {name!r} in the document; there is: {', '.join(asked) or 'none'}"
            )
    known = {**_places(values), **values}
    left = tuple(name for name in asked if name not in known)
    return Filled(_filled(document, known, is_template=bool(left)), left)


def _places(values: Mapping[str, str]) -> dict[str, str]:
    """Return what the ARN of a function says of where it is, for those who give one alone."""
    for value in values.values():
        arn = _FUNCTION.fullmatch(value)
        if arn is not None:
            return {"Partition": arn[1], "Region": arn[2]}
    return {}


def _filled(value: Any, values: Mapping[str, str], *, is_template: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(inside, values, is_template=is_template) for key, inside in value.items()}
    if isinstance(value, list):
        return [_filled(inside, values, is_template=is_template) for inside in value]
    if isinstance(value, Template):
        text = _PLACEHOLDER.sub(lambda found: literal(values.get(found[1], "")) or found[0], value.text)
        return text if is_template else _ESCAPED.sub(r"\1", text)
    return literal(value) if is_template and isinstance(value, str) else value
