"""What stands first: versions, what whoever deploys says, and where the API is."""

import re
from collections.abc import Iterator

from apigw_oauth.deploy import static_answers
from apigw_oauth.deploy.blueprint import Blueprint, Parameter
from apigw_oauth.deploy.templates.terraform.hcl import Block, Comment, Expression, Value, block, document
from apigw_oauth.deploy.templates.terraform.texts import interpolated

_DATA = ("aws_caller_identity", "aws_partition", "aws_region")
_OURS = frozenset({"api_id", "functions_package", "name", "package", "reserved_concurrency"})
_RESERVED = frozenset({"count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"})
"""Names that Terraform wants for itself. See "Input Variables" in its documentation."""
_STRING = Expression("string")
NAME = 30
"""Characters of what names begin with; IAM and Lambda allow 64 for the whole."""


def api_id(blueprint: Blueprint) -> Expression:
    """Return the id of the API: of the one that is made here, or of the one that is there already."""
    if blueprint.scope == "authorizer":
        return Expression("var.api_id")
    kind = "aws_api_gateway_rest_api" if blueprint.api_type == "rest" else "aws_apigatewayv2_api"
    return Expression(f"{kind}.api.id")


def authorizer_id(blueprint: Blueprint) -> Expression:
    """Return the id of the authorizer."""
    kind = "aws_api_gateway_authorizer" if blueprint.api_type == "rest" else "aws_apigatewayv2_authorizer"
    return Expression(f"{kind}.oauth.id")


def is_alone(blueprint: Blueprint) -> bool:
    """Say whether the authorizer is for an API that is not made here, and may be in use there."""
    return blueprint.scope == "authorizer"


def after_the_permission(blueprint: Blueprint) -> dict[str, Value]:
    """Return that an authorizer that is alone goes before its permission: none is deleted that is in use."""
    return {"depends_on": [Expression("aws_lambda_permission.authorizer")]} if is_alone(blueprint) else {}


def variable_name(blueprint: Blueprint, parameter: Parameter) -> str:
    """Return the name of the Terraform variable whose value is an environment variable of the authorizer."""
    names = [one.variable.lower() for one in blueprint.parameters]
    name = parameter.variable.lower()
    if name in _OURS | _RESERVED:
        return f"env_{name}"
    # API_KEY and api_key are two environment variables.
    return name if names.count(name) == 1 else f"env_{parameter.variable}"


def blocks(blueprint: Blueprint, rest: str) -> Iterator[Block | Comment]:
    """Return what stands before the resources, whose text is `rest`: what that refers to must be there."""
    yield Comment(
        f"The API {blueprint.name}" if blueprint.scope == "api" else f"The authorizer of {blueprint.name}"
    )
    yield Comment(f"For {blueprint.function.target}; written by `apigw-oauth template terraform`.")
    aws: Value = {"source": "hashicorp/aws", "version": ">= 5.32"}
    providers = block("required_providers", attributes={"aws": aws})
    yield block("terraform", attributes={"required_version": ">= 1.3"}, blocks=[providers])
    yield from _variables(blueprint)
    places = block(
        "locals",
        attributes={"execution_arn": _execution_arn(blueprint), "base_url": _base_url(blueprint)},
    )
    yield places
    used = rest + document([places])
    for kind in _DATA:
        if f"data.{kind}.current" in used:
            yield block("data", kind, "current", attributes={})


def _variables(blueprint: Blueprint) -> Iterator[Block]:
    name = re.sub("[^A-Za-z0-9_-]+", "-", blueprint.name)[:NAME]
    yield _variable("name", "What the names of functions, roles and alarms begin with.", default=name)
    yield _variable("package", "The ZIP file of `apigw-oauth package`.", default="authorizer.zip")
    if blueprint.backends or static_answers.are_needed(blueprint):
        yield _variable(
            "functions_package", "The ZIP file of the functions behind the API.", default="functions.zip"
        )
    if blueprint.scope == "authorizer":
        yield _variable("api_id", "The id of the API that the authorizer is for.")
    yield block(
        "variable",
        "reserved_concurrency",
        attributes={
            "type": Expression("number"),
            "description": "How many invocations of the authorizer may run at once, which no other function may"
            " use; -1: any.",
            "default": -1,
        },
    )
    for one in blueprint.parameters:
        yield _variable(variable_name(blueprint, one), f"{one.description}.", secret=one.secret)


def _variable(name: str, description: str, *, default: str | None = None, secret: bool = False) -> Block:
    attributes: dict[str, Value] = {"type": _STRING, "description": description}
    if default is not None:
        attributes["default"] = default
    if secret:
        attributes["sensitive"] = True
    return block("variable", name, attributes=attributes)


def _execution_arn(blueprint: Blueprint) -> Expression:
    if blueprint.scope == "api":
        return Expression(api_id(blueprint).text.removesuffix(".id") + ".execution_arn")
    return Expression(
        '"arn:${data.aws_partition.current.partition}:execute-api:${data.aws_region.current.id}'
        ':${data.aws_caller_identity.current.account_id}:${var.api_id}"'
    )


def _base_url(blueprint: Blueprint) -> Value:
    scheme = "wss" if blueprint.api_type == "websocket" else "https"
    if blueprint.domain is not None:
        return f"{scheme}://{blueprint.domain.name}"
    # Not the stage's own attribute: what is deployed to the stage has the address in it.
    below = "" if blueprint.stage == "$default" else f"/{blueprint.stage}"
    region, suffix = Expression("data.aws_region.current.id"), Expression("data.aws_partition.current.dns_suffix")
    return interpolated(f"{scheme}://", api_id(blueprint), ".execute-api.", region, ".", suffix, below)
