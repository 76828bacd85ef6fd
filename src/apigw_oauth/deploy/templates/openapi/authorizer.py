"""The Lambda authorizer as a security scheme.

See "x-amazon-apigateway-authorizer object" in the API Gateway developer guide: the scheme has to be of type
`apiKey`, in a header, which is called `Unused` if there is more than that to look at.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.openapi.integrations import invocations
from apigw_oauth.project import AuthorizerDefinition

FUNCTION = "AuthorizerFunctionArn"
"""The placeholder of the ARN of the authorizer's function."""

_HEADERS = ("method.request.header.", "$request.header.")


def name(kept: Mapping[str, Any]) -> str:
    """Return what the scheme and the authorizer are called, beside the schemes that the document keeps."""
    found = "oauth"
    while found in kept:
        found += "-authorizer"
    return found


def security_scheme(blueprint: Blueprint) -> dict[str, Any]:
    """Return the security scheme."""
    one = blueprint.authorizer
    authorizer: dict[str, Any] = {
        "type": one.type.lower(),
        "authorizerUri": invocations(FUNCTION),
        "authorizerResultTtlInSeconds": one.ttl,
    }
    if one.identity_sources:
        authorizer["identitySource"] = ", ".join(one.identity_sources)
    if one.identity_validation is not None:
        authorizer["identityValidationExpression"] = one.identity_validation
    if one.payload_format is not None:
        authorizer["authorizerPayloadFormatVersion"] = one.payload_format
        authorizer["enableSimpleResponses"] = one.simple_responses
    return {
        "type": "apiKey",
        "name": _header(one),
        "in": "header",
        **({"x-amazon-apigateway-authtype": "custom"} if blueprint.api_type == "rest" else {}),
        "x-amazon-apigateway-authorizer": authorizer,
    }


def _header(one: AuthorizerDefinition) -> str:
    if len(one.identity_sources) != 1 or not one.identity_sources[0].startswith(_HEADERS):
        return "Unused"
    return one.identity_sources[0].rpartition(".")[2]
