"""REST API, TOKEN authorizer: `type`, `methodArn`, `authorizationToken`.

See "Input to an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request


class RestToken:
    """Three members, and none that names the route: only the ARN has method and path."""

    name = "token"
    title = "the TOKEN event of a REST API"
    chosen_by = '[api] type = "rest" and [authorizer] event = "token"'
    says_401 = True
    simple_response = False

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        return event.get("type") == "TOKEN"

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError."""
        method_arn = MethodArn.parse(members.text(event, "methodArn"))
        if method_arn.verb.startswith("$"):
            raise UnknownEventError("methodArn of the event is not one of a REST API")
        value = event.get("authorizationToken")
        if type(value) is not str and value is not None:
            value = members.text(event, "authorizationToken")  # which says what is wrong with it
        credentials = {} if value is None else {"authorization": (value,)}
        return new(Request, (method_arn.verb, method_arn.path, None, credentials, method_arn, None, None, False))
