"""Lambda functions: each with a log group of its own, and a role that may write there and little else."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from apigw_oauth.deploy import source_patterns, static_answers
from apigw_oauth.deploy.blueprint import HANDLER, Backend, Blueprint, Statement
from apigw_oauth.deploy.templates.terraform import alarm
from apigw_oauth.deploy.templates.terraform.hcl import Block, Call, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import NAME, authorizer_id, is_alone, variable_name
from apigw_oauth.deploy.templates.terraform.texts import backend_name, filled, interpolated, reference

AUTHORIZER = "authorizer"
STATIC_RESPONSES = "static_responses"
_BACKEND_TIMEOUT = 29
"""Seconds. API Gateway waits 29 for the answer to a request to a REST API, and 30 in an HTTP API."""
_BACKEND_MEMORY = 256
"""MB."""
_LABEL = 63 - NAME
"""Characters."""


_LAMBDA: Value = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


class _Made(NamedTuple):
    """A function, as far as functions differ."""

    name: str
    """Of its resources."""
    label: str
    """Ends the name of the function."""
    description: str
    handler: str
    package: str
    """The variable with the path of its ZIP file."""
    memory: int
    timeout: int
    variables: Mapping[str, Value]
    statements: Sequence[Value] = ()
    more: Mapping[str, Value] = {}


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the authorizer's function and those behind the routes, with what each needs."""
    yield Comment("The authorizer.")
    yield from _function(_authorizer(blueprint), blueprint)
    yield _permission(AUTHORIZER, {}, "authorizers/", "*" if is_alone(blueprint) else authorizer_id(blueprint))
    yield from alarm.blocks(blueprint, reference("aws_lambda_function", AUTHORIZER, "function_name"))
    for backend in blueprint.backends:
        yield from _behind(blueprint, backend)
    if static_answers.are_needed(blueprint):
        yield from _static_responses(blueprint)


def _authorizer(blueprint: Blueprint) -> _Made:
    function = blueprint.function
    known: dict[str, Value] = {name: filled(value) for name, value in function.variables.items()}
    asked: dict[str, Value] = {
        one.variable: Expression(f"var.{variable_name(blueprint, one)}") for one in blueprint.parameters
    }
    return _Made(
        name=AUTHORIZER,
        label="authorizer",
        description=f"Verifies access tokens for the API {blueprint.name}",
        handler=HANDLER,
        package="package",
        memory=function.memory,
        timeout=function.timeout,
        variables=known | asked,
        statements=_allowed(function.statements),
        more={
            "reserved_concurrent_executions": Expression("var.reserved_concurrency"),
            **_layers(function.layers),
        },
    )


def _behind(blueprint: Blueprint, backend: Backend) -> Iterator[Block | Comment]:
    name = backend_name(backend.name)
    yield Comment(f"Answers routes: {backend.handler}.")
    allowed, more = _allowed(blueprint.backend_statements), _layers(blueprint.backend_layers)
    made = _behind_routes(name, backend.handler, {})._replace(statements=allowed, more=more)
    yield from _function(made, blueprint)
    yield _permissions(name, source_patterns.of_backend(blueprint, backend))


def _static_responses(blueprint: Blueprint) -> Iterator[Block | Comment]:
    known = {static_answers.VARIABLE: filled("{deployed.base_url}")}
    yield Comment("Answers the routes that have a fixed answer, since HTTP APIs have no mock integrations.")
    yield from _function(_behind_routes(STATIC_RESPONSES, static_answers.HANDLER, known), blueprint)
    yield _permissions(STATIC_RESPONSES, source_patterns.of_static_responses(blueprint))


def _behind_routes(name: str, handler: str, variables: Mapping[str, Value]) -> _Made:
    return _Made(
        name=name,
        label=_label(handler),
        description=f"Answers routes: {handler}",
        handler=handler,
        package="functions_package",
        memory=_BACKEND_MEMORY,
        timeout=_BACKEND_TIMEOUT,
        variables=variables,
    )


def _layers(arns: Sequence[str]) -> dict[str, Value]:
    return {"layers": list(arns)} if arns else {}


def _label(handler: str) -> str:
    """Return the end of a function's name, which has up to 64 letters, digits, hyphens and underscores in all."""
    plain = re.sub("[^A-Za-z0-9_-]", "-", handler)
    if len(plain) <= _LABEL:
        return plain
    return f"{plain[: _LABEL - 9]}-{hashlib.sha256(handler.encode()).hexdigest()[:8]}"


def _function(made: _Made, blueprint: Blueprint) -> Iterator[Block]:
    target, package = blueprint.function.target, Expression(f"var.{made.package}")
    log = reference("aws_cloudwatch_log_group", made.name, "name")
    yield from _log_and_role(made, blueprint.function.log_retention)
    yield block(
        "resource",
        "aws_lambda_function",
        made.name,
        attributes={
            "function_name": interpolated(Expression("var.name"), f"-{made.label}"),
            "description": made.description,
            "runtime": target.runtime,
            "architectures": [target.architecture],
            "handler": made.handler,
            "filename": package,
            "source_code_hash": Expression(f"filebase64sha256({package.text})"),
            "memory_size": made.memory,
            "timeout": made.timeout,
            "role": reference("aws_iam_role", made.name, "arn"),
            **made.more,
            # Otherwise it might run before it may write its log.
            "depends_on": [Expression(f"aws_iam_role_policy.{made.name}")],
        },
        blocks=[
            *([block("environment", attributes={"variables": made.variables})] if made.variables else []),
            block("logging_config", attributes={"log_format": "Text", "log_group": log}),
        ],
    )


def _log_and_role(made: _Made, retention: int) -> Iterator[Block]:
    name = interpolated(Expression("var.name"), f"-{made.label}")
    yield block(
        "resource",
        "aws_cloudwatch_log_group",
        made.name,
        attributes={
            "name": interpolated("/aws/lambda/", Expression("var.name"), f"-{made.label}"),
            "retention_in_days": retention,
        },
    )
    yield block(
        "resource",
        "aws_iam_role",
        made.name,
        attributes={"name": name, "assume_role_policy": _policy([_LAMBDA])},
    )
    written = _allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [interpolated(reference("aws_cloudwatch_log_group", made.name, "arn"), ":*")],
    )
    role = reference("aws_iam_role", made.name, "id")
    policy = {"name": "function", "role": role, "policy": _policy([written, *made.statements])}
    yield block("resource", "aws_iam_role_policy", made.name, attributes=policy)


def _allowed(statements: Sequence[Statement]) -> list[Value]:
    return [_allow(list(one.actions), [filled(where) for where in one.resources]) for one in statements]


def _allow(actions: list[Value], resources: list[Value]) -> Value:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _policy(statements: Sequence[Value]) -> Call:
    return Call("jsonencode", {"Version": "2012-10-17", "Statement": statements})


def _permissions(name: str, patterns: Sequence[str]) -> Block:
    """Let API Gateway invoke a function for the routes that it answers; another route leaves these as they are."""
    return _permission(name, {"for_each": Call("toset", list(patterns))}, Expression("each.value"))


def _permission(name: str, each: Mapping[str, Value], *pattern: str | Expression) -> Block:
    return block(
        "resource",
        "aws_lambda_permission",
        name,
        attributes={
            **each,
            "action": "lambda:InvokeFunction",
            "function_name": reference("aws_lambda_function", name, "function_name"),
            "principal": "apigateway.amazonaws.com",
            "source_arn": interpolated(Expression("local.execution_arn"), "/", *pattern),
        },
    )
