"""Read an HTTP or WebSocket API. See the API reference of Amazon API Gateway, version 2."""

from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth.checks.deployed.deployed_api import (
    NOBODY,
    DeployedApi,
    DeployedAuthorizer,
    DeployedRoute,
    NotFoundError,
)
from apigw_oauth.checks.deployed.function_arn import function_of
from apigw_oauth.project.project_file import DEFAULT_STAGE


def read(client: Any, identifier: str, *, stage: str, host_suffix: str) -> DeployedApi:
    """Read an API by its identifier. Raises NotFoundError, and what boto3 raises.

    `host_suffix` follows the identifier in its address: `.execute-api.eu-west-1.amazonaws.com`.
    """
    api = client.get_api(ApiId=identifier)
    is_http = api["ProtocolType"] == "HTTP"
    served = _stage(client, identifier, stage)
    path = "" if stage == DEFAULT_STAGE else f"/{stage}"
    return DeployedApi(
        identifier=identifier,
        api_type="http" if is_http else "websocket",
        routes=tuple(
            DeployedRoute(one["RouteKey"], one.get("AuthorizationType", NOBODY), one.get("AuthorizerId"))
            for one in _items(client, "get_routes", identifier)
        ),
        authorizers={
            one["AuthorizerId"]: _authorizer(one) for one in _items(client, "get_authorizers", identifier)
        },
        gateway_responses={},
        default_endpoint_is_open=not api.get("DisableExecuteApiEndpoint", False),
        url=f"{'https' if is_http else 'wss'}://{identifier}{host_suffix}{path}",
        newer_than_stage=not served.get("AutoDeploy", False) and _is_behind(client, identifier, served),
    )


def _stage(client: Any, identifier: str, name: str) -> Mapping[str, Any]:
    stages = list(_items(client, "get_stages", identifier))
    found = next((one for one in stages if one["StageName"] == name), None)
    if found is None:
        there = ", ".join(one["StageName"] for one in stages) or "none at all"
        raise NotFoundError(f"the API {identifier} has no stage {name}, but {there}: set api.stage, or deploy it")
    return found


def _is_behind(client: Any, identifier: str, stage: Mapping[str, Any]) -> bool:
    # Times are whole seconds, as those of REST APIs.
    created = {one["DeploymentId"]: one["CreatedDate"] for one in _items(client, "get_deployments", identifier)}
    return bool(created) and created.get(stage.get("DeploymentId", "")) != max(created.values())


def _authorizer(one: Mapping[str, Any]) -> DeployedAuthorizer:
    return DeployedAuthorizer(
        type=one["AuthorizerType"],
        identity_sources=tuple(one.get("IdentitySource") or ()),
        ttl=one.get("AuthorizerResultTtlInSeconds") or 0,
        identity_validation=one.get("IdentityValidationExpression") or None,
        payload_format=one.get("AuthorizerPayloadFormatVersion"),
        simple_responses=one.get("EnableSimpleResponses") or False,
        function=function_of(one.get("AuthorizerUri", "")),
        has_role=bool(one.get("AuthorizerCredentialsArn")),
    )


def _items(client: Any, operation: str, identifier: str) -> Iterator[Mapping[str, Any]]:
    """Go through all pages: `NextToken` says where the next one begins."""
    token: dict[str, str] = {}
    while True:
        page = getattr(client, operation)(ApiId=identifier, MaxResults="500", **token)
        yield from page.get("Items", ())
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
