"""The definition of a WebSocket API: its routes, its authorizer, how a message finds its route."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from apigw_oauth.gateway.api import ApiDefinitionError, HttpProxy, Integration
from apigw_oauth.gateway.client_certificate import CONTEXT_NAMES
from apigw_oauth.gateway.identifiers import identifier
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.websocket_api.route_selection import RouteSelection, RouteSelectionError

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
# Variables of $context that this gateway fills when a client connects.
KNOWN_CONTEXT = frozenset(
    {
        "apiId", "connectedAt", "connectionId", "domainName", "eventType", "extendedRequestId",
        "identity.sourceIp", "identity.userAgent", "messageDirection", "requestId", "requestTime",
        "requestTimeEpoch", "routeKey", "stage", *CONTEXT_NAMES,
    }
)  # fmt: skip
_STAGE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SOURCE = re.compile(
    r"route\.request\.header\.[A-Za-z0-9!#$%&'*+.^_`|~-]+|route\.request\.querystring\..+|stageVariables\.\w+"
    r"|context\.[\w.]+"
)


@dataclass(frozen=True, slots=True)
class WebSocketRoute:
    """`$connect`, `$disconnect`, `$default`, or the value that the route selection expression has in a message.

    `authorized`: the API's Lambda authorizer is attached to it, which API Gateway allows on `$connect` only.
    """

    route_key: str
    integration: Integration
    authorized: bool = False

    def __post_init__(self) -> None:
        key = self.route_key
        if not key or (key.startswith("$") and key not in {CONNECT, DISCONNECT, DEFAULT}):
            raise ApiDefinitionError(f"route key {key!r} is neither {CONNECT}, {DISCONNECT}, {DEFAULT} nor a name")
        if self.authorized and key != CONNECT:
            raise ApiDefinitionError(
                f"{key}: only {CONNECT} can have an authorizer, whose answer holds for the rest"
            )
        if isinstance(self.integration, HttpProxy):
            raise ApiDefinitionError(f"{key}: HTTP integrations are not run for WebSocket APIs: name a function")


@dataclass(frozen=True, slots=True)
class WebSocketAuthorizer:
    """A Lambda authorizer of type REQUEST. Its answers are not cached: API Gateway cannot do that here."""

    identity_sources: tuple[str, ...]
    function: Function

    def __post_init__(self) -> None:
        for source in self.identity_sources:
            if not _SOURCE.fullmatch(source):
                form = "route.request.header.…, route.request.querystring.…, stageVariables.… or context.…"
                raise ApiDefinitionError(f"identity source {source!r}: not {form}")
            name = source.removeprefix("context.")
            if name != source and name not in KNOWN_CONTEXT:
                known = ", ".join(sorted(KNOWN_CONTEXT))
                raise ApiDefinitionError(f"identity source {source!r}: context variables are {known}")


@dataclass(frozen=True, slots=True)
class WebSocketApi:
    """A deployed stage of a WebSocket API. Raises ApiDefinitionError where API Gateway would refuse it."""

    name: str
    stage: str
    routes: tuple[WebSocketRoute, ...]
    authorizer: WebSocketAuthorizer | None = None
    route_selection_expression: str = "$request.body.action"
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    api_id: str = ""
    account_id: str = "123456789012"
    region: str = "us-east-1"
    partition: str = "aws"

    def __post_init__(self) -> None:
        if not self.api_id:
            object.__setattr__(self, "api_id", identifier(self.name, 10))
        if not _STAGE.fullmatch(self.stage):
            raise ApiDefinitionError(f"stage {self.stage!r} is not made of letters, digits, - and _")
        try:
            RouteSelection.parse(self.route_selection_expression)
        except RouteSelectionError as error:
            raise ApiDefinitionError(str(error)) from error
        self._check_routes()

    def _check_routes(self) -> None:
        seen: set[str] = set()
        for route in self.routes:
            if route.route_key in seen:
                raise ApiDefinitionError(f"there are two routes {route.route_key}")
            seen.add(route.route_key)
            if route.authorized and self.authorizer is None:
                raise ApiDefinitionError(f"{route.route_key} is authorized, but the API has no authorizer")

    def route(self, route_key: str) -> WebSocketRoute | None:
        """Return the route that has this key, if there is one."""
        return next((route for route in self.routes if route.route_key == route_key), None)

    def arn(self, route_key: str) -> str:
        """Return the ARN of a route, which has no verb."""
        prefix = f"arn:{self.partition}:execute-api:{self.region}:{self.account_id}:{self.api_id}"
        return f"{prefix}/{self.stage}/{route_key}"
