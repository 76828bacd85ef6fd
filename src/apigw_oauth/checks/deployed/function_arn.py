"""The Lambda function that an integration or authorizer URI of API Gateway names."""

import re

_URI = re.compile(r"arn:[^:]+:apigateway:[^:]+:lambda:path/2015-03-31/functions/(?P<function>.+)/invocations")


def function_of(uri: str) -> str | None:
    """Return the function's ARN, or what stands in its place; None for the URI of something else."""
    found = _URI.fullmatch(uri)
    return found["function"] if found else None
