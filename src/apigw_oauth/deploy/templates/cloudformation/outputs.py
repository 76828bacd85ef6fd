"""What the stack says about itself when it is there."""

from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.cloudformation import addresses, domain
from apigw_oauth.deploy.templates.cloudformation.functions import AUTHORIZER
from apigw_oauth.deploy.templates.cloudformation.intrinsics import attribute, ref, sub


def outputs(blueprint: Blueprint) -> dict[str, Any]:
    """Return the outputs by name."""
    url = addresses.base_url(blueprint)
    return {
        "Url": _told("The address of the API", sub(url) if "${" in url else url),
        "ApiId": _told("The id of the API", ref(addresses.api(blueprint))),
        "AuthorizerId": _told("The id of the authorizer in the API", ref("Authorizer")),
        "AuthorizerFunctionName": _told("The name of the authorizer's function", ref(AUTHORIZER)),
        "AuthorizerFunctionArn": _told("The ARN of the authorizer's function", attribute(AUTHORIZER, "Arn")),
        "AuthorizerLogGroup": _told("The log group of the authorizer", ref("AuthorizerLog")),
        "CodeKey": _told("The key of the authorizer's ZIP file", ref("CodeKey")),
        **({"Stage": _told("The name of the stage", ref("Stage"))} if blueprint.scope == "api" else {}),
        **domain.outputs(blueprint),
    }


def _told(description: str, value: Any) -> dict[str, Any]:
    return {"Description": description, "Value": value}
