"""HCL, the language of Terraform: values and blocks → text as `terraform fmt` leaves it.

See "Configuration Syntax" and "Strings and Templates" in the Terraform language documentation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

_INDENT = "  "
_WIDTH = 100
"""Characters of a line from which a list stands on several lines."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RESERVED = frozenset({"true", "false", "null", "for", "if", "in", "else"})

_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
# Line separators stay one line for a program that reads lines; HCL takes any character as it is.
_SPECIAL = re.compile(r'[\\"\n\r\t]|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|[$%](?=\{)')


class Expression(NamedTuple):
    """Something that Terraform evaluates, such as `var.memory`; it is written as it is."""

    text: str


class Call(NamedTuple):
    """A function and its one argument, such as `jsonencode({ … })`."""

    function: str
    argument: "Value"


class Attribute(NamedTuple):
    """`name = value`."""

    name: str
    value: "Value"


class Block(NamedTuple):
    """`type "label" { … }`."""

    type: str
    labels: tuple[str, ...]
    body: tuple["Item", ...]


class Comment(NamedTuple):
    """Text for people."""

    text: str


Value: TypeAlias = "str | bool | int | Expression | Call | Sequence[Value] | Mapping[str, Value] | None"
Item = Attribute | Block | Comment


def block(kind: str, *labels: str, attributes: Mapping[str, Value], blocks: Iterable[Block] = ()) -> Block:
    """Return a block of attributes, and after them the blocks inside."""
    return Block(kind, labels, (*(Attribute(name, value) for name, value in attributes.items()), *blocks))


def document(items: Iterable[Block | Comment]) -> str:
    """Return the text of a file: an empty line between blocks, comments right above what they are about."""
    text = ""
    for item in items:
        text += "\n".join(_item(item, 0)) + ("\n" if isinstance(item, Comment) else "\n\n")
    return text.rstrip("\n") + "\n"


def string(text: str) -> str:
    """Return a quoted string that means the text and nothing else: no template in it is evaluated."""
    return f'"{escape(text)}"'


def escape(text: str) -> str:
    """Return the text as it stands between quotes."""
    return _SPECIAL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    if found in "$%":
        return found * 2
    return _ESCAPES.get(found) or f"\\u{ord(found):04x}"


def _item(item: Block | Comment, depth: int) -> Iterator[str]:
    if isinstance(item, Block):
        yield from _block(item, depth)
    else:
        yield from (f"{_INDENT * depth}# {line}".rstrip() for line in item.text.splitlines())


def _block(item: Block, depth: int) -> Iterator[str]:
    opening = " ".join([item.type, *(string(label) for label in item.labels)])
    if not item.body:
        yield f"{_INDENT * depth}{opening} {{}}"
        return
    yield f"{_INDENT * depth}{opening} {{"
    attributes: list[tuple[str, list[str]]] = []
    for number, inside in enumerate(item.body):
        if isinstance(inside, Attribute):
            attributes.append((inside.name, _value(inside.value, depth + 1)))
            continue
        yield from _aligned(attributes, depth + 1)
        attributes = []
        if number and not isinstance(item.body[number - 1], Comment):
            yield ""
        yield from _item(inside, depth + 1)
    yield from _aligned(attributes, depth + 1)
    yield f"{_INDENT * depth}}}"


def _aligned(pairs: Sequence[tuple[str, list[str]]], depth: int) -> Iterator[str]:
    """Put the equals signs of neighbouring lines below one another; a value of several lines has none such."""
    run: list[tuple[str, str]] = []
    for name, lines in pairs:
        if len(lines) == 1:
            run.append((name, lines[0]))
            continue
        yield from _run(run, depth)
        run = []
        yield f"{_INDENT * depth}{name} = {lines[0]}"
        yield from lines[1:]
    yield from _run(run, depth)


def _run(run: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    width = max((len(name) for name, _ in run), default=0)
    yield from (f"{_INDENT * depth}{name:<{width}} = {value}" for name, value in run)


def _value(value: Value, depth: int) -> list[str]:
    """Return the lines of a value: the first without indentation, the others with that of `depth`."""
    if isinstance(value, Expression):
        return value.text.splitlines()
    if isinstance(value, Call):
        lines = _value(value.argument, depth)
        lines[0] = f"{value.function}({lines[0]}"
        lines[-1] += ")"
        return lines
    if isinstance(value, str):
        return [string(value)]
    if value is None or isinstance(value, bool | int):
        return ["null" if value is None else str(value).lower()]
    if isinstance(value, Mapping):
        return _object(value, depth)
    return _list(value, depth)


def _object(value: Mapping[str, Value], depth: int) -> list[str]:
    if not value:
        return ["{}"]
    pairs = [(_key(name), _value(inside, depth + 1)) for name, inside in value.items()]
    return ["{", *_aligned(pairs, depth + 1), f"{_INDENT * depth}}}"]


def _list(value: Sequence[Value], depth: int) -> list[str]:
    parts = [_value(inside, depth + 1) for inside in value]
    if all(len(part) == 1 for part in parts):
        line = f"[{', '.join(part[0] for part in parts)}]"
        if len(line) <= _WIDTH:
            return [line]
    lines = ["["]
    for first, *more in parts:
        lines += [f"{_INDENT * (depth + 1)}{first}", *more]
        lines[-1] += ","
    return [*lines, f"{_INDENT * depth}]"]


def _key(name: str) -> str:
    plain = _IDENTIFIER.fullmatch(name) is not None and name not in _RESERVED
    return name if plain else string(name)
