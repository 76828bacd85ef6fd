"""Gateway responses of a REST API: what clients get where no integration has answered."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.terraform.hcl import Block, Value, block
from apigw_oauth.deploy.templates.terraform.settings import api_id
from apigw_oauth.deploy.templates.terraform.texts import filled, snake

_STATUSES = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
"""Those that API Gateway has by itself. See "Gateway response types for API Gateway" in its developer guide."""
_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
"""What API Gateway keeps where nobody gives one."""


def blocks(blueprint: Blueprint) -> Iterator[Block]:
    """Return them. What API Gateway would add by itself is written out.

    The provider would find it in the next plan, want it away, and find it again: the deployment, which depends on
    it, could not be made ("Provider produced inconsistent final plan").
    """
    for kind, one in blueprint.gateway_responses.items():
        status = one.status or _STATUSES.get(kind)
        attributes: dict[str, Value] = {"rest_api_id": api_id(blueprint), "response_type": kind}
        if status is not None:
            attributes["status_code"] = str(status)
        if one.headers:
            attributes["response_parameters"] = {
                f"gatewayresponse.header.{name}": filled(value) for name, value in one.headers.items()
            }
        templates = one.templates or _TEMPLATES
        attributes["response_templates"] = {of: filled(text) for of, text in templates.items()}
        yield block("resource", "aws_api_gateway_gateway_response", snake(kind.lower()), attributes=attributes)
