"""Hand the request to what stands behind its method or route."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from apigw_oauth.gateway import http_integration
from apigw_oauth.gateway.api import HttpProxy, Integration, LambdaProxy, Mock
from apigw_oauth.gateway.http_integration import Outgoing
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_integration import Credentials, MalformedResponseError
from apigw_oauth.gateway.lambda_runtime import FunctionError
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.redaction import redacted
from apigw_oauth.gateway.refusal import RefusedError

if TYPE_CHECKING:
    import httpx2


class Forwarding(Protocol):
    """A request on its way to an integration, as one kind of API puts it."""

    def secrets(self) -> tuple[str, ...]:
        """Return what must not appear in any message about the request; it is looked for when there is one."""
        ...

    def event(self) -> dict[str, Any]:
        """Return the event of a Lambda proxy integration, made anew: the function may change all of it."""
        ...

    def response(self, answer: object, secrets: Credentials) -> HttpResponse:
        """Return the response that a function's answer describes. Raises MalformedResponseError."""
        ...

    def outgoing(self, integration: HttpProxy) -> Outgoing:
        """Return the request to the server of an HTTP proxy integration."""
        ...

    def to_client(self, response: HttpResponse, integration: Integration) -> HttpResponse:
        """Return an integration's response as the client gets it."""
        ...


class Integrations:
    """Forwards requests. `limit` is API Gateway's own integration timeout in seconds."""

    def __init__(
        self,
        *,
        invocations: Invocations,
        http_client: Callable[[], "httpx2.AsyncClient"],
        notices: Notices,
        limit: float = 29.0,
    ) -> None:
        self._invocations = invocations
        self._http_client = http_client
        self._notices = notices
        self._limit = limit
        self._client: httpx2.AsyncClient | None = None

    async def forward(self, integration: Integration, forwarding: Forwarding) -> HttpResponse:
        """Return the integration's response. Raises RefusedError where there is none."""
        try:
            match integration:
                case LambdaProxy():
                    answer = await self._invoke(integration, forwarding)
                case Mock():
                    answer = _mock_answer(integration)
                case HttpProxy():
                    client = self._open_client()
                    await asyncio.sleep(0)  # what has a limit needs a task, see first_step
                    async with asyncio.timeout(self._limit):
                        answer = await http_integration.forward(
                            integration, forwarding.outgoing(integration), client
                        )
        except TimeoutError as error:
            raise RefusedError("INTEGRATION_TIMEOUT", reason="the integration timed out") from error
        return forwarding.to_client(answer, integration)

    async def aclose(self) -> None:
        """Close the connections to HTTP integrations."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _open_client(self) -> "httpx2.AsyncClient":
        if self._client is None:
            self._client = self._http_client()
        return self._client

    async def _invoke(self, integration: LambdaProxy, forwarding: Forwarding) -> HttpResponse:
        function, secrets = integration.function, forwarding.secrets
        event = forwarding.event()
        try:
            await self._invocations.turn(function)
            answer = await self._invocations.invoke(function, event, limit=self._limit)
            return forwarding.response(answer, secrets)
        except FunctionError as error:
            told = f"function {function.name} failed: {error.error_type}: {error.message}\n{error.stack_trace}"
            self._notices.tell(redacted(told, secrets()).rstrip())
            reason = f"function {function.name} failed: {redacted(error.error_type, secrets())}"
        except MalformedResponseError as error:
            reason = f"malformed Lambda proxy response: {error}"
            self._notices.tell(f"function {function.name}: {reason}")
        raise RefusedError("INTEGRATION_FAILURE", reason=reason, status=502)


def _mock_answer(mock: Mock) -> HttpResponse:
    return HttpResponse(mock.status, (("Content-Type", mock.content_type), *mock.headers), mock.body.encode())
