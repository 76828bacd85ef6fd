"""REST API, REQUEST authorizer.

See "Input to an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request


class RestRequest:
    """Nearly all of the request; `resource` and `httpMethod` name the route. The event has no version."""

    name = "request"

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format; HTTP APIs add a version, WebSocket APIs have no resource."""
        return event.get("type") == "REQUEST" and "version" not in event and "resource" in event

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event; empty, absent and null mean the same. Raises UnknownEventError."""
        method = _text(event, "httpMethod")
        return Request(
            method=method,
            path=_text(event, "path"),
            route_key=f"{method} {_text(event, 'resource')}",
            headers=_headers(event),
            method_arn=MethodArn.parse(_text(event, "methodArn")),
        )


def _text(event: Mapping[str, Any], key: str) -> str:
    value = event.get(key)
    if not isinstance(value, str):
        raise UnknownEventError(f"{key} of the REQUEST event is not a string")
    return value


def _headers(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Gather every value of every header by its lower-case name, whatever casing it came in.

    `headers` has the last value of each, `multiValueHeaders` all: where the two disagree, both are kept, so that
    the token is found to be one of several.
    """
    gathered: dict[str, list[str]] = {}
    for name, values in _mapping(event, "multiValueHeaders").items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise UnknownEventError("a member of multiValueHeaders is not a list of strings")
        gathered.setdefault(name.lower(), []).extend(values)
    for name, value in _mapping(event, "headers").items():
        if not isinstance(value, str):
            raise UnknownEventError("a member of headers is not a string")
        known = gathered.setdefault(name.lower(), [])
        if value not in known:
            known.append(value)
    return {name: tuple(values) for name, values in gathered.items()}


def _mapping(event: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = event.get(key) or {}
    if not isinstance(value, dict):
        raise UnknownEventError(f"{key} of the REQUEST event is not an object")
    return value
