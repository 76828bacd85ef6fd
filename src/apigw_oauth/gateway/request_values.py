"""The request values that identity sources, header mappings and templates of a REST API can name."""

import re

from apigw_oauth.gateway.client_certificate import CONTEXT_NAMES

# Variables of $context that this gateway fills, apart from authorizer.* and error.*.
KNOWN_CONTEXT = frozenset(
    {
        "accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod",
        "identity.sourceIp", "identity.userAgent", "path", "protocol", "requestId", "requestTime",
        "requestTimeEpoch", "resourceId", "resourcePath", "stage", *CONTEXT_NAMES,
    }
)  # fmt: skip

_SOURCE = re.compile(
    r"method\.request\.header\.[A-Za-z0-9!#$%&'*+.^_`|~-]+|method\.request\.querystring\..+|stageVariables\.\w+"
    r"|context\.[\w.]+"
)


def check_identity_source(source: str) -> str | None:
    """Return what is wrong with an identity source of a REST API, or None."""
    if not _SOURCE.fullmatch(source):
        return "not method.request.header.…, method.request.querystring.…, stageVariables.… or context.…"
    name = source.removeprefix("context.")
    if name != source and name not in KNOWN_CONTEXT:
        return f"context variables are {', '.join(sorted(KNOWN_CONTEXT))}"
    return None
