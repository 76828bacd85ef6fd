"""An HTTP or WebSocket API: its routes, and the stage that they are deployed to."""

import json
from typing import Any

from apigw_oauth.deploy import access_log, route_names
from apigw_oauth.deploy.blueprint import Blueprint, Route
from apigw_oauth.deploy.templates.cloudformation.integrations_v2 import (
    answers,
    integration_id,
    integrations,
    is_answered,
)
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, attribute, ref, resource, sub
from apigw_oauth.project.cors import Cors


def http_api(blueprint: Blueprint) -> Resources:
    """Return an HTTP API."""
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
                "LogGroupName": sub(f"{access_log.LOG_GROUPS}${{AWS::StackName}}"),
                "RetentionInDays": blueprint.function.log_retention,
            },
        ),
        "Stage": _stage(
            blueprint,
            AccessLogSettings={
                "DestinationArn": attribute("AccessLog", "Arn"),
                "Format": json.dumps(access_log.FIELDS),
            },
        ),
    }


def websocket_api(blueprint: Blueprint) -> Resources:
    """Return a WebSocket API."""
    properties = {
        "Name": blueprint.name,
        "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action",
        "DisableExecuteApiEndpoint": blueprint.default_endpoint_is_closed or None,
    }
    return {
        "Api": resource("AWS::ApiGatewayV2::Api", properties),
        **integrations(blueprint),
        **_routes(blueprint),
        **answers(blueprint),
        "Stage": _stage(blueprint),
    }


def _stage(blueprint: Blueprint, **more: Any) -> dict[str, Any]:
    """Return the stage, which shows each change by itself: routes that are taken away go at once, too."""
    named = {"ApiId": ref("Api"), "StageName": blueprint.stage, "AutoDeploy": True}
    return resource("AWS::ApiGatewayV2::Stage", {**named, **more})


def _routes(blueprint: Blueprint) -> Resources:
    return {f"Route{route_names.route_name(one)}": _route(one, blueprint) for one in blueprint.routes}


def _route(route: Route, blueprint: Blueprint) -> dict[str, Any]:
    asked = {"AuthorizationType": "CUSTOM", "AuthorizerId": ref("Authorizer")}
    return resource(
        "AWS::ApiGatewayV2::Route",
        {
            "ApiId": ref("Api"),
            "RouteKey": route.key,
            **(asked if route.authorized else {"AuthorizationType": "NONE"}),
            "Target": sub(f"integrations/${{{integration_id(route, blueprint)}}}"),
            "RouteResponseSelectionExpression": "$default" if is_answered(route, blueprint) else None,
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
