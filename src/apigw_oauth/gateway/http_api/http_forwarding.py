"""A request to an HTTP API, on its way to an integration and back."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from apigw_oauth.gateway import identity_source, lambda_integration
from apigw_oauth.gateway.api import HttpProxy, Integration
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_api import events
from apigw_oauth.gateway.http_api.api import DEFAULT
from apigw_oauth.gateway.http_api.http_errors import REQUEST_ID
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.http_integration import Outgoing, forwarded_headers
from apigw_oauth.gateway.http_messages import HttpResponse, sendable
from apigw_oauth.gateway.json_values import copied
from apigw_oauth.gateway.lambda_integration import MalformedResponseError

# What the server writes itself, and what is for one hop only.
_DROPPED = frozenset(
    {"connection", "content-length", "date", "keep-alive", "transfer-encoding", REQUEST_ID.lower()}
)
_PATH_SIGNS = "/:@!$&'()*+,;=~"


class HttpForwarding(NamedTuple):
    """Forwards one exchange. `authorized`: its route has the authorizer."""

    exchange: Exchange[HttpRequest]
    authorized: bool
    on_notice: Callable[[str], None]

    def secrets(self) -> tuple[str, ...]:
        """Return what must not appear in any message about the request."""
        request = self.exchange.request
        authorizer = request.api.authorizer
        return identity_source.credentials(authorizer.identity_sources if authorizer else (), request)

    def event(self) -> dict[str, Any]:
        """Return the event of a Lambda proxy integration, payload format 2.0."""
        context: Any = copied(self.exchange.authorizer_context)  # the cache has it, too
        return events.integration_event(
            self.exchange.request, authorized=self.authorized, authorizer_context=context
        )

    def response(self, answer: object, secrets: lambda_integration.Credentials) -> HttpResponse:
        """Return the response that a function's answer describes. Raises MalformedResponseError.

        An object with `statusCode` is a response, anything else the body of one. See "Create AWS Lambda proxy
        integrations for HTTP APIs".
        """
        del secrets  # Unknown members are ignored here, and so never told.
        if not isinstance(answer, dict) or "statusCode" not in answer:
            text = answer if isinstance(answer, str) else json.dumps(answer)
            return HttpResponse(200, (("Content-Type", "application/json"),), text.encode(errors="replace"))
        headers = lambda_integration.single_headers(answer)
        if not any(name.lower() == "content-type" for name, _ in headers):
            # Not JSON, unlike REST APIs. Tested on AWS by aws/aws-lambda-dotnet (LambdaTestTool-v2).
            headers.append(("Content-Type", "text/plain; charset=utf-8"))
        headers += [("Set-Cookie", cookie) for cookie in _cookies(answer)]
        status, body = lambda_integration.status_of(answer), lambda_integration.content_of(answer)
        return HttpResponse(status, tuple(headers), body)

    def outgoing(self, integration: HttpProxy) -> Outgoing:
        """Return the request to the server. Path parameters were decoded, and are encoded again.

        `$default` sends the whole path on: documented in "Create routes for HTTP APIs in API Gateway".
        """
        request = self.exchange.request
        encoded = {name: quote(value, safe=_PATH_SIGNS) for name, value in request.path_parameters.items()}
        path, mark, query = integration.target_for(encoded, request.target.query).partition("?")
        if request.route_key == DEFAULT:
            path = path.rstrip("/") + quote(request.target.path, safe=_PATH_SIGNS)
        return Outgoing(
            request.verb, path + mark + query, forwarded_headers(request, request.api.api_id), request.body
        )

    def to_client(self, response: HttpResponse, integration: Integration) -> HttpResponse:
        """Return an integration's response as the client gets it. Nothing is renamed, unlike on REST APIs."""
        del integration
        kept = []
        for name, padded in response.headers:
            value = padded.strip()
            if name.lower() in _DROPPED:
                continue
            if sendable(name, value):
                kept.append((name, value))
            else:
                self.on_notice(
                    "a response header of the integration is left out: it cannot be written as a header"
                )
        headers = (*kept, (REQUEST_ID, self.exchange.request.ids.request_id))
        return HttpResponse(response.status, headers, response.body, response.head_length)


def _cookies(answer: dict[str, Any]) -> list[str]:
    found = answer.get("cookies")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(cookie, str) for cookie in found):
        raise MalformedResponseError("cookies is not a list of strings")
    return found
