"""Names that a project may have, and AWS does not take: refused before anything is made."""

import re

from apigw_oauth.authorizer.errors import SettingsError

_VARIABLE = re.compile("[A-Za-z][A-Za-z0-9_]+")
_LAMBDAS_OWN = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""See "Defined runtime environment variables" in the developer guide of Lambda."""
_SEGMENT = re.compile(r"[A-Za-z0-9._:,-]+|\{[A-Za-z0-9._:-]+\+?\}")
"""See "Amazon API Gateway important notes for REST APIs" in its developer guide."""


def refuse_variable(name: str) -> None:
    """Raise SettingsError for an environment variable that nobody can set of a Lambda function."""
    if name in _LAMBDAS_OWN:
        raise SettingsError(f"env:{name} is a variable that Lambda sets itself; call it something else")
    if not _VARIABLE.fullmatch(name):
        raise SettingsError(
            f"env:{name} cannot be a variable of a Lambda function, which has two or more letters, digits and _, a"
            " letter first; call it something else"
        )


def refuse_path(path: str) -> None:
    """Raise SettingsError for a path that no resource of a REST API can have."""
    for segment in filter(None, path.split("/")):
        if not _SEGMENT.fullmatch(segment):
            raise SettingsError(
                f"the path {path} has the segment {segment}, and a REST API has letters, digits and . _ : , -"
                " alone there; use another path, or a variable"
            )
