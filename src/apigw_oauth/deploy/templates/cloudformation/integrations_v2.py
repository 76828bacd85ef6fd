"""What answers the routes of HTTP and WebSocket APIs."""

from typing import Any

from apigw_oauth.deploy import route_names
from apigw_oauth.deploy.blueprint import Blueprint, Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.mock_template import vtl
from apigw_oauth.deploy.templates.cloudformation import addresses, functions
from apigw_oauth.deploy.templates.cloudformation.http_url import http_uri
from apigw_oauth.deploy.templates.cloudformation.intrinsics import (
    Resources,
    attribute,
    filled,
    ref,
    resource,
    sub,
)

_STATIC = "StaticResponsesIntegration"


def integration_id(route: Route, blueprint: Blueprint) -> str:
    """Return the logical id of a route's integration; a function has one for all of its routes."""
    match route.integration:
        case ToFunction(backend):
            return f"{functions.logical_name(backend)}Integration"
        case ToNobody() if blueprint.api_type == "http":
            return _STATIC
        case _:
            return f"Integration{route_names.route_name(route)}"


def integrations(blueprint: Blueprint) -> Resources:
    """Return the integrations by logical id."""
    return {
        integration_id(route, blueprint): resource(
            "AWS::ApiGatewayV2::Integration", {"ApiId": ref("Api"), **_integration(route, blueprint)}
        )
        for route in blueprint.routes
    }


def answers(blueprint: Blueprint) -> Resources:
    """Return what sends the text of a mock to a client of a WebSocket API, which gets no answers otherwise."""
    found: Resources = {}
    for route in blueprint.routes:
        if isinstance(route.integration, ToNobody) and is_answered(route, blueprint):
            found |= _answer(route, route.integration, addresses.base_url(blueprint))
    return found


def is_answered(route: Route, blueprint: Blueprint) -> bool:
    """Say whether a client of a WebSocket API is sent the answer: that of a mock, but not to begin or to end."""
    is_message = blueprint.api_type == "websocket" and route.path not in {"$connect", "$disconnect"}
    return is_message and isinstance(route.integration, ToNobody)


def _integration(route: Route, blueprint: Blueprint) -> dict[str, Any]:
    is_http = blueprint.api_type == "http"
    match route.integration:
        case ToFunction(backend):
            return _function(f"{functions.logical_name(backend)}Function", is_http=is_http)
        case ToHttp(url):
            return {
                "IntegrationType": "HTTP_PROXY",
                "IntegrationMethod": (route.method or "ANY") if is_http else "POST",
                "IntegrationUri": http_uri(url),
                "PayloadFormatVersion": "1.0" if is_http else None,
            }
        case ToNobody() if is_http:
            return _function(functions.STATIC_RESPONSES, is_http=True)
        case ToNobody():
            return {
                "IntegrationType": "MOCK",
                "TemplateSelectionExpression": "200",
                "RequestTemplates": {"200": '{"statusCode": 200}'},
            }


def _function(name: str, *, is_http: bool) -> dict[str, Any]:
    return {
        "IntegrationType": "AWS_PROXY",
        "IntegrationMethod": "POST",
        "IntegrationUri": attribute(name, "Arn") if is_http else sub(addresses.invocations(name)),
        "PayloadFormatVersion": "2.0" if is_http else None,
    }


def _answer(route: Route, nobody: ToNobody, base_url: str) -> Resources:
    name = route_names.route_name(route)
    return {
        f"Answer{name}": resource(
            "AWS::ApiGatewayV2::IntegrationResponse",
            {
                "ApiId": ref("Api"),
                "IntegrationId": ref(f"Integration{name}"),
                "IntegrationResponseKey": "$default",
                "TemplateSelectionExpression": "200",
                "ResponseTemplates": {"200": filled(vtl(nobody.body), base_url)},
            },
        ),
        f"RouteAnswer{name}": resource(
            "AWS::ApiGatewayV2::RouteResponse",
            {"ApiId": ref("Api"), "RouteId": ref(f"Route{name}"), "RouteResponseKey": "$default"},
        ),
    }
