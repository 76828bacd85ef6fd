"""The responses that an HTTP API makes up itself. Nothing in them can be customised."""

import json

from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.limits import LARGEST_BODY
from apigw_oauth.gateway.refusal import RefusedError

LARGEST_HEAD = 10_240
REQUEST_ID = "Apigw-Requestid"
# By the names that REST APIs have for the same. Documented: 403, 404 and 500; reported: their texts, 401 and 503.
# The last two are assumptions.
_ERRORS = {
    "UNAUTHORIZED": (401, "Unauthorized"),
    "ACCESS_DENIED": (403, "Forbidden"),
    "NOT_FOUND": (404, "Not Found"),
    "INTEGRATION_TIMEOUT": (503, "Service Unavailable"),
    "REQUEST_TOO_LARGE": (413, "Request Entity Too Large"),
    "HEADERS_TOO_LONG": (431, "Request Header Fields Too Large"),
}
_INTERNAL = (500, "Internal Server Error")


def render(refusal: RefusedError, ids: RequestIds) -> HttpResponse:
    """Return the response for a refused request; for a reason without a response of its own it is 500."""
    status, message = _ERRORS.get(refusal.response_type, _INTERNAL)
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    return HttpResponse(status, (("Content-Type", "application/json"), (REQUEST_ID, ids.request_id)), body)


def check_size(wire: GatewayRequest) -> None:
    """Raise RefusedError for a request that is too large. See "Quotas for configuring and running an HTTP API"."""
    if len(wire.method) + len(wire.target) + sum(len(value) for _, value in wire.headers) > LARGEST_HEAD:
        reason = f"request line and header values of more than {LARGEST_HEAD} bytes"
        raise RefusedError("HEADERS_TOO_LONG", decision="refused", reason=reason)
    if wire.body_too_large:
        raise RefusedError(
            "REQUEST_TOO_LARGE", decision="refused", reason=f"body of more than {LARGEST_BODY} bytes"
        )
