"""Lambda functions: each with a log group of its own, and a role that may write there and little else."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from apigw_oauth.deploy import source_patterns, static_answers
from apigw_oauth.deploy.blueprint import HANDLER, Backend, Blueprint, Statement
from apigw_oauth.deploy.templates.cloudformation import addresses
from apigw_oauth.deploy.templates.cloudformation.intrinsics import (
    Resources,
    attribute,
    chosen,
    filled,
    ref,
    resource,
    sub,
)
from apigw_oauth.deploy.templates.cloudformation.parameters import LIMITED

AUTHORIZER = "AuthorizerFunction"
STATIC_RESPONSES = "StaticResponsesFunction"
BACKEND_TIMEOUT = 29
"""Seconds. API Gateway waits 29 for the answer to a request to a REST API, and 30 in an HTTP API."""
BACKEND_MEMORY = 256
"""MB."""


class _Made(NamedTuple):
    """A function, as far as functions differ. `name` begins the logical ids, `label` ends the log group's name."""

    name: str
    label: str
    description: str
    handler: str
    key: str
    memory: int
    timeout: int
    variables: dict[str, Any]
    statements: list[dict[str, Any]]
    more: dict[str, Any]


def authorizer(blueprint: Blueprint) -> Resources:
    """Return the authorizer's function, its log group and its role."""
    function, base_url = blueprint.function, addresses.base_url(blueprint)
    given = {name: filled(value, base_url) for name, value in function.variables.items()}
    asked = {one.variable: ref(one.name) for one in blueprint.parameters}
    made = _Made(
        name="Authorizer",
        label="authorizer",
        description=f"Verifies access tokens for the API {blueprint.name}",
        handler=HANDLER,
        key="CodeKey",
        memory=function.memory,
        timeout=function.timeout,
        variables=given | asked,
        statements=_allowed(function.statements, base_url),
        more={
            "Layers": list(function.layers) or None,
            "ReservedConcurrentExecutions": chosen(LIMITED, ref("ReservedConcurrency"), ref("AWS::NoValue")),
        },
    )
    return _function(made, blueprint)


def backends(blueprint: Blueprint) -> Resources:
    """Return the functions behind the routes, and what lets API Gateway invoke each for its routes."""
    found: Resources = {}
    allowed = _allowed(blueprint.backend_statements, addresses.base_url(blueprint))
    for one in blueprint.backends:
        made = _behind(one.handler, logical_name(one), {})
        more = {"Layers": list(blueprint.backend_layers) or None}
        found |= _function(made._replace(statements=allowed, more=more), blueprint)
        found |= _permissions(
            f"{logical_name(one)}Function", source_patterns.of_backend(blueprint, one), blueprint
        )
    if static_answers.are_needed(blueprint):
        told = {static_answers.VARIABLE: filled("{deployed.base_url}", addresses.base_url(blueprint))}
        found |= _function(_behind(static_answers.HANDLER, "StaticResponses", told), blueprint)
        found |= _permissions(STATIC_RESPONSES, source_patterns.of_static_responses(blueprint), blueprint)
    return found


def logical_name(backend: Backend) -> str:
    """Return how the logical ids of a function behind routes begin."""
    return f"{backend.name}Backend"


def _behind(handler: str, name: str, variables: dict[str, Any]) -> _Made:
    return _Made(
        name=name,
        label=handler,
        description=f"Answers routes: {handler}",
        handler=handler,
        key="FunctionsKey",
        memory=BACKEND_MEMORY,
        timeout=BACKEND_TIMEOUT,
        variables=variables,
        statements=[],
        more={},
    )


def _function(made: _Made, blueprint: Blueprint) -> Resources:
    target = blueprint.function.target
    log, role = f"{made.name}Log", f"{made.name}Role"
    return {
        log: resource(
            "AWS::Logs::LogGroup",
            {
                "LogGroupName": sub(f"/aws/lambda/${{AWS::StackName}}-{made.label}"),
                "RetentionInDays": blueprint.function.log_retention,
            },
        ),
        role: _role(log, made.statements),
        f"{made.name}Function": resource(
            "AWS::Lambda::Function",
            {
                "Description": made.description,
                "Runtime": target.runtime,
                "Architectures": [target.architecture],
                "Handler": made.handler,
                "Code": {"S3Bucket": ref("CodeBucket"), "S3Key": ref(made.key)},
                "MemorySize": made.memory,
                "Timeout": made.timeout,
                "Role": attribute(role, "Arn"),
                "Environment": {"Variables": made.variables} if made.variables else None,
                "LoggingConfig": {"LogGroup": ref(log)},
                **made.more,
            },
        ),
    }


def _role(log: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    written = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": attribute(log, "Arn"),
    }
    service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return resource(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": _policy([service]),
            "Policies": [{"PolicyName": "function", "PolicyDocument": _policy([written, *statements])}],
        },
    )


def _allowed(statements: Sequence[Statement], base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Action": list(one.actions),
            "Resource": [filled(where, base_url) for where in one.resources],
        }
        for one in statements
    ]


def _policy(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _permissions(function: str, patterns: tuple[str, ...], blueprint: Blueprint) -> Resources:
    return {
        f"{function}Permission{number}": permission(function, f"{addresses.executions(blueprint)}/{pattern}")
        for number, pattern in enumerate(patterns, 1)
    }


def permission(function: str, source: str) -> dict[str, Any]:
    """Let API Gateway invoke a function for one source, whose ARN is written as for `sub`."""
    return resource(
        "AWS::Lambda::Permission",
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": ref(function),
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": sub(source),
        },
    )
