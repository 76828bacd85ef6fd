"""What is to be known afterwards."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.terraform import domain
from apigw_oauth.deploy.templates.terraform.hcl import Block, Expression, block
from apigw_oauth.deploy.templates.terraform.settings import api_id, authorizer_id


def blocks(blueprint: Blueprint) -> Iterator[Block]:
    """Return the outputs."""
    function = "aws_lambda_function.authorizer"
    yield _output("url", "The address of the API", Expression("local.base_url"))
    yield _output("api_id", "The id of the API", api_id(blueprint))
    yield _output("authorizer_id", "The id of the authorizer in the API", authorizer_id(blueprint))
    yield _output(
        "authorizer_function_name",
        "The name of the authorizer's function",
        Expression(f"{function}.function_name"),
    )
    yield _output("authorizer_function_arn", "The ARN of the authorizer's function", Expression(f"{function}.arn"))
    yield _output(
        "authorizer_log_group",
        "The log group of the authorizer",
        Expression("aws_cloudwatch_log_group.authorizer.name"),
    )
    if blueprint.domain is not None and blueprint.scope == "api":
        target, zone = domain.target(blueprint)
        told = f"What the DNS must have an alias (A) record to for {blueprint.domain.name}"
        yield _output("domain_target", told, target)
        yield _output("domain_target_zone", "The hosted zone of the target, as Route 53 wants it", zone)


def _output(name: str, description: str, value: Expression) -> Block:
    return block("output", name, attributes={"description": description, "value": value})
