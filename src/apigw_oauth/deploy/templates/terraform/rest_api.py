"""A REST API: its resources and methods, gateway responses, authorizer, deployment and stage."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.terraform import deployments, gateway_responses, rest_methods
from apigw_oauth.deploy.templates.terraform.hcl import Block, Call, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import after_the_permission, api_id

_REPLACED_FIRST = block("lifecycle", attributes={"create_before_destroy": True})


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the API, or the authorizer alone of one that is there already."""
    if blueprint.scope == "authorizer":
        yield _authorizer(blueprint)
        return
    yield Comment("The API.")
    yield _api(blueprint)
    yield _authorizer(blueprint)
    routed = list(rest_methods.blocks(blueprint))
    responses = list(gateway_responses.blocks(blueprint))
    yield from routed
    yield Comment("How requests are refused.")
    yield from responses
    yield from _deployed(blueprint, [one for one in (*routed, *responses) if isinstance(one, Block)])


def _api(blueprint: Blueprint) -> Block:
    return block(
        "resource",
        "aws_api_gateway_rest_api",
        "api",
        attributes={
            "name": blueprint.name,
            "disable_execute_api_endpoint": blueprint.default_endpoint_is_closed,
        },
        blocks=[block("endpoint_configuration", attributes={"types": ["REGIONAL"]})],
    )


def _authorizer(blueprint: Blueprint) -> Block:
    told = blueprint.authorizer
    attributes: dict[str, Value] = {
        "name": "oauth",
        "rest_api_id": api_id(blueprint),
        "type": told.type,
        "authorizer_uri": Expression("aws_lambda_function.authorizer.invoke_arn"),
        # Empty is not the default of the provider, which is the header Authorization.
        "identity_source": ",".join(told.identity_sources),
        "authorizer_result_ttl_in_seconds": told.ttl,
    }
    if told.identity_validation is not None:
        attributes["identity_validation_expression"] = told.identity_validation
    attributes |= after_the_permission(blueprint)
    return block("resource", "aws_api_gateway_authorizer", "oauth", attributes=attributes)


def _deployed(blueprint: Blueprint, parts: list[Block]) -> Iterator[Block | Comment]:
    addresses: list[Value] = [Expression(".".join(one.labels)) for one in parts]
    addresses.insert(0, Expression("aws_api_gateway_authorizer.oauth"))
    # A stage goes on with the default endpoint as it was, until something is deployed to it.
    addresses.insert(0, Expression("aws_api_gateway_rest_api.api.disable_execute_api_endpoint"))
    yield from deployments.comments("aws_api_gateway_deployment.api")
    yield block(
        "resource",
        "aws_api_gateway_deployment",
        "api",
        attributes={
            "rest_api_id": api_id(blueprint),
            "triggers": {"redeployment": Call("sha1", Call("jsonencode", addresses))},
        },
        blocks=[_REPLACED_FIRST],
    )
    yield block(
        "resource",
        "aws_api_gateway_stage",
        "api",
        attributes={
            "rest_api_id": api_id(blueprint),
            "deployment_id": Expression("aws_api_gateway_deployment.api.id"),
            "stage_name": blueprint.stage,
        },
    )
