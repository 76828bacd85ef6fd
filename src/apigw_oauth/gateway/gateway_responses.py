"""The responses that API Gateway makes up itself."""

import json
import re
from collections.abc import Callable, Mapping

from apigw_oauth.gateway.api import GatewayResponse, RestApi
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.gateway_response_types import RESPONSE_TYPES, ResponseType
from apigw_oauth.gateway.http_messages import HeaderList, HttpResponse, sendable, with_header
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_request import RestRequest

STANDARD_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
_VARIABLE = re.compile(
    r"\$(context(?:\.[A-Za-z0-9_-]+)+|stageVariables\.\w+)|\$?(method\.request\.(?:header|querystring|path)\.[A-Za-z0-9_-]+)"
)


class GatewayResponses:
    """Renders gateway responses: the API's own, then its DEFAULT_4XX or DEFAULT_5XX, then the built-in ones.

    See "Gateway responses for REST APIs in API Gateway" in the API Gateway Developer Guide.
    """

    def __init__(self, api: RestApi, *, on_notice: Callable[[str], None]) -> None:
        self._api = api
        self._on_notice = on_notice

    def render(self, refusal: RefusedError, exchange: Exchange[RestRequest]) -> HttpResponse:
        """Return the response for a refused request."""
        kind = RESPONSE_TYPES[refusal.response_type]
        status = refusal.status or kind.status
        message = refusal.message if refusal.message is not None else kind.message
        own = self._definition(refusal.response_type, status) if kind.customizable else None
        if own is None:
            return built_in(refusal, exchange.request.ids)
        headers = _own_headers(kind, exchange.request.ids)
        content_type, template = _template(own.templates, exchange.request.last_header("Accept"))
        response = HttpResponse(own.status or status, (("Content-Type", content_type), *headers))
        values = _Values(exchange, refusal.response_type, message)
        return HttpResponse(
            response.status,
            self._mapped(own.headers, values, response).headers,
            values.fill(template).encode(errors="replace"),
        )

    def _definition(self, response_type: str, status: int) -> GatewayResponse | None:
        default = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
        return self._api.gateway_responses.get(response_type) or self._api.gateway_responses.get(default)

    def _mapped(self, mappings: Mapping[str, str], values: "_Values", response: HttpResponse) -> HttpResponse:
        headers = response.headers
        for name, mapping in mappings.items():
            value = mapping[1:-1] if mapping.startswith("'") else values.get(mapping)
            if value is None:
                continue  # A header whose source is absent is left out: not verified on AWS.
            value = value.strip()
            if sendable(name, value):
                headers = with_header(headers, name, value)
            else:
                self._on_notice(f"gateway response header {name} is left out: its value cannot stand in a header")
        return HttpResponse(response.status, headers)


class _Values:
    """What header mappings and templates of one gateway response can refer to."""

    def __init__(self, exchange: Exchange[RestRequest], response_type: str, message: str | None) -> None:
        self._exchange = exchange
        self._error = {
            "context.error.message": "null" if message is None else message,
            "context.error.messageString": json.dumps(message, ensure_ascii=False),
            "context.error.responseType": response_type,
            "context.error.validationErrorString": "",
        }

    def get(self, reference: str) -> str | None:
        found = self._error.get(reference)
        return self._exchange.value(reference) if found is None else found

    def fill(self, template: str) -> str:
        """Replace variables, once: what a value contains is not looked at again. Absent ones become empty."""
        return _VARIABLE.sub(lambda found: self.get(found[1] or found[2]) or "", template)


def built_in(refusal: RefusedError, ids: RequestIds) -> HttpResponse:
    """Return the response for a refused request while nobody customises it."""
    kind = RESPONSE_TYPES[refusal.response_type]
    message = refusal.message if refusal.message is not None else kind.message
    # Recorded on AWS: a capital M here and nowhere else, and a space after the colon in integration failures only.
    name = "Message" if refusal.response_type == "ACCESS_DENIED" else "message"
    separators = (",", ": ") if kind.spaced else (",", ":")
    body = json.dumps({name: message}, separators=separators, ensure_ascii=False).encode(errors="replace")
    headers = (("Content-Type", "application/json"), *_own_headers(kind, ids))
    return HttpResponse(refusal.status or kind.status, headers, body)


def _own_headers(kind: ResponseType, ids: RequestIds) -> HeaderList:
    return (
        ("x-amzn-RequestId", ids.request_id),
        ("x-amz-apigw-id", ids.extended_request_id),
        ("x-amzn-ErrorType", kind.error_type),
    )


def _template(templates: Mapping[str, str], accept: str | None) -> tuple[str, str]:
    """Return the content type and template to use: that of `Accept`, then JSON, then the first (an assumption)."""
    usable = templates or STANDARD_TEMPLATES
    wanted = (accept or "").partition(",")[0].partition(";")[0].strip().lower()
    for content_type in (wanted, "application/json"):
        if content_type in usable:
            return content_type, usable[content_type]
    return next(iter(usable.items()))
