"""The events of a WebSocket API: for its authorizer, and for the functions behind its routes."""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.gateway.request_parts import MultiMap, collect, last_values
from apigw_oauth.gateway.websocket_api.api import CONNECT, DISCONNECT
from apigw_oauth.gateway.websocket_api.client_socket import Closed
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest

# What the authorizer is told, whatever the client wrote; the functions do not get them. Recorded on AWS.
_UPGRADE = {"Connection": "upgrade", "content-length": "0", "Upgrade": "websocket"}
_HIDDEN = frozenset(name.lower() for name in _UPGRADE)
# The reason that API Gateway gives where the client gave none. Recorded on AWS for 1005.
_REASONS = {1000: "Connection Closed Normally", 1001: "Going away", 1005: "Client-side close frame status not set"}

Authorizer = Mapping[str, Mapping[str, object]]


def authorizer_event(request: WebSocketRequest) -> dict[str, Any]:
    """Return what the Lambda authorizer is asked. Empty maps are {}, and there is neither path nor verb.

    See "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers" in the API Gateway Developer Guide.
    """
    headers = _headers(request) | {name: [value] for name, value in _UPGRADE.items()}
    query = request.query_values()
    return {
        "type": "REQUEST",
        "methodArn": request.arn,
        "headers": last_values(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": last_values(query),
        "multiValueQueryStringParameters": query,
        "stageVariables": dict(request.api.stage_variables),
        "requestContext": request.request_context(CONNECT),
    }


def connect_event(request: WebSocketRequest, authorizer: Authorizer) -> dict[str, Any]:
    """Return what the function behind `$connect` gets. Empty maps are absent. As recorded on AWS."""
    headers, query = _headers(request), request.query_values()
    queries = {"queryStringParameters": last_values(query), "multiValueQueryStringParameters": query}
    return {
        "headers": last_values(headers),
        "multiValueHeaders": headers,
        **(queries if query else {}),
        **_stage_variables(request),
        "requestContext": {**request.request_context(CONNECT), **authorizer},
        "isBase64Encoded": False,
    }


def message_event(
    request: WebSocketRequest, authorizer: Authorizer, *, route_key: str, message_id: str, body: str
) -> dict[str, Any]:
    """Return what the function behind a route gets with a message: no headers, no query. As recorded on AWS."""
    context = request.request_context(route_key)
    return {
        **_stage_variables(request),
        "requestContext": {"messageId": message_id, **context, **authorizer},
        "body": body,
        "isBase64Encoded": False,
    }


def disconnect_event(request: WebSocketRequest, authorizer: Authorizer, closed: Closed) -> dict[str, Any]:
    """Return what the function behind `$disconnect` gets. The four headers are those recorded on AWS."""
    headers = {"Host": request.last_header("Host") or "", "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    context = request.request_context(DISCONNECT)
    end = {"disconnectStatusCode": closed.code, "disconnectReason": closed.reason or _REASONS.get(closed.code, "")}
    return {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        **_stage_variables(request),
        "requestContext": {**context, **end, **authorizer},
        "isBase64Encoded": False,
    }


def _headers(request: WebSocketRequest) -> MultiMap:
    return collect(
        ((name, value) for name, value in request.headers if name.lower() not in _HIDDEN), ignore_case=True
    )


def _stage_variables(request: WebSocketRequest) -> dict[str, dict[str, str]]:
    variables = dict(request.api.stage_variables)
    return {"stageVariables": variables} if variables else {}
