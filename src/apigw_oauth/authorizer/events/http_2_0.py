"""HTTP API, payload format 2.0, answered with a policy or with a simple response.

See "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway Developer Guide.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request

_TEXTS = ("routeKey", "routeArn", "rawPath")


class Http20:
    """`routeKey` names the route; values of repeated headers are joined. No refusal can be a 401.

    The event does not say which kind of answer API Gateway is set up to take: the settings do.
    """

    title = "the event of an HTTP API in payload format 2.0"
    says_401 = False

    def __init__(self, *, simple_response: bool) -> None:
        self.name = "http-2.0-simple" if simple_response else "http-2.0"
        self.simple_response = simple_response
        self.chosen_by = '[api] type = "http" and [authorizer] payload_format = "2.0"'

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        return event.get("type") == "REQUEST" and event.get("version") == "2.0"

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError if something in it is not as API Gateway sends it."""
        context = members.mapping(event, "requestContext")
        method = members.text(members.mapping(context, "http"), "method")
        route_key, arn, path = map(event.get, _TEXTS)
        if not type(route_key) is type(arn) is type(path) is str:  # three calls less, 1 µs
            route_key, arn, path = (members.text(event, name) for name in _TEXTS)
        members.require_equal(context, "routeKey", route_key)
        verb = route_key.partition(" ")[0]
        if verb not in {method, "ANY", "$default"}:
            raise UnknownEventError("routeKey of the event has another method than the request")
        name, headers, certificate = MethodArn.parse(arn), members.headers(event), None
        if "authentication" in context:
            certificate = members.client_certificate(members.mapping(context, "authentication"))
        below = members.below_stage(path, name.stage)
        return new(Request, (method, path, route_key, headers, name, certificate, below, True))
