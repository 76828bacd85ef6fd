"""An HTTP or WebSocket API: its routes, and the stage that they are deployed to."""

from typing import Any

from apigw_oauth.deploy import route_names
from apigw_oauth.deploy.blueprint import Blueprint, Route
from apigw_oauth.deploy.templates.cloudformation.deployment import deployment_id
from apigw_oauth.deploy.templates.cloudformation.integrations_v2 import (
    answers,
    integration_id,
    integrations,
    is_handshake,
)
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, attribute, ref, resource, sub
from apigw_oauth.project.cors import Cors

_ACCESS_LOG = (
    '{"time":"$context.requestTime","requestId":"$context.requestId","routeKey":"$context.routeKey",'
    '"status":"$context.status","authorizerStatus":"$context.authorizer.status",'
    '"authorizerLatency":"$context.authorizer.latency","authorizerError":"$context.authorizer.error",'
    '"integrationStatus":"$context.integration.status","integrationError":"$context.integration.error"}'
)
"""Of HTTP APIs: nothing else tells why an authorizer was not understood. No address, no path, no token."""


def http_api(blueprint: Blueprint) -> Resources:
    """Return an HTTP API, whose stage shows each change by itself."""
    properties = {
        "Name": blueprint.name,
        "ProtocolType": "HTTP",
        "CorsConfiguration": None if blueprint.cors is None else _cors(blueprint.cors),
        "DisableExecuteApiEndpoint": blueprint.default_endpoint_is_closed or None,
    }
    return {
        "Api": resource("AWS::ApiGatewayV2::Api", properties),
        **integrations(blueprint),
        **_routes(blueprint),
        "AccessLog": resource(
            "AWS::Logs::LogGroup",
            {
                "LogGroupName": sub("/aws/apigateway/${AWS::StackName}"),
                "RetentionInDays": blueprint.function.log_retention,
            },
        ),
        "Stage": resource(
            "AWS::ApiGatewayV2::Stage",
            {
                "ApiId": ref("Api"),
                "StageName": blueprint.stage,
                "AutoDeploy": True,
                "AccessLogSettings": {"DestinationArn": attribute("AccessLog", "Arn"), "Format": _ACCESS_LOG},
            },
        ),
    }


def websocket_api(blueprint: Blueprint, authorizer: Resources) -> Resources:
    """Return a WebSocket API; its stage shows what its deployment has seen, the authorizer included."""
    properties = {
        "Name": blueprint.name,
        "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action",
        "DisableExecuteApiEndpoint": blueprint.default_endpoint_is_closed or None,
    }
    seen = {
        "Api": resource("AWS::ApiGatewayV2::Api", properties),
        **integrations(blueprint),
        **_routes(blueprint),
        **answers(blueprint),
    }
    deployment = deployment_id({**seen, **authorizer})
    return {
        **seen,
        deployment: resource(
            "AWS::ApiGatewayV2::Deployment",
            {"ApiId": ref("Api")},
            depends_on=[name for name in seen if name.startswith(("Route", "Answer"))],
        ),
        "Stage": resource(
            "AWS::ApiGatewayV2::Stage",
            {"ApiId": ref("Api"), "DeploymentId": ref(deployment), "StageName": blueprint.stage},
        ),
    }


def _routes(blueprint: Blueprint) -> Resources:
    return {f"Route{route_names.route_name(one)}": _route(one, blueprint) for one in blueprint.routes}


def _route(route: Route, blueprint: Blueprint) -> dict[str, Any]:
    asked = {"AuthorizationType": "CUSTOM", "AuthorizerId": ref("Authorizer")}
    is_answered = (blueprint.api_type, is_handshake(route)) == ("websocket", False)
    return resource(
        "AWS::ApiGatewayV2::Route",
        {
            "ApiId": ref("Api"),
            "RouteKey": route.key,
            **(asked if route.authorized else {"AuthorizationType": "NONE"}),
            "Target": sub(f"integrations/${{{integration_id(route, blueprint)}}}"),
            "RouteResponseSelectionExpression": "$default" if is_answered else None,
        },
    )


def _cors(cors: Cors) -> dict[str, Any]:
    return {
        "AllowOrigins": list(cors.origins),
        "AllowMethods": list(cors.methods),
        "AllowHeaders": list(cors.headers),
        "ExposeHeaders": list(cors.exposed),
        "MaxAge": cors.max_age,
    }
