"""REST API, TOKEN authorizer: `type`, `methodArn`, `authorizationToken`.

See "Input to an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request


class RestToken:
    """Three members, and none that names the route: only the ARN has method and path."""

    name = "token"

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        return event.get("type") == "TOKEN"

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError."""
        arn, credentials = event.get("methodArn"), event.get("authorizationToken")
        if not isinstance(arn, str):
            raise UnknownEventError("the TOKEN event has no methodArn")
        if not isinstance(credentials, str | None):
            raise UnknownEventError("authorizationToken of the TOKEN event is not a string")
        method_arn = MethodArn.parse(arn)
        headers = {} if credentials is None else {"authorization": (credentials,)}
        return Request(method_arn.verb, method_arn.path, None, headers, method_arn)
