"""Hand the request to what stands behind its method."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx2

from apigw_oauth.gateway import http_integration, lambda_integration
from apigw_oauth.gateway.api import HttpProxy, Integration, LambdaProxy, Mock
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.integration_headers import to_client
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_integration import MalformedResponseError
from apigw_oauth.gateway.lambda_runtime import FunctionError
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.redaction import redacted
from apigw_oauth.gateway.refusal import RefusedError


class Integrations:
    """Forwards requests. `limit` is API Gateway's own integration timeout in seconds."""

    def __init__(
        self,
        *,
        invocations: Invocations,
        http_client: Callable[[], httpx2.AsyncClient],
        notices: Notices,
        limit: float = 29.0,
    ) -> None:
        self._invocations = invocations
        self._http_client = http_client
        self._notices = notices
        self._limit = limit
        self._client: httpx2.AsyncClient | None = None

    async def forward(
        self, integration: Integration, exchange: Exchange, secrets: tuple[str, ...]
    ) -> HttpResponse:
        """Return the integration's response. Raises RefusedError where there is none.

        `secrets` are removed from what the console is told.
        """
        try:
            match integration:
                case Mock():
                    answer = _mock_answer(integration)
                case HttpProxy():
                    client = self._open_client()
                    async with asyncio.timeout(self._limit):
                        answer = await http_integration.forward(integration, exchange.request, client)
                case LambdaProxy():
                    answer = await self._invoke(integration, exchange, secrets)
        except TimeoutError as error:
            raise RefusedError("INTEGRATION_TIMEOUT", reason="the integration timed out") from error
        headers = to_client(answer.headers, exchange.request, on_notice=self._notices.once)
        if not isinstance(integration, HttpProxy):
            headers = (*headers, ("X-Amzn-Trace-Id", exchange.request.ids.trace_id))
        return replace(answer, headers=headers)

    async def aclose(self) -> None:
        """Close the connections to HTTP integrations."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _open_client(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = self._http_client()
        return self._client

    async def _invoke(
        self, integration: LambdaProxy, exchange: Exchange, secrets: tuple[str, ...]
    ) -> HttpResponse:
        function = integration.function
        event = lambda_integration.event(exchange)
        try:
            async with self._invocations.turn(function):
                answer = await self._invocations.invoke(function, event, limit=self._limit)
            return lambda_integration.response(answer, secrets)
        except FunctionError as error:
            told = f"function {function.name} failed: {error.error_type}: {error.message}\n{error.stack_trace}"
            self._notices.tell(redacted(told, secrets).rstrip())
            reason = f"function {function.name} failed: {redacted(error.error_type, secrets)}"
        except MalformedResponseError as error:
            reason = f"malformed Lambda proxy response: {error}"
            self._notices.tell(f"function {function.name}: {reason}")
        raise RefusedError("INTEGRATION_FAILURE", reason=reason, status=502)


def _mock_answer(mock: Mock) -> HttpResponse:
    return HttpResponse(mock.status, (("Content-Type", mock.content_type),), mock.body.encode())
