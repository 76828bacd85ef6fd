"""The types of gateway responses of a REST API, and what each says while nobody customises it."""

import re
from dataclasses import dataclass

from apigw_oauth.gateway.http_messages import sendable
from apigw_oauth.gateway.request_values import KNOWN_CONTEXT

_INTERNAL = "InternalServerErrorException"


@dataclass(frozen=True, slots=True)
class ResponseType:
    """One type: its status, its message (None prints `null`), and its `x-amzn-ErrorType`.

    `spaced` types have a space after the colon of their built-in body, as recorded on AWS.
    """

    status: int
    message: str | None
    error_type: str
    customizable: bool = True
    spaced: bool = False


# See "Gateway response types for API Gateway" in the API Gateway Developer Guide. Types that this gateway never
# produces are here so that an API may define them. FORBIDDEN and the two TOO_LONG ones have no name on AWS.
RESPONSE_TYPES = {
    "ACCESS_DENIED": ResponseType(403, None, "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": ResponseType(500, "Internal server error", _INTERNAL, spaced=True),
    "AUTHORIZER_CONFIGURATION_ERROR": ResponseType(500, None, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": ResponseType(500, None, "AuthorizerConfigurationException"),
    "BAD_REQUEST_BODY": ResponseType(400, "Invalid request body", "BadRequestException"),
    "BAD_REQUEST_PARAMETERS": ResponseType(400, "Missing required request parameters", "BadRequestException"),
    "DEFAULT_4XX": ResponseType(400, None, "BadRequestException"),
    "DEFAULT_5XX": ResponseType(500, "Internal server error", _INTERNAL, spaced=True),
    "EXPIRED_TOKEN": ResponseType(
        403, "The security token included in the request is expired", "ExpiredTokenException"
    ),
    # The definition says 504, what clients get is 500: both recorded on AWS.
    "INTEGRATION_FAILURE": ResponseType(500, "Internal server error", _INTERNAL, spaced=True),
    "INTEGRATION_TIMEOUT": ResponseType(504, "Endpoint request timed out", _INTERNAL, spaced=True),
    "INVALID_API_KEY": ResponseType(403, "Forbidden", "ForbiddenException"),
    "INVALID_SIGNATURE": ResponseType(403, "The request signature does not match", "InvalidSignatureException"),
    "MISSING_AUTHENTICATION_TOKEN": ResponseType(
        403, "Missing Authentication Token", "MissingAuthenticationTokenException"
    ),
    "QUOTA_EXCEEDED": ResponseType(429, "Limit Exceeded", "LimitExceededException"),
    "REQUEST_TOO_LARGE": ResponseType(413, "Request Too Long", "RequestTooLargeException", customizable=False),
    "RESOURCE_NOT_FOUND": ResponseType(404, "Not Found", "NotFoundException"),
    "THROTTLED": ResponseType(429, "Too Many Requests", "TooManyRequestsException"),
    "UNAUTHORIZED": ResponseType(401, "Unauthorized", "UnauthorizedException"),
    "UNSUPPORTED_MEDIA_TYPE": ResponseType(415, "Unsupported Media Type", "UnsupportedMediaTypeException"),
    "WAF_FILTERED": ResponseType(403, "Forbidden", "ForbiddenException"),
    "FORBIDDEN": ResponseType(403, "Forbidden", "ForbiddenException", customizable=False),
    "URI_TOO_LONG": ResponseType(414, "Request URI too long", "RequestUriTooLongException", customizable=False),
    "HEADERS_TOO_LONG": ResponseType(
        431, "Request Header Fields Too Large", "RequestHeaderFieldsTooLargeException", customizable=False
    ),
}

_FRAMING = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})
_STATIC = re.compile(r"'.*'", re.DOTALL)
_REFERENCE = re.compile(
    r"context\.[\w.-]+|stageVariables\.\w+|method\.request\.(header|querystring|path|multivalueheader"
    r"|multivaluequerystring)\.[\w.~!#$%&'*+^`|-]+"
)


def check_mapping(name: str, value: str) -> str | None:
    """Return what is wrong with a gateway response header, or None."""
    if not sendable(name, ""):
        return "not a header name"
    if name.lower() in _FRAMING:
        return "this header belongs to the connection"
    if _STATIC.fullmatch(value):
        return None if sendable(name, value[1:-1]) else "the static value has characters that no header may have"
    if not _REFERENCE.fullmatch(value):
        return f"{value!r} is neither 'static' in quotes nor context.…, stageVariables.… or method.request.…"
    root = value.removeprefix("context.")
    if root != value and not root.startswith(("authorizer.", "error.")) and root not in KNOWN_CONTEXT:
        return f"{value!r} is not a context variable that this gateway knows"
    return None
