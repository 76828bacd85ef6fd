"""A REST API: its resources and methods, and the stage that they are deployed to."""

from collections.abc import Iterator
from typing import Any

from apigw_oauth.deploy import route_names
from apigw_oauth.deploy.blueprint import Blueprint, Route
from apigw_oauth.deploy.templates.cloudformation import addresses
from apigw_oauth.deploy.templates.cloudformation.deployment import deployment_id
from apigw_oauth.deploy.templates.cloudformation.gateway_responses import gateway_responses
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, attribute, ref, resource
from apigw_oauth.deploy.templates.cloudformation.rest_integrations import integration


def rest_api(blueprint: Blueprint, authorizer: Resources) -> Resources:
    """Return the API; a stage shows what its deployment has seen, the authorizer included."""
    api = {
        "Api": resource(
            "AWS::ApiGateway::RestApi",
            {
                "Name": blueprint.name,
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                "DisableExecuteApiEndpoint": blueprint.default_endpoint_is_closed or None,
            },
        )
    }
    paths = {name: one for route in blueprint.routes for name, one in _resources(route.path)}
    methods = {f"Method{route_names.route_name(one)}": _method(one, blueprint) for one in blueprint.routes}
    responses = gateway_responses(blueprint)
    seen = {**api, **paths, **methods, **responses}
    deployment = deployment_id({**seen, **authorizer})
    return {
        **seen,
        deployment: resource(
            "AWS::ApiGateway::Deployment",
            {"RestApiId": ref("Api")},
            depends_on=[*methods, *responses],
        ),
        "Stage": resource(
            "AWS::ApiGateway::Stage",
            {"RestApiId": ref("Api"), "DeploymentId": ref(deployment), "StageName": blueprint.stage},
        ),
    }


def _resources(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the resource of a path, and of every path above it but the root."""
    segments = path.strip("/").split("/") if path != "/" else []
    for count, segment in enumerate(segments, 1):
        parent = "/" + "/".join(segments[: count - 1])
        yield (
            _resource_name("/" + "/".join(segments[:count])),
            resource(
                "AWS::ApiGateway::Resource",
                {"RestApiId": ref("Api"), "ParentId": _resource_id(parent), "PathPart": segment},
            ),
        )


def _resource_name(path: str) -> str:
    return f"Resource{route_names.path_name(path)}"


def _resource_id(path: str) -> dict[str, Any]:
    return attribute("Api", "RootResourceId") if path == "/" else ref(_resource_name(path))


def _method(route: Route, blueprint: Blueprint) -> dict[str, Any]:
    asked = {"AuthorizationType": "CUSTOM", "AuthorizerId": ref("Authorizer")}
    return resource(
        "AWS::ApiGateway::Method",
        {
            "RestApiId": ref("Api"),
            "ResourceId": _resource_id(route.path),
            "HttpMethod": route.method,
            **(asked if route.authorized else {"AuthorizationType": "NONE"}),
            **integration(route, addresses.base_url(blueprint)),
        },
    )
