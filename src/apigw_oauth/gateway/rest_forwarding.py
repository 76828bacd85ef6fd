"""A request to a REST API, on its way to an integration and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apigw_oauth.gateway import identity_source, lambda_integration
from apigw_oauth.gateway.api import HttpProxy, Integration
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_integration import Outgoing, forwarded_headers
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.integration_headers import to_client
from apigw_oauth.gateway.rest_request import RestRequest

_CHECKED = True


@dataclass(slots=True)
class RestForwarding:
    """Forwards one exchange. `on_notice` is told what happens to the integration's headers."""

    exchange: Exchange[RestRequest]
    on_notice: Callable[[str], None]

    def secrets(self) -> tuple[str, ...]:
        """Return what must not appear in any message about the request."""
        request = self.exchange.request
        return identity_source.secrets(request.api.authorizer, request)

    def event(self) -> dict[str, Any]:
        """Return the event of a Lambda proxy integration."""
        return lambda_integration.event(self.exchange)

    def response(self, answer: object, secrets: lambda_integration.Credentials) -> HttpResponse:
        """Return the response that a function's answer describes. Raises MalformedResponseError."""
        return lambda_integration.response(answer, secrets)

    def outgoing(self, integration: HttpProxy) -> Outgoing:
        """Return the request to the server: path parameters go into the URL as the client encoded them."""
        request = self.exchange.request
        target = integration.target_for(request.path_parameters, request.target.query)
        return Outgoing(request.verb, target, forwarded_headers(request, request.api.api_id), request.body)

    def to_client(self, response: HttpResponse, integration: Integration) -> HttpResponse:
        """Return an integration's response as the client gets it."""
        request = self.exchange.request
        headers = to_client(response.headers, request, on_notice=self.on_notice)
        if not isinstance(integration, HttpProxy):
            headers = (*headers, ("X-Amzn-Trace-Id", request.ids.trace_id))
        return HttpResponse(response.status, headers, response.body, response.head_length, _CHECKED)
