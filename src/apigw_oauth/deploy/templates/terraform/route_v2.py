"""A route of an HTTP or WebSocket API: which integration answers it, and whether the authorizer is asked."""

from apigw_oauth.deploy.blueprint import Route
from apigw_oauth.deploy.templates.terraform.hcl import Expression, Value
from apigw_oauth.deploy.templates.terraform.texts import interpolated, reference


def attributes(route: Route, api: Expression, *, integration: str) -> dict[str, Value]:
    """Return the attributes of the route's resource; `integration` names the resource of its integration."""
    target = interpolated("integrations/", reference("aws_apigatewayv2_integration", integration, "id"))
    asked: dict[str, Value] = {
        "authorization_type": "CUSTOM",
        "authorizer_id": reference("aws_apigatewayv2_authorizer", "oauth", "id"),
    }
    return {
        "api_id": api,
        "route_key": route.key,
        "target": target,
        **(asked if route.authorized else {"authorization_type": "NONE"}),
    }
