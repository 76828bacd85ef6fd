"""Lambda proxy integrations: the event that the function gets, and the answer it may give."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.handed_on import REMOVED_HEADERS, SIGNATURE, HeaderMaps, header_maps
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.redaction import shown
from apigw_oauth.gateway.request_parts import last_values
from apigw_oauth.gateway.rest_request import RestRequest

_ANSWER = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
Credentials = Callable[[], tuple[str, ...]]


class MalformedResponseError(Exception):
    """The function's answer is not a response. API Gateway answers 502."""


def event(exchange: Exchange[RestRequest]) -> dict[str, Any]:
    """Return the event of a REST API's Lambda proxy integration. Empty maps are null here. As recorded on AWS.

    See "Set up Lambda proxy integrations in API Gateway" in the API Gateway Developer Guide.
    """
    request = exchange.request
    headers, several = _header_maps(request)
    query = request.query_values() if request.target.query else None
    body, encoded = _body(request.body) if request.body else (None, False)
    context = request.request_context()
    context.update(exchange.event_authorizer())
    return {
        "resource": request.resource_path,
        "path": request.target.path,
        "httpMethod": request.verb,
        "headers": headers,
        "multiValueHeaders": several,
        "queryStringParameters": last_values(query) if query else None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(request.path_parameters) if request.path_parameters else None,
        "stageVariables": dict(request.api.stage_variables) if request.api.stage_variables else None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": encoded,
    }


def _header_maps(request: RestRequest) -> HeaderMaps:
    # A SigV4 signature never reaches the backend; any other Authorization does. Recorded on AWS.
    if not request.handed_on.is_signed:
        return request.handed_on.maps(REMOVED_HEADERS, request.ids.trace_id)
    forwarded = tuple(
        (name, value)
        for name, value in request.headers
        if not (name == "Authorization" and value.startswith(SIGNATURE))
    )
    return header_maps(forwarded, REMOVED_HEADERS)


def _body(body: bytes) -> tuple[str, bool]:
    """Return the body and whether it is base64: text stays text, as if every media type were binary on AWS."""
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def response(answer: object, credentials: Credentials = tuple) -> HttpResponse:
    """Return the response that a function's answer describes. Raises MalformedResponseError.

    No member is mandatory, and no others are allowed. `credentials` returns those of the request, which no message
    contains; they are looked for when there is one.
    """
    if not isinstance(answer, dict):
        raise MalformedResponseError("it is not an object")
    if not answer.keys() <= _ANSWER:
        hidden = credentials()
        names = sorted(shown(name, hidden) for name in answer.keys() - _ANSWER)
        raise MalformedResponseError(f"it has the members {', '.join(names[:10])}")
    headers = single_headers(answer)
    if answer.get("multiValueHeaders") is not None:
        several = _several_headers(answer)
        overridden = {name.lower() for name, _ in several}
        headers = [pair for pair in headers if pair[0].lower() not in overridden] + several
    for name, _ in headers:
        if name.lower() == "content-type":
            break
    else:
        headers.append(("Content-Type", "application/json"))
    return HttpResponse(status_of(answer), tuple(headers), content_of(answer))


def status_of(answer: dict[str, Any]) -> int:
    """Return the status of a function's answer. Raises MalformedResponseError."""
    status = answer.get("statusCode", 200)
    if isinstance(status, str) and status.isascii() and status.isdecimal():
        status = int(status)
    if type(status) is not int or not 200 <= status <= 599:
        raise MalformedResponseError("statusCode is not a number between 200 and 599")
    return status


def single_headers(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the `headers` of a function's answer. Raises MalformedResponseError."""
    found = _map(answer, "headers")
    return [(name, value if isinstance(value, str) else _text("headers", value)) for name, value in found.items()]


def _several_headers(answer: dict[str, Any]) -> list[tuple[str, str]]:
    member = "multiValueHeaders"
    several = []
    for name, values in _map(answer, member).items():
        if not isinstance(values, list):
            raise MalformedResponseError(f"a value in {member} is not a list")
        several += [(name, _text(member, value)) for value in values]
    return several


def _map(answer: dict[str, Any], member: str) -> dict[str, Any]:
    found = answer.get(member)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedResponseError(f"{member} is not an object")
    return found


def _text(member: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise MalformedResponseError(f"a value in {member} is neither a string nor a boolean")
    return value


def content_of(answer: dict[str, Any]) -> bytes:
    """Return the body of a function's answer. Raises MalformedResponseError."""
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponseError("body is not a string: use json.dumps")
    encoded = answer.get("isBase64Encoded", False)
    if encoded is not None and not isinstance(encoded, bool):
        raise MalformedResponseError("isBase64Encoded is not a boolean")
    if not encoded:
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResponseError("body is not base64") from error
