"""What whoever deploys says: where the code is, values of environment variables, and a limit."""

from typing import Any

from apigw_oauth.deploy import static_answers
from apigw_oauth.deploy.blueprint import Blueprint, Parameter

LIMITED = "ConcurrencyIsReserved"
CONDITIONS = {LIMITED: {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, "-1"]}]}}

_BUCKET = "The S3 bucket with the code"
_CODE = "The key of the authorizer's ZIP file in the bucket"
_FUNCTIONS = "The key of the ZIP file with the functions behind the API in the bucket"
_CONCURRENCY = "How many invocations of the authorizer may run at once, which no other function may use; -1: any"


def parameters(blueprint: Blueprint) -> dict[str, Any]:
    """Return the parameters by name."""
    found: dict[str, Any] = {}
    if blueprint.scope == "authorizer":
        found["ApiId"] = _text("The id of the API that the authorizer is for")
    found |= {"CodeBucket": _text(_BUCKET), "CodeKey": _text(_CODE)}
    if needs_functions(blueprint):
        found["FunctionsKey"] = _text(_FUNCTIONS)
    found["ReservedConcurrency"] = {
        "Type": "Number",
        "Default": -1,
        "MinValue": -1,
        "Description": _CONCURRENCY,
    }
    return found


def variables(blueprint: Blueprint) -> dict[str, Any]:
    """Return the parameters that are environment variables of the authorizer."""
    return {one.name: _of_variable(one) for one in blueprint.parameters}


def needs_functions(blueprint: Blueprint) -> bool:
    """Say whether there is a second ZIP file: with the functions behind the API."""
    return bool(blueprint.backends) or static_answers.are_needed(blueprint)


def _of_variable(one: Parameter) -> dict[str, Any]:
    hidden = {"NoEcho": True} if one.secret else {}
    return {**_text(one.description), **hidden}


def _text(description: str) -> dict[str, Any]:
    return {"Type": "String", "Description": description}
