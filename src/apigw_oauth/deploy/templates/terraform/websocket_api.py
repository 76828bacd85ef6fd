"""A WebSocket API: its authorizer, which is asked about `$connect`, its routes, deployment and stage."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint, Integration, Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.mock_template import vtl
from apigw_oauth.deploy.templates.terraform import deployments, route_v2
from apigw_oauth.deploy.templates.terraform.hcl import Block, Call, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import after_the_permission, api_id
from apigw_oauth.deploy.templates.terraform.texts import (
    backend_name,
    filled,
    reference,
    route_name,
)

_CHOSEN = "200"
"""The key of the one template that a mock has."""


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the API, or the authorizer alone of one that is there already."""
    if blueprint.scope == "api":
        yield Comment("The API.")
        yield _api(blueprint)
    yield _authorizer(blueprint)
    if blueprint.scope == "authorizer":
        return
    parts = [part for route in blueprint.routes for part in _route(route, api_id(blueprint))]
    yield from parts
    yield from _deployed(blueprint, parts)


def _api(blueprint: Blueprint) -> Block:
    return block(
        "resource",
        "aws_apigatewayv2_api",
        "api",
        attributes={
            "name": blueprint.name,
            "protocol_type": "WEBSOCKET",
            "route_selection_expression": "$request.body.action",
            "disable_execute_api_endpoint": blueprint.default_endpoint_is_closed,
        },
    )


def _authorizer(blueprint: Blueprint) -> Block:
    sources = blueprint.authorizer.identity_sources
    return block(
        "resource",
        "aws_apigatewayv2_authorizer",
        "oauth",
        attributes={
            "api_id": api_id(blueprint),
            "name": "oauth",
            "authorizer_type": "REQUEST",
            "authorizer_uri": Expression("aws_lambda_function.authorizer.invoke_arn"),
            **({"identity_sources": list(sources)} if sources else {}),
            **after_the_permission(blueprint),
        },
    )


def _route(route: Route, api: Expression) -> Iterator[Block]:
    name, answers = route_name(route), _answers(route)
    integration = reference("aws_apigatewayv2_integration", name, "id")
    yield block(
        "resource",
        "aws_apigatewayv2_integration",
        name,
        attributes={"api_id": api, **_integration(route.integration)},
    )
    told = route_v2.attributes(route, api, integration=name)
    if answers is not None:
        told["route_response_selection_expression"] = "$default"
    yield block("resource", "aws_apigatewayv2_route", name, attributes=told)
    if answers is not None:
        yield from _answer(answers, name, api, integration)


def _answers(route: Route) -> ToNobody | None:
    """Return what the client is sent; nothing, if that is for the function to do, or nobody is there any more."""
    is_message = not route.path.startswith("$") or route.path == "$default"
    return route.integration if is_message and isinstance(route.integration, ToNobody) else None


def _integration(to: Integration) -> dict[str, Value]:
    if isinstance(to, ToFunction):
        function = backend_name(to.backend.name)
        return {
            "integration_type": "AWS_PROXY",
            "integration_method": "POST",
            "integration_uri": reference("aws_lambda_function", function, "invoke_arn"),
        }
    if isinstance(to, ToHttp):
        return {"integration_type": "HTTP_PROXY", "integration_method": "POST", "integration_uri": to.url}
    return {
        "integration_type": "MOCK",
        "request_templates": {_CHOSEN: '{"statusCode": 200}'},
        "template_selection_expression": _CHOSEN,
    }


def _answer(answers: ToNobody, name: str, api: Expression, integration: Expression) -> Iterator[Block]:
    """Return what sends the body of a mock to the client. It is a template in VTL."""
    yield block(
        "resource",
        "aws_apigatewayv2_integration_response",
        name,
        attributes={
            "api_id": api,
            "integration_id": integration,
            "integration_response_key": "$default",
            "response_templates": {_CHOSEN: filled(vtl(answers.body))},
            "template_selection_expression": _CHOSEN,
        },
    )
    yield block(
        "resource",
        "aws_apigatewayv2_route_response",
        name,
        attributes={
            "api_id": api,
            "route_id": reference("aws_apigatewayv2_route", name, "id"),
            "route_response_key": "$default",
        },
    )


def _deployed(blueprint: Blueprint, parts: list[Block]) -> Iterator[Block | Comment]:
    addresses: list[Value] = [Expression(".".join(one.labels)) for one in parts]
    addresses.insert(0, Expression("aws_apigatewayv2_authorizer.oauth"))
    addresses.insert(0, Expression("aws_apigatewayv2_api.api.disable_execute_api_endpoint"))
    yield from deployments.comments("aws_apigatewayv2_deployment.api")
    yield block(
        "resource",
        "aws_apigatewayv2_deployment",
        "api",
        attributes={
            "api_id": api_id(blueprint),
            "triggers": {"redeployment": Call("sha1", Call("jsonencode", addresses))},
        },
        blocks=[block("lifecycle", attributes={"create_before_destroy": True})],
    )
    yield block(
        "resource",
        "aws_apigatewayv2_stage",
        "api",
        attributes={
            "api_id": api_id(blueprint),
            "name": blueprint.stage,
            "deployment_id": Expression("aws_apigatewayv2_deployment.api.id"),
        },
    )
