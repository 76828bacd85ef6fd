"""The events that the functions of an HTTP API get: the authorizer, and those of Lambda integrations."""

import base64
from collections.abc import Mapping
from typing import Any

from apigw_oauth.gateway.client_certificate import identity_member
from apigw_oauth.gateway.handed_on import REMOVED_HEADERS, HeaderMaps
from apigw_oauth.gateway.http_api.api import HttpAuthorizer
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.identifiers import identifier
from apigw_oauth.gateway.request_parts import last_values, request_time

# Bodies of these types arrive as text, all others as base64: measured on AWS, ministackorg/ministack#766.
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})

_REMOVED = REMOVED_HEADERS - {"content-length"}  # Content-Length is handed on. Recorded on AWS.


def authorizer_event(
    authorizer: HttpAuthorizer, request: HttpRequest, identity: tuple[str, ...]
) -> dict[str, Any]:
    """Return the event for the authorizer's payload format.

    See "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway Developer Guide.
    """
    if authorizer.payload_format == "1.0":
        return _authorizer_event_1_0(request, identity)
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": request.arn,
        # null without identity sources: reported with logs.
        "identitySource": list(identity) or None,
        **_request_2_0(request),
        "requestContext": _request_context_2_0(request),
    }


def integration_event(
    request: HttpRequest, *, authorized: bool, authorizer_context: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the event of a Lambda proxy integration, payload format 2.0.

    `authorized`: the route has the authorizer. Without a context of its own, that is `{"lambda": null}`: recorded.
    """
    context = _request_context_2_0(request)
    if authorized:
        context["authorizer"] = {"lambda": dict(authorizer_context) if authorizer_context else None}
    body, encoded = _body(request)
    return {
        "version": "2.0",
        **_request_2_0(request),
        "requestContext": context,
        **({"body": body} if body else {}),
        "isBase64Encoded": encoded,
    }


def _request_2_0(request: HttpRequest) -> dict[str, Any]:
    headers = {name.lower(): ",".join(values) for name, values in _header_maps(request)[1].items()}
    found: dict[str, Any] = {
        "routeKey": request.route_key,
        "rawPath": request.raw_path,
        "rawQueryString": request.target.query,
        "headers": headers,
    }
    # What follows is left out when it is empty. Recorded on AWS.
    if headers.pop("cookie", None) is not None:
        found["cookies"] = [cookie for value in request.header("Cookie") for cookie in value.split("; ")]
    if query := request.query_values():
        found["queryStringParameters"] = {name: ",".join(values) for name, values in query.items()}
    if request.path_parameters:
        found["pathParameters"] = dict(request.path_parameters)
    if request.api.stage_variables:
        found["stageVariables"] = dict(request.api.stage_variables)
    return found


def _request_context_2_0(request: HttpRequest) -> dict[str, Any]:
    certificate = identity_member(request.client_certificate)
    return {
        "accountId": request.api.account_id,
        "apiId": request.api.api_id,
        **({"authentication": certificate} if certificate else {}),
        "domainName": request.domain_name,
        "domainPrefix": request.domain_prefix,
        "http": {
            "method": request.verb,
            "path": request.raw_path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.user_agent,
        },
        "requestId": request.ids.request_id,
        "routeKey": request.route_key,
        "stage": request.api.stage,
        "time": request_time(request.time),
        "timeEpoch": int(request.time * 1000),
    }


def _authorizer_event_1_0(request: HttpRequest, identity: tuple[str, ...]) -> dict[str, Any]:
    """Return the event of the documentation's sample; nobody has published a captured one.

    As there, its paths are without the stage. Of `identity`, `apiKey` is absent, since HTTP APIs have no keys.
    """
    resource = request.route_key.rpartition(" ")[2]
    joined = ",".join(identity) if identity else None
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": request.arn,
        "identitySource": joined,
        "authorizationToken": joined,
        "resource": resource,
        "path": request.target.path,
        "httpMethod": request.verb,
        "headers": _header_maps(request)[0],
        "queryStringParameters": last_values(request.query_values()),
        "pathParameters": dict(request.path_parameters),
        "stageVariables": dict(request.api.stage_variables),
        "requestContext": {
            "path": request.target.path,
            "accountId": request.api.account_id,
            "resourceId": identifier(f"{request.api.api_id}{request.route_key}", 6),
            "stage": request.api.stage,
            "requestId": request.ids.request_id,
            "identity": {"sourceIp": request.source_ip, **identity_member(request.client_certificate)},
            "resourcePath": resource,
            "httpMethod": request.verb,
            "apiId": request.api.api_id,
        },
    }


def _header_maps(request: HttpRequest) -> HeaderMaps:
    return request.handed_on.maps(_REMOVED, request.ids.trace_id)


def _body(request: HttpRequest) -> tuple[str, bool]:
    """Return the body, and whether it is base64."""
    if not request.body:
        return "", False
    media_type = (request.last_header("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type in _TEXT_TYPES or media_type.startswith("text/"):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # What AWS does with text that is none nobody has shown; base64 loses nothing.
    return base64.b64encode(request.body).decode(), True
