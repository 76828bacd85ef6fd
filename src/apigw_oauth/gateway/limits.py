"""The sizes at which API Gateway refuses a request to a REST API; for bodies, to an HTTP API too."""

from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import RestRequest

LONGEST_TARGET = 10_240
LONGEST_ARN = 1_600
LARGEST_HEADERS = 10_240
LARGEST_BODY = 10 * 1024 * 1024


def check(wire: GatewayRequest, request: RestRequest) -> None:
    """Raise RefusedError for a request that is too large. See "Quotas for configuring and running a REST API"."""
    if request.handed_on.size > LARGEST_HEADERS:
        # The status is reported, the body an assumption.
        raise RefusedError(
            "HEADERS_TOO_LONG", decision="refused", reason=f"header values of more than {LARGEST_HEADERS} bytes"
        )
    if len(wire.target) > LONGEST_TARGET or len(request.arn.encode()) > LONGEST_ARN:
        raise RefusedError(
            "URI_TOO_LONG",
            decision="refused",
            reason=f"method ARN of more than {LONGEST_ARN} bytes, or too long a URL",
        )
    if wire.body_too_large:
        raise RefusedError(
            "REQUEST_TOO_LARGE", decision="refused", reason=f"body of more than {LARGEST_BODY} bytes"
        )
