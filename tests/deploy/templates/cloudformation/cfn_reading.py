"""CloudFormation templates, read as CloudFormation does: short forms, references, and what Fn::Sub makes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class _Loader(yaml.SafeLoader):
    """Knows the short forms."""


def _short(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    value = loader.construct_scalar(node)
    return {name: value.split(".") if name == "Fn::GetAtt" else value}


_Loader.add_multi_constructor("!", _short)


def read(text: str) -> Any:
    """Return a template as plain data, with the long forms."""
    return yaml.load(text, _Loader)  # it is a SafeLoader


def substituted(value: Any, known: Mapping[str, str]) -> str:
    """Return a text, or what Fn::Sub makes of it."""
    if isinstance(value, str):
        return value
    ((name, text),) = value.items()
    assert name == "Fn::Sub"
    return _VARIABLE.sub(lambda found: f"${{{found[2]}}}" if found[1] else known[found[2]], text)


def references(value: Any) -> Iterator[str]:
    """Find every logical name that something refers to."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    if not isinstance(value, dict):
        return
    for key, one in value.items():
        if key == "Ref":
            yield one
        elif key == "Fn::GetAtt":
            yield one[0]
        elif key == "Fn::Sub":
            yield from (name.partition(".")[0] for literal, name in _VARIABLE.findall(one) if not literal)
        elif key == "DependsOn":
            yield from one
        else:
            yield from references(one)
