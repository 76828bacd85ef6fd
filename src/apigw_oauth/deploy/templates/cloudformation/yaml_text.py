"""A template as YAML that people like to read: with the short forms of intrinsic functions."""

import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from apigw_oauth.deploy.blueprint import Blueprint

_SHORT = {"Ref": "!Ref", "Fn::Sub": "!Sub", "Fn::GetAtt": "!GetAtt", "Fn::If": "!If"}
_SHORT |= {"Fn::Equals": "!Equals", "Fn::Not": "!Not"}
_OF_NAMES = frozenset({"!Ref", "!GetAtt"})
_INLINE = 51_200
"""Bytes of a template that a request may have in it. See "CloudFormation quotas" in its user guide."""


class _Dumper(yaml.SafeDumper):
    """Writes `!Ref Api` for `{"Ref": "Api"}`, indents lists, and writes out what is the same twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  # as PyYAML calls it
        super().increase_indent(flow, indentless=False)

    def choose_scalar_style(self) -> str:
        """Leave names bare: PyYAML quotes whatever has a tag."""
        is_name = isinstance(self.event, yaml.ScalarEvent) and self.event.tag in _OF_NAMES
        return "" if is_name else str(super().choose_scalar_style())

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # as PyYAML calls it
        return True


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    name = next(iter(data), "")
    if len(data) != 1 or name not in _SHORT:
        return dumper.represent_mapping("tag:yaml.org,2002:map", data)
    value = ".".join(data[name]) if name == "Fn::GetAtt" else data[name]
    if isinstance(value, list):
        return dumper.represent_sequence(_SHORT[name], value, flow_style=True)
    return dumper.represent_scalar(_SHORT[name], value)


_Dumper.add_representer(dict, _mapping)


def written(template: dict[str, Any], blueprint: Blueprint) -> str:
    """Return the text; its first lines say what it is, and how it is deployed."""
    content = yaml.dump(template, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096)
    head = [*_head(blueprint), *_command(template, is_large=len(content.encode()) > _INLINE)]
    return "".join(f"# {line}".rstrip() + "\n" for line in head) + "\n" + content


def _head(blueprint: Blueprint) -> list[str]:
    kind = {"rest": "REST", "http": "HTTP", "websocket": "WebSocket"}[blueprint.api_type]
    what = "the whole API" if blueprint.scope == "api" else "the authorizer alone, for an API that is there"
    return [
        f"{blueprint.name}: {kind} API, {what}. Made by `apigw-oauth template cloudformation`; its next run",
        "overwrites what is changed here. The code comes from `apigw-oauth package`, built for",
        f"{blueprint.function.target}, and has to be in an S3 bucket before:",
        "",
    ]


def _command(template: dict[str, Any], *, is_large: bool) -> Iterator[str]:
    """Give the lines of the command that deploys it, with every parameter that has to be given."""
    asked = [f"{name}=..." for name, one in template["Parameters"].items() if "Default" not in one]
    yield "  aws cloudformation deploy --template-file FILE --stack-name NAME --capabilities CAPABILITY_IAM \\"
    if is_large:
        yield "    --s3-bucket BUCKET \\"
    lines = textwrap.wrap(f"--parameter-overrides {' '.join(asked)}", 92, break_on_hyphens=False)
    yield from (f"    {line} \\" for line in lines[:-1])
    yield f"    {lines[-1]}"
