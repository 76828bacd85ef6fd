"""Values that are known only once functions are deployed: `${Name}` in the document stands for one.

While there is one, the document is a template as Terraform's templatefile() has them: what only looks like a
placeholder is written `$${…}` and `%%{…}`. Once every one is filled, it is the document itself.

For CloudFormation, which knows no such files, a text with placeholders is an object `Fn::Sub`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")

_LOOKS_LIKE_ONE = re.compile(r"([$%])(?=\{)")
_ESCAPED = re.compile(r"([$%])\1(?=\{)")
_PLACEHOLDER = re.compile(r"(?<!\$)\$\{([A-Za-z][A-Za-z0-9]*)\}")
_TOKEN = re.compile(r"\$\$\{|%%\{|\$\{([A-Za-z][A-Za-z0-9]*)\}")
_PSEUDO = {"Partition": "AWS::Partition", "Region": "AWS::Region", "AccountId": "AWS::AccountId"}
"""What CloudFormation knows itself."""
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


def filled(document: Any, values: Mapping[str, str], *, fn_sub: bool) -> Filled:
    """Put values in the place of placeholders; `fn_sub` leaves the others to CloudFormation.

    Raises SettingsError for a value that nothing asks for.
    """
    asked = names(document)
    for name in values:
        if name not in asked:
            raise SettingsError(
                f"there is no placeholder {name!r} in the document; there is: {', '.join(asked) or 'none'}"
            )
    known = {**_places(values), **values}
    left = tuple(name for name in asked if name not in known)
    if fn_sub:
        told = tuple(name for name in left if name not in _PSEUDO)
        return Filled(_changed(document, lambda value: _for_cloudformation(value, known)), told)
    return Filled(_changed(document, lambda value: _filled(value, known, is_template=bool(left))), left)


def _places(values: Mapping[str, str]) -> dict[str, str]:
    """Return what the ARN of a function says of where it is, for those who give one alone."""
    for value in values.values():
        arn = _FUNCTION.fullmatch(value)
        if arn is not None:
            return {"Partition": arn[1], "Region": arn[2]}
    return {}


def _changed(value: Any, change: Callable[[str | Template], Any]) -> Any:
    """Return a document in which every text is another one."""
    if isinstance(value, Mapping):
        return {key: _changed(inside, change) for key, inside in value.items()}
    if isinstance(value, list):
        return [_changed(inside, change) for inside in value]
    return change(value) if isinstance(value, str | Template) else value


def _filled(value: str | Template, values: Mapping[str, str], *, is_template: bool) -> str:
    if isinstance(value, str):
        return literal(value) if is_template else value
    text = _PLACEHOLDER.sub(
        lambda found: literal(values[found[1]]) if found[1] in values else found[0], value.text
    )
    return text if is_template else _ESCAPED.sub(r"\1", text)


def _for_cloudformation(value: str | Template, values: Mapping[str, str]) -> str | dict[str, str]:
    if isinstance(value, str):
        return value
    if all(name in values for name in names(value)):
        return _filled(value, values, is_template=False)

    def written(found: re.Match[str]) -> str:
        if found[1] is None:
            return "${!" if found[0] == "$${" else "%{"
        known = values.get(found[1])
        return f"${{{_PSEUDO.get(found[1], found[1])}}}" if known is None else known.replace("${", "${!")

    return {"Fn::Sub": _TOKEN.sub(written, value.text)}
