"""WebSocket API, the handshake: route `$connect`, the only one that can have an authorizer.

See "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers" in the API Gateway Developer Guide.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request

_CONNECT = "$connect"


class WebSocketConnect:
    """Headers and query of the handshake; there is no method and no path. A refusal can be a 401."""

    name = "websocket"
    title = "the $connect event of a WebSocket API"
    chosen_by = '[api] type = "websocket"'
    says_401 = True
    simple_response = False

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format: no version, no resource, and the key of a route."""
        if event.get("type") != "REQUEST" or event.get("version") is not None or event.get("resource") is not None:
            return False
        context = event.get("requestContext")
        return isinstance(context, dict) and context.get("routeKey") is not None

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError if something in it is not as API Gateway sends it."""
        context = members.mapping(event, "requestContext")
        method_arn = MethodArn.parse(members.text(event, "methodArn"))
        route_key = members.text(context, "routeKey")
        if route_key != _CONNECT or method_arn.verb != _CONNECT or members.text(context, "eventType") != "CONNECT":
            raise UnknownEventError("the event is not about the handshake of a WebSocket API, its route $connect")
        return Request(
            method=_CONNECT,
            path="",
            route_key=_CONNECT,
            headers=members.headers(event),
            method_arn=method_arn,
            client_certificate=members.client_certificate(members.mapping(context, "identity")),
            external_path="",
        )
