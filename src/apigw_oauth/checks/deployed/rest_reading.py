"""Read a REST API. See the API reference of Amazon API Gateway, version 1."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apigw_oauth.checks.deployed.deployed_api import (
    NOBODY,
    DeployedApi,
    DeployedAuthorizer,
    DeployedRoute,
    NotFoundError,
)
from apigw_oauth.checks.deployed.function_arn import function_of

_DEFAULT_TTL = 300
"""Seconds, where an authorizer does not say."""
_HEADER = "gatewayresponse.header."


def read(client: Any, identifier: str, *, stage: str, host_suffix: str) -> DeployedApi:
    """Read an API by its identifier. Raises NotFoundError, and what boto3 raises.

    `host_suffix` follows the identifier in its address: `.execute-api.eu-west-1.amazonaws.com`.
    """
    api = client.get_rest_api(restApiId=identifier)
    served = _stage(client, identifier, stage)
    routes = tuple(_routes(client, identifier))
    return DeployedApi(
        identifier=identifier,
        api_type="rest",
        routes=routes,
        authorizers={one["id"]: _authorizer(one) for one in _items(client, "get_authorizers", identifier)},
        gateway_responses={
            one["responseType"]: _headers(one)
            for one in _items(client, "get_gateway_responses", identifier)
            if not one.get("defaultResponse")
        },
        default_endpoint_is_open=not api.get("disableExecuteApiEndpoint", False),
        url=f"https://{identifier}{host_suffix}/{stage}",
        newer_than_stage=_is_behind(client, identifier, served),
        served_otherwise=tuple(_served_otherwise(client, identifier, served, routes)),
    )


def _stage(client: Any, identifier: str, name: str) -> Mapping[str, Any]:
    stages = client.get_stages(restApiId=identifier).get("item", [])
    found: Mapping[str, Any] | None = next((one for one in stages if one["stageName"] == name), None)
    if found is None:
        there = ", ".join(one["stageName"] for one in stages) or "none at all"
        raise NotFoundError(f"the API {identifier} has no stage {name}, but {there}: set api.stage, or deploy it")
    return found


def _is_behind(client: Any, identifier: str, stage: Mapping[str, Any]) -> bool:
    # Times are whole seconds, and `apigw-oauth deploy` may deploy twice within one.
    created = {one["id"]: one["createdDate"] for one in _items(client, "get_deployments", identifier)}
    return bool(created) and created.get(stage["deploymentId"]) != max(created.values())


def _served_otherwise(
    client: Any, identifier: str, stage: Mapping[str, Any], routes: Iterable[DeployedRoute]
) -> Iterator[str]:
    """Give the routes that were otherwise when the deployment of the stage was made, which is what it serves."""
    now = {one.key: one.authorization for one in routes}
    told = client.get_deployment(restApiId=identifier, deploymentId=stage["deploymentId"], embed=["apisummary"])
    for path, methods in (told.get("apiSummary") or {}).items():
        for verb, method in methods.items():
            key = f"{verb} {path}"
            if key not in now or method.get("authorizationType", now[key]) != now[key]:
                yield key


def _routes(client: Any, identifier: str) -> Iterator[DeployedRoute]:
    for resource in _items(client, "get_resources", identifier, embed=["methods"]):
        for verb, method in resource.get("resourceMethods", {}).items():
            yield DeployedRoute(
                key=f"{verb} {resource['path']}",
                authorization=method.get("authorizationType", NOBODY),
                authorizer=method.get("authorizerId"),
            )


def _authorizer(one: Mapping[str, Any]) -> DeployedAuthorizer:
    return DeployedAuthorizer(
        type=one["type"],
        identity_sources=tuple(part.strip() for part in one.get("identitySource", "").split(",") if part.strip()),
        ttl=one.get("authorizerResultTtlInSeconds", _DEFAULT_TTL),
        identity_validation=one.get("identityValidationExpression") or None,
        payload_format=None,
        simple_responses=False,
        function=function_of(one.get("authorizerUri", "")),
        has_role=bool(one.get("authorizerCredentials")),
    )


def _headers(response: Mapping[str, Any]) -> dict[str, str]:
    parameters: Mapping[str, str] = response.get("responseParameters") or {}
    return {name.removeprefix(_HEADER): value for name, value in parameters.items() if name.startswith(_HEADER)}


def _items(client: Any, operation: str, identifier: str, **arguments: Any) -> Iterator[Mapping[str, Any]]:
    """Go through all pages: `position` says where the next one begins."""
    position: dict[str, str] = {}
    while True:
        page = getattr(client, operation)(restApiId=identifier, limit=500, **arguments, **position)
        yield from page.get("items", ())
        if not page.get("position"):
            return
        position = {"position": page["position"]}
