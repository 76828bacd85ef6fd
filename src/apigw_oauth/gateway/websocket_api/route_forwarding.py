"""An event of a connection on its way to the integration of its route."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from apigw_oauth.gateway import lambda_integration
from apigw_oauth.gateway.api import HttpProxy, Integration
from apigw_oauth.gateway.http_integration import Outgoing
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.json_values import copied


@dataclass(frozen=True, slots=True)
class RouteForwarding:
    """Puts an event to the function behind a route. No message contains the `credentials`."""

    make_event: Callable[[], dict[str, Any]]
    credentials: tuple[str, ...]

    def secrets(self) -> tuple[str, ...]:
        """Return what must not appear in any message about the event."""
        return self.credentials

    def event(self) -> dict[str, Any]:
        """Return the event of a Lambda proxy integration, made anew: its `authorizer` is the connection's."""
        return cast("dict[str, Any]", copied(self.make_event()))

    @staticmethod
    def response(answer: object, secrets: lambda_integration.Credentials) -> HttpResponse:
        """Return what a function's answer describes, in the form of REST APIs. Raises MalformedResponseError."""
        return lambda_integration.response(answer, secrets)

    @staticmethod
    def outgoing(integration: HttpProxy) -> Outgoing:
        """Not reached: routes with HTTP integrations are refused when the API is defined."""
        raise NotImplementedError(integration.origin)

    @staticmethod
    def to_client(response: HttpResponse, integration: Integration) -> HttpResponse:
        """Return the response as it is: its headers go nowhere, but for one that the handshake reads."""
        del integration
        return response
