"""What the authorizer's role must allow: to read each secret that a reference names, and nothing else."""

import re
from collections.abc import Iterable

from apigw_oauth.deploy.blueprint import Statement
from apigw_oauth.project.project_file import ApiType
from apigw_oauth.project.references import Reference

_PARAMETERS = "arn:{deployed.partition}:ssm:{deployed.region}:{deployed.account}:parameter/"
_SECRETS = "arn:{deployed.partition}:secretsmanager:{deployed.region}:{deployed.account}:secret:"
_SUFFIX = "-??????"
"""Secrets Manager ends the ARN of a secret with six characters of its own. See "IAM policy examples" there."""
_COMPLETE = re.compile("-[A-Za-z0-9]{6}$")

_CONNECTIONS = "arn:{deployed.partition}:execute-api:{deployed.region}:{deployed.account}:{deployed.api}"


def to_clients(api_type: ApiType, stage: str) -> tuple[Statement, ...]:
    """Return what functions of a WebSocket API need to send messages, and to end connections. Others need nothing.

    See "Use @connections commands in your backend service" in the API Gateway Developer Guide.
    """
    if api_type != "websocket":
        return ()
    return (Statement(("execute-api:ManageConnections",), (f"{_CONNECTIONS}/{stage}/*/@connections/*",)),)


def statements(references: Iterable[Reference]) -> tuple[Statement, ...]:
    """Return one statement for each service that holds secrets. Resources may have placeholders."""
    resources: dict[str, dict[str, None]] = {"ssm:GetParameter": {}, "secretsmanager:GetSecretValue": {}}
    for one in references:
        if one.kind == "ssm":
            resources["ssm:GetParameter"][_parameter(one.name)] = None
        if one.kind == "secretsmanager":
            resources["secretsmanager:GetSecretValue"][_secret(one.name)] = None
    return tuple(Statement((action,), tuple(found)) for action, found in resources.items() if found)


def _parameter(name: str) -> str:
    """Return the ARN of a parameter; its version or label, after a colon, is no part of that."""
    if name.startswith("arn:"):
        return ":".join(name.split(":")[:6])
    return _PARAMETERS + name.partition(":")[0].removeprefix("/")


def _secret(name: str) -> str:
    """Return the ARN of a secret; Secrets Manager also finds one by an ARN without those six characters."""
    identifier = name.partition("#")[0]
    if not identifier.startswith("arn:"):
        return f"{_SECRETS}{identifier}{_SUFFIX}"
    return identifier if _COMPLETE.search(identifier) else identifier + _SUFFIX
