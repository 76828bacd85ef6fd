"""The event that the Lambda authorizer of a REST API is invoked with."""

from typing import Any

from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.handed_on import REMOVED_HEADERS
from apigw_oauth.gateway.request_parts import last_values
from apigw_oauth.gateway.rest_request import RestRequest

_REMOVED = REMOVED_HEADERS - {"content-length"}


def build(authorizer: Authorizer, request: RestRequest, identity: tuple[str, ...]) -> dict[str, Any]:
    """Return the event for this authorizer's type.

    See "Input to an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
    """
    if authorizer.type == "TOKEN":
        return {"type": "TOKEN", "methodArn": request.arn, "authorizationToken": identity[0]}
    return _request_event(request)


def _request_event(request: RestRequest) -> dict[str, Any]:
    # Empty maps are {} here, where the Lambda proxy event of the same API has null. Recorded on AWS.
    headers, several = request.handed_on.maps(_REMOVED, request.ids.trace_id)
    query = request.query_values()
    return {
        "type": "REQUEST",
        "methodArn": request.arn,
        "resource": request.resource_path,
        "path": request.target.path,
        "httpMethod": request.verb,
        "headers": headers,
        "multiValueHeaders": several,
        "queryStringParameters": last_values(query),
        "multiValueQueryStringParameters": query,
        "pathParameters": dict(request.path_parameters),
        "stageVariables": dict(request.api.stage_variables),
        "requestContext": request.request_context(),
    }
