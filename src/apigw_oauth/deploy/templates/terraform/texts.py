"""Texts of a blueprint, whose placeholders become references; and names in Terraform's way of writing."""

import re

from apigw_oauth.deploy import route_names
from apigw_oauth.deploy.blueprint import Route
from apigw_oauth.deploy.templates.terraform.hcl import Expression, escape

_PLACEHOLDER = re.compile(r"(\{deployed\.(?:base_url|partition|region|account|api)\})")
_REFERENCES = {
    "{deployed.base_url}": "local.base_url",
    "{deployed.partition}": "data.aws_partition.current.partition",
    "{deployed.region}": "data.aws_region.current.id",
    "{deployed.account}": "data.aws_caller_identity.current.account_id",
    "{deployed.api}": "aws_apigatewayv2_api.api.id",
}


def filled(text: str) -> str | Expression:
    """Return the text with references in the place of its placeholders, if there are any."""
    parts = _PLACEHOLDER.split(text)
    if len(parts) == 1:
        return text
    return interpolated(*(Expression(_REFERENCES[part]) if part in _REFERENCES else part for part in parts))


def interpolated(*parts: str | Expression) -> Expression:
    """Return one string of texts and of what Terraform evaluates."""
    told = [part for part in parts if part]
    if len(told) == 1 and isinstance(told[0], Expression):
        return told[0]
    return Expression(
        '"' + "".join(f"${{{part.text}}}" if isinstance(part, Expression) else escape(part) for part in told) + '"'
    )


def reference(kind: str, name: str, attribute: str) -> Expression:
    """Return an attribute of a resource."""
    return Expression(f"{kind}.{name}.{attribute}")


def snake(name: str) -> str:
    """Return a name as Terraform has them: `GetPetsById` is `get_pets_by_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def path_name(path: str) -> str:
    """Return the name of what stands for a path."""
    return snake(route_names.path_name(path))


def route_name(route: Route) -> str:
    """Return the name of what stands for a route; messages are told apart from `$connect` and its like."""
    if route.method:
        return snake(route_names.route_name(route))
    if route.path.startswith("$"):
        return route.path[1:]
    return f"message_{path_name(route.path)}"


def backend_name(name: str) -> str:
    """Return the name of what belongs to a function behind the API."""
    return f"backend_{snake(name)}"
