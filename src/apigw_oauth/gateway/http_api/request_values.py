"""The request values that identity sources of an HTTP API can name."""

import re

from apigw_oauth.gateway.client_certificate import CONTEXT_NAMES

# Variables of $context that this gateway fills.
KNOWN_CONTEXT = frozenset(
    {
        "accountId", "apiId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod", "identity.sourceIp",
        "identity.userAgent", "path", "protocol", "requestId", "requestTime", "requestTimeEpoch", "routeKey",
        "stage", *CONTEXT_NAMES,
    }
)  # fmt: skip

_SOURCE = re.compile(
    r"\$request\.header\.[A-Za-z0-9!#$%&'*+.^_`|~-]+|\$request\.querystring\..+|\$stageVariables\.\w+"
    r"|\$context\.[\w.]+"
)


def check_identity_source(source: str) -> str | None:
    """Return what is wrong with an identity source of an HTTP API, or None."""
    if not _SOURCE.fullmatch(source):
        return "not $request.header.…, $request.querystring.…, $stageVariables.… or $context.…"
    name = source.removeprefix("$context.")
    if name != source and name not in KNOWN_CONTEXT:
        return f"context variables are {', '.join(sorted(KNOWN_CONTEXT))}"
    return None
