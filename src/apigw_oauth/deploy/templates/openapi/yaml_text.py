"""The document as YAML, with what is to be known about it in comments above."""

from collections.abc import Sequence
from typing import Any

import yaml

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.openapi import placeholders
from apigw_oauth.deploy.templates.openapi.placeholders import Filled

_MEANINGS = {
    "AccountId": "the number of the AWS account",
    "AuthorizerFunctionArn": "the ARN of the authorizer's function, which API Gateway must be allowed to invoke",
    "BaseUrl": "the address of the deployed stage, without a slash at its end",
    "Partition": "aws, aws-cn or aws-us-gov; the ARN of a function tells it, if that is given",
    "Region": "where the functions are; the ARN of a function tells it, if that is given",
    "StaticResponsesFunctionArn": "the ARN of static_responses.handler, which answers where nobody does",
}
_IMPORT = {
    "rest": "aws apigateway import-rest-api --parameters endpointConfigurationTypes=REGIONAL --body fileb://FILE",
    "http": "aws apigatewayv2 import-api --body file://FILE",
}
_INCLUDE = [
    "  DefinitionBody:  # Body of AWS::ApiGateway::RestApi and AWS::ApiGatewayV2::Api",
    "    Fn::Transform: { Name: AWS::Include, Parameters: { Location: FILE } }",
]


class _Dumper(yaml.SafeDumper):
    """Indents lists, writes texts of several lines as such, and writes out what is the same twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  # as PyYAML calls it
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # as PyYAML calls it
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    quoted = '"' if text.startswith("'") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else quoted)


_Dumper.add_representer(str, _text)


def written(made: Filled, blueprint: Blueprint, notes: Sequence[str], *, fn_sub: bool) -> str:
    """Return the text; `notes` tell what is not as in the project's document."""
    content = yaml.dump(made.value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096)
    how = "by parameters of these names" if fn_sub else "by --set NAME=VALUE, or Terraform's templatefile()"
    head = [*_what(blueprint, fn_sub=fn_sub), *_placeholders(made.left, how), *_notes(notes)]
    # Terraform reads comments, too.
    safe = [placeholders.literal(line) if made.left and not fn_sub else line for line in head]
    return "".join(f"# {line}".rstrip() + "\n" for line in safe) + "\n" + content


def _what(blueprint: Blueprint, *, fn_sub: bool) -> list[str]:
    kind = "a REST API" if blueprint.api_type == "rest" else "an HTTP API"
    return [
        f"{blueprint.name}, as API Gateway imports it as {kind}. Made by `apigw-oauth template openapi`; its next",
        "run overwrites what is changed here.",
        "",
        *(_INCLUDE if fn_sub else [f"  {_IMPORT[blueprint.api_type]}"]),
    ]


def _placeholders(asked: Sequence[str], how: str) -> list[str]:
    if not asked:
        return []
    width = max(map(len, asked))
    return [
        "",
        f"Values to be filled in, {how}:",
        "",
        *(f"  {name:<{width}}  {_meaning(name)}" for name in asked),
    ]


def _meaning(name: str) -> str:
    if name in _MEANINGS:
        return _MEANINGS[name]
    return "the ARN of a function behind the API" if name.endswith("BackendArn") else "as the document has it"


def _notes(notes: Sequence[str]) -> list[str]:
    if not notes:
        return []
    lines = (" ".join(note.split()) for note in notes)
    return [
        "",
        "Not as in the document of the project, since API Gateway does not take it:",
        "",
        *(f"  {line}" for line in lines),
    ]
