"""The Lambda authorizer, and that API Gateway may ask it."""

from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.cloudformation import addresses, functions
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, ref, resource, sub

NAME = "Authorizer"
_PERMISSION = f"{NAME}Permission"


def authorizer(blueprint: Blueprint) -> Resources:
    """Return the authorizer and its permission.

    One that is alone may be in use in an API that is not ours. API Gateway deletes none that is, and whatever
    depends on it would be gone by then: so the permission does not.
    """
    is_alone = blueprint.scope == "authorizer"
    which = "*" if is_alone else f"${{{NAME}}}"
    source = f"{addresses.executions(blueprint)}/authorizers/{which}"
    first = [_PERMISSION] if is_alone else []
    return {
        NAME: _rest(blueprint, first) if blueprint.api_type == "rest" else _version_2(blueprint, first),
        _PERMISSION: functions.permission(functions.AUTHORIZER, source),
    }


def _rest(blueprint: Blueprint, first: list[str]) -> dict[str, Any]:
    one = blueprint.authorizer
    return resource(
        "AWS::ApiGateway::Authorizer",
        {
            "RestApiId": ref(addresses.api(blueprint)),
            "Name": "oauth",
            "Type": one.type,
            "AuthorizerUri": sub(addresses.invocations(functions.AUTHORIZER)),
            "IdentitySource": ",".join(one.identity_sources) or None,
            "IdentityValidationExpression": one.identity_validation,
            "AuthorizerResultTtlInSeconds": one.ttl,
        },
        depends_on=first,
    )


def _version_2(blueprint: Blueprint, first: list[str]) -> dict[str, Any]:
    one, is_http = blueprint.authorizer, blueprint.api_type == "http"
    return resource(
        "AWS::ApiGatewayV2::Authorizer",
        {
            "ApiId": ref(addresses.api(blueprint)),
            "Name": "oauth",
            "AuthorizerType": one.type,
            "AuthorizerUri": sub(addresses.invocations(functions.AUTHORIZER)),
            "IdentitySource": list(one.identity_sources) or None,
            # WebSocket APIs keep no answers, and know one payload.
            "AuthorizerResultTtlInSeconds": one.ttl if is_http else None,
            "AuthorizerPayloadFormatVersion": one.payload_format,
            "EnableSimpleResponses": one.simple_responses if is_http else None,
        },
        depends_on=first,
    )
