"""CloudFormation: a blueprint as a template, which SAM takes as it is, too."""

from collections import Counter
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.cloudformation import (
    alarm,
    api_v2,
    authorizer,
    domain,
    functions,
    outputs,
    parameters,
    rest_api,
    yaml_text,
)
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources


def render(blueprint: Blueprint) -> str:
    """Return the template as YAML. Raises SettingsError."""
    return yaml_text.written(document(blueprint), blueprint)


def document(blueprint: Blueprint) -> dict[str, Any]:
    """Return the template as plain data. Raises SettingsError."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{blueprint.name}: made by apigw-oauth",
        "Parameters": _merged(parameters.parameters(blueprint), parameters.variables(blueprint)),
        "Conditions": parameters.CONDITIONS,
        "Resources": _resources(blueprint),
        "Outputs": outputs.outputs(blueprint),
    }


_MOST = 500
"""Resources of one stack. See "AWS CloudFormation quotas" in its user guide."""


def _resources(blueprint: Blueprint) -> Resources:
    asked = authorizer.authorizer(blueprint)
    parts = [functions.authorizer(blueprint), asked, alarm.alarm(blueprint)]
    if blueprint.scope == "api":
        parts += [_api(blueprint, asked), domain.domain(blueprint), functions.backends(blueprint)]
    found = _merged(*parts)
    if len(found) > _MOST:
        raise SettingsError(
            f"the template would have {len(found)} resources, and a stack has {_MOST} at most; let API Gateway"
            " import the document of `apigw-oauth template openapi`, or gather routes below one path, such as"
            ' "ANY /{proxy+}"'
        )
    return found


def _api(blueprint: Blueprint, asked: Resources) -> Resources:
    match blueprint.api_type:
        case "rest":
            return rest_api.rest_api(blueprint, asked)
        case "http":
            return api_v2.http_api(blueprint)
        case "websocket":
            return api_v2.websocket_api(blueprint)


def _merged(*parts: dict[str, Any]) -> dict[str, Any]:
    """Put parts together. Raises SettingsError where two have one name."""
    names = Counter(name for part in parts for name in part)
    for name, times in names.items():
        if times > 1:
            raise SettingsError(
                f"two things of the template would be called {name}; rename a function or a variable"
            )
    return {name: value for part in parts for name, value in part.items()}
