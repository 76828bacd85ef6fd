"""The sizes at which API Gateway refuses a handshake or ends a connection."""

from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.refusal import RefusedError

LONGEST_TARGET = 4_096
LARGEST_HEADERS = 10_240
LARGEST_FRAME = 32 * 1024
LARGEST_MESSAGE = 128 * 1024


def check(wire: GatewayRequest) -> None:
    """Raise RefusedError for a handshake that is too large.

    See "Quotas for configuring and running a WebSocket API in API Gateway". The limit of the URL is documented;
    that of the headers, and the answers, are those of REST APIs: not verified on AWS.
    """
    if sum(len(value) for _, value in wire.headers) > LARGEST_HEADERS:
        raise RefusedError(
            "HEADERS_TOO_LONG", decision="refused", reason=f"header values of more than {LARGEST_HEADERS} bytes"
        )
    if len(wire.target) > LONGEST_TARGET:
        raise RefusedError(
            "URI_TOO_LONG", decision="refused", reason=f"a URL of more than {LONGEST_TARGET} characters"
        )
