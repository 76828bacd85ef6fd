"""The resources and methods of a REST API, and what answers them."""

import re
from collections.abc import Iterator, Mapping

from apigw_oauth.deploy.blueprint import Blueprint, Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.mock_template import vtl
from apigw_oauth.deploy.templates.terraform.hcl import Block, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import api_id
from apigw_oauth.deploy.templates.terraform.texts import (
    backend_name,
    filled,
    path_name,
    reference,
    route_name,
)

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the resources of all paths, then each route."""
    api = api_id(blueprint)
    for path in _paths(blueprint.routes):
        yield _resource(path, api)
    for route in blueprint.routes:
        yield Comment(f"{route.key}{'' if route.authorized else ' (public)'}")
        yield from _route(route, api)


def _paths(routes: tuple[Route, ...]) -> Mapping[str, None]:
    """Return every path that needs a resource, those above others first."""
    found: dict[str, None] = {}
    for route in routes:
        segments = route.path.strip("/").split("/") if route.path != "/" else []
        for length in range(1, len(segments) + 1):
            found["/" + "/".join(segments[:length])] = None
    return found


def _resource(path: str, api: Expression) -> Block:
    parent, _, segment = path.rpartition("/")
    above = (
        reference("aws_api_gateway_resource", path_name(parent), "id")
        if parent
        else Expression(f"{api.text.removesuffix('.id')}.root_resource_id")
    )
    return block(
        "resource",
        "aws_api_gateway_resource",
        path_name(path),
        attributes={"rest_api_id": api, "parent_id": above, "path_part": segment},
    )


def _route(route: Route, api: Expression) -> Iterator[Block]:
    name = route_name(route)
    resource = (
        Expression(f"{api.text.removesuffix('.id')}.root_resource_id")
        if route.path == "/"
        else reference("aws_api_gateway_resource", path_name(route.path), "id")
    )
    place: dict[str, Value] = {"rest_api_id": api, "resource_id": resource}
    yield _method(route, name, place)
    # Naming the method makes it come first.
    place["http_method"] = reference("aws_api_gateway_method", name, "http_method")
    if isinstance(route.integration, ToNobody):
        yield from _mock(route.integration, name, place)
    else:
        yield _integration(route, route.integration, name, place)


def _method(route: Route, name: str, place: Mapping[str, Value]) -> Block:
    attributes: dict[str, Value] = {**place, "http_method": route.method}
    if route.authorized:
        attributes["authorization"] = "CUSTOM"
        attributes["authorizer_id"] = Expression("aws_api_gateway_authorizer.oauth.id")
    else:
        attributes["authorization"] = "NONE"
    variables = _VARIABLE.findall(route.path)
    if variables and isinstance(route.integration, ToHttp):
        attributes["request_parameters"] = {f"method.request.path.{one}": True for one in variables}
    return block("resource", "aws_api_gateway_method", name, attributes=attributes)


def _integration(route: Route, to: ToFunction | ToHttp, name: str, place: Mapping[str, Value]) -> Block:
    if isinstance(to, ToFunction):
        function = backend_name(to.backend.name)
        more: dict[str, Value] = {
            "type": "AWS_PROXY",
            "integration_http_method": "POST",
            "uri": reference("aws_lambda_function", function, "invoke_arn"),
        }
    else:
        more = {
            "type": "HTTP_PROXY",
            "integration_http_method": route.method,
            "uri": _VARIABLE.sub(r"{\1}", to.url),
        }
        used = [one for one in _VARIABLE.findall(route.path) if one in _VARIABLE.findall(to.url)]
        if used:
            more["request_parameters"] = {
                f"integration.request.path.{one}": f"method.request.path.{one}" for one in used
            }
    return block("resource", "aws_api_gateway_integration", name, attributes={**place, **more})


def _mock(to: ToNobody, name: str, place: Mapping[str, Value]) -> Iterator[Block]:
    """Return what answers 200 in API Gateway itself. The body is a template in VTL."""
    mock: dict[str, Value] = {
        "type": "MOCK",
        # A request of another type gets 415: its body would be taken for this template.
        "passthrough_behavior": "NEVER",
        "request_templates": {"application/json": '{"statusCode": 200}'},
    }
    yield block("resource", "aws_api_gateway_integration", name, attributes={**place, **mock})
    status: dict[str, Value] = {"status_code": "200"}
    declared: dict[str, Value] = {f"method.response.header.{header}": True for header in to.headers}
    sent: dict[str, Value] = {
        f"method.response.header.{header}": filled(f"'{value}'") for header, value in to.headers.items()
    }
    yield block(
        "resource",
        "aws_api_gateway_method_response",
        name,
        attributes={**place, **status, **({"response_parameters": declared} if declared else {})},
    )
    yield block(
        "resource",
        "aws_api_gateway_integration_response",
        name,
        attributes={
            **place,
            # An integration response needs its integration, which has to come first.
            "http_method": reference("aws_api_gateway_integration", name, "http_method"),
            "status_code": reference("aws_api_gateway_method_response", name, "status_code"),
            **({"response_parameters": sent} if sent else {}),
            "response_templates": {to.content_type: filled(vtl(to.body))},
        },
    )
