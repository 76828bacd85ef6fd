"""HTTP API, payload format 1.0.

See "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway Developer Guide. Its example and
events that were captured differ: `requestContext.resourcePath` is the route's path template in both, `resource` is
that template or the ARN of the request. The route `$default` is `$default` in the captured events of integrations;
of authorizers none is known.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request


class Http10:
    """An event much like that of a REST API, with a version. No refusal can be a 401."""

    name = "http-1.0"
    title = "the event of an HTTP API in payload format 1.0"
    chosen_by = '[api] type = "http" and [authorizer] payload_format = "1.0"'
    says_401 = False
    simple_response = False

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        return event.get("type") == "REQUEST" and event.get("version") == "1.0"

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError if something in it is not as API Gateway sends it."""
        arn, method, path = (members.text(event, key) for key in ("methodArn", "httpMethod", "path"))
        context = members.mapping(event, "requestContext")
        members.require_equal(context, "httpMethod", method)
        template = _template(event, context, arn)
        method_arn = MethodArn.parse(arn)
        return Request(
            method=method,
            path=path,
            route_key=template if template == "$default" else f"{method} {template}",
            headers=members.headers(event),
            method_arn=method_arn,
            client_certificate=members.client_certificate(members.mapping(context, "identity")),
            external_path=members.below_stage(path, method_arn.stage),
            path_is_decoded=True,
        )


def _template(event: Mapping[str, Any], context: Mapping[str, Any], arn: str) -> str:
    resource = members.text(event, "resource")
    if resource == arn:
        return members.text(context, "resourcePath")
    members.require_equal(context, "resourcePath", resource)
    return resource
