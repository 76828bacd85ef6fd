"""What the authorizer's role must allow: to read each secret that a reference names, and nothing else."""

from collections.abc import Iterable

from apigw_oauth.deploy.blueprint import Statement
from apigw_oauth.project.references import Reference

_PARAMETERS = "arn:{partition}:ssm:{region}:{account}:parameter/"
_SECRETS = "arn:{partition}:secretsmanager:{region}:{account}:secret:"
_SUFFIX = "-??????"
"""Secrets Manager ends the ARN of a secret with six characters of its own. See "IAM policy examples" there."""


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
    return name if name.startswith("arn:") else _PARAMETERS + name.partition(":")[0].removeprefix("/")


def _secret(name: str) -> str:
    identifier = name.partition("#")[0]
    return identifier if identifier.startswith("arn:") else f"{_SECRETS}{identifier}{_SUFFIX}"
