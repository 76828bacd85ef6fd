"""DeployedApi: an API as the control plane of API Gateway tells it, whatever its type."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from apigw_oauth.project.project_file import ApiType

NOBODY = "NONE"
"""The authorization type of a route that is open to everybody."""
OUR_TYPE = "CUSTOM"
"""The authorization type of a route that a Lambda authorizer is asked about."""

SET_RIGHT = "`apigw-oauth deploy`, if the project has changed; what somebody has changed at AWS, there"
"""The mend of what is otherwise: a stack puts back nothing that it has not changed itself."""


class DeployedRoute(NamedTuple):
    """A route, and who is asked about it."""

    key: str
    """`GET /pets/{id}`, `$default`, or that of a WebSocket API."""
    authorization: str
    """`NONE`, `CUSTOM` (a Lambda authorizer), `AWS_IAM`, `JWT`, `COGNITO_USER_POOLS`."""
    authorizer: str | None
    """The authorizer's identifier."""


class DeployedAuthorizer(NamedTuple):
    """An authorizer as it is set up."""

    type: str
    identity_sources: tuple[str, ...]
    ttl: int
    """Seconds; 0 = no cache."""
    identity_validation: str | None
    payload_format: str | None
    simple_responses: bool
    function: str | None
    """ARN of the Lambda function, with its alias or version if there is one."""
    has_role: bool
    """Whether API Gateway takes a role to invoke it, and needs no permission of the function."""


class DeployedApi(NamedTuple):
    """An API."""

    identifier: str
    api_type: ApiType
    routes: tuple[DeployedRoute, ...]
    authorizers: Mapping[str, DeployedAuthorizer]
    gateway_responses: Mapping[str, Mapping[str, str]]
    """Headers by type, of those that are defined: REST APIs have them."""
    default_endpoint_is_open: bool
    url: str
    """Of the stage, without a slash at its end."""
    newer_than_stage: bool
    """Whether something was deployed that the stage does not serve."""
    served_otherwise: tuple[str, ...] = ()
    """Routes that the stage of a REST API serves with another authorization, or that are gone."""


class DeployedFunction(NamedTuple):
    """The function behind an authorizer."""

    settings: Mapping[str, Any] | None
    """The authorizer.json in it; None if it has none."""
    version: str | None
    """Of apigw-oauth, with which it was packaged."""
    may_be_invoked: bool | None
    """Whether it lets API Gateway invoke it; None if that could not be read."""
    unreadable: str | None = None
    """Why its code could not be read, if so."""


class NotFoundError(Exception):
    """What is asked for is not there; the message says what to do."""
