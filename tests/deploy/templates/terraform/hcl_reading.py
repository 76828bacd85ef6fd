"""What an HCL text says, as somebody else's parser reads it: python-hcl2, and the escapes of strings."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import hcl2

_ESCAPE = re.compile(r'\\(?:(["\\nrt])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4(?=\{)')
_SIMPLE = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


@cache
def read(text: str) -> dict[str, Any]:
    """Return blocks as lists of dictionaries, strings without quotes, and `${…}` for what Terraform evaluates.

    Reading takes a while: the same text is read once.
    """
    read_one: dict[str, Any] = _plain(hcl2.loads(text))
    return read_one


def attributes(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written in a block."""
    return {name: value for name, value in block.items() if not name.startswith("__")}


def resources(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the resources, by type and name."""
    return {
        (kind, name): attributes(body)
        for one in read(text).get("resource", [])
        for kind, named in one.items()
        for name, body in named.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key): _plain(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_plain(inside) for inside in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    if not (len(text) > 1 and text.startswith('"') and text.endswith('"')):
        return text
    return _ESCAPE.sub(_meant, text[1:-1])


def _meant(match: re.Match[str]) -> str:
    simple, short, long, doubled = match.groups()
    if simple:
        return _SIMPLE[simple]
    return doubled or chr(int(short or long, 16))
