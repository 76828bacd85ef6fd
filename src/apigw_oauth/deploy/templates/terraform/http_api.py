"""An HTTP API: its authorizer, integrations and routes; its stage deploys itself."""

import re
from collections.abc import Iterator, Mapping

from apigw_oauth.deploy import access_log
from apigw_oauth.deploy.blueprint import Blueprint, Integration, Route, ToFunction, ToHttp
from apigw_oauth.deploy.templates.terraform import route_v2
from apigw_oauth.deploy.templates.terraform.functions import STATIC_RESPONSES
from apigw_oauth.deploy.templates.terraform.hcl import Block, Call, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import after_the_permission, api_id
from apigw_oauth.deploy.templates.terraform.texts import backend_name, interpolated, reference, route_name
from apigw_oauth.project.cors import Cors

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the API, or the authorizer alone of one that is there already."""
    if blueprint.scope == "api":
        yield Comment("The API.")
        yield _api(blueprint)
    yield _authorizer(blueprint)
    if blueprint.scope == "authorizer":
        return
    api = api_id(blueprint)
    for name, attributes in _integrations(blueprint.routes).items():
        yield block("resource", "aws_apigatewayv2_integration", name, attributes={"api_id": api, **attributes})
    for route in blueprint.routes:
        yield _route(route, api)
    yield from _stage(blueprint, api)


def _stage(blueprint: Blueprint, api: Expression) -> Iterator[Block]:
    yield block(
        "resource",
        "aws_cloudwatch_log_group",
        "access",
        attributes={
            "name": interpolated(access_log.LOG_GROUPS, Expression("var.name")),
            "retention_in_days": blueprint.function.log_retention,
        },
    )
    logged: dict[str, Value] = {
        "destination_arn": reference("aws_cloudwatch_log_group", "access", "arn"),
        "format": Call("jsonencode", access_log.FIELDS),
    }
    yield block(
        "resource",
        "aws_apigatewayv2_stage",
        "api",
        attributes={"api_id": api, "name": blueprint.stage, "auto_deploy": True},
        blocks=[block("access_log_settings", attributes=logged)],
    )


def _api(blueprint: Blueprint) -> Block:
    return block(
        "resource",
        "aws_apigatewayv2_api",
        "api",
        attributes={
            "name": blueprint.name,
            "protocol_type": "HTTP",
            "disable_execute_api_endpoint": blueprint.default_endpoint_is_closed,
        },
        blocks=[] if blueprint.cors is None else [_cors(blueprint.cors)],
    )


def _cors(cors: Cors) -> Block:
    lists = {
        "allow_origins": cors.origins,
        "allow_methods": cors.methods,
        "allow_headers": cors.headers,
        "expose_headers": cors.exposed,
    }
    told: dict[str, Value] = {name: list(values) for name, values in lists.items() if values}
    return block("cors_configuration", attributes={**told, "max_age": cors.max_age})


def _authorizer(blueprint: Blueprint) -> Block:
    told = blueprint.authorizer
    return block(
        "resource",
        "aws_apigatewayv2_authorizer",
        "oauth",
        attributes={
            "api_id": api_id(blueprint),
            "name": "oauth",
            "authorizer_type": "REQUEST",
            "authorizer_uri": Expression("aws_lambda_function.authorizer.invoke_arn"),
            "authorizer_payload_format_version": told.payload_format,
            "enable_simple_responses": told.simple_responses,
            **({"identity_sources": list(told.identity_sources)} if told.identity_sources else {}),
            "authorizer_result_ttl_in_seconds": told.ttl,
            **after_the_permission(blueprint),
        },
    )


def _integrations(routes: tuple[Route, ...]) -> Mapping[str, Mapping[str, Value]]:
    """Return the integrations by name: one for each function, and one for each route to a server."""
    return {_name(route, route.integration): _integration(route, route.integration) for route in routes}


def _name(route: Route, to: Integration) -> str:
    if isinstance(to, ToHttp):
        return route_name(route)
    return backend_name(to.backend.name) if isinstance(to, ToFunction) else STATIC_RESPONSES


def _integration(route: Route, to: Integration) -> Mapping[str, Value]:
    if isinstance(to, ToHttp):
        return {
            "integration_type": "HTTP_PROXY",
            "integration_method": route.method or "ANY",
            "integration_uri": _VARIABLE.sub(r"{\1}", to.url),
            "payload_format_version": "1.0",
        }
    return {
        "integration_type": "AWS_PROXY",
        "integration_method": "POST",
        "integration_uri": reference("aws_lambda_function", _name(route, to), "invoke_arn"),
        "payload_format_version": "2.0",
    }


def _route(route: Route, api: Expression) -> Block:
    told = route_v2.attributes(route, api, integration=_name(route, route.integration))
    return block("resource", "aws_apigatewayv2_route", route_name(route), attributes=told)
