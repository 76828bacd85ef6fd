"""API Gateway on this machine: the way of one request through an HTTP API."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from apigw_oauth.gateway.exchange import Exchange, RequestRecord
from apigw_oauth.gateway.http_api import cors, http_errors, http_unverified
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpApi
from apigw_oauth.gateway.http_api.http_authorization import AUTHORIZER_LIMIT, HttpAuthorization
from apigw_oauth.gateway.http_api.http_forwarding import HttpForwarding
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.http_api.http_router import HttpRouter
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.identifier_stock import RequestIdStock
from apigw_oauth.gateway.identifiers import RandomBytes
from apigw_oauth.gateway.integrations import Integrations
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.local_gateway import default_http_client
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.stage_authorizer import StageAuthorizer

if TYPE_CHECKING:
    import httpx2


class HttpGateway:
    """One deployed stage of an HTTP API. `clock` is in seconds since the epoch, `timer` measures durations.

    `on_request` gets one record a request, `on_notice` what a person should know; neither ever gets a credential.
    The limits are in seconds.
    """

    def __init__(
        self,
        api: HttpApi,
        *,
        http_client: Callable[[], "httpx2.AsyncClient"] = default_http_client,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        random_bytes: Callable[[int], bytes] | None = None,
        on_request: Callable[[RequestRecord], None] = lambda _: None,
        on_notice: Callable[[str], None] = lambda _: None,
        integration_limit: float = 30.0,
        authorizer_limit: float = AUTHORIZER_LIMIT,
    ) -> None:
        self.api = api
        self._clock = clock
        self._timer = timer
        random_bytes = random_bytes or RandomBytes()
        self._new_ids = RequestIdStock(random_bytes)
        self._on_request = on_request
        self._notices = Notices(on_notice)
        self._router = HttpRouter(api.routes)
        self._sources = api.authorizer.identity_sources if api.authorizer else ()
        invocations = Invocations()
        stage = StageAuthorizer(
            ttl=api.authorizer.ttl if api.authorizer else 0,
            invocations=invocations,
            clock=clock,
            timer=timer,
            cache_key=random_bytes(32),
            notices=self._notices,
        )
        self._authorization = HttpAuthorization(
            api.authorizer, stage=stage, notices=self._notices, limit=authorizer_limit
        )
        self._integrations = Integrations(
            invocations=invocations, http_client=http_client, notices=self._notices, limit=integration_limit
        )

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        """Return the response to a request, and report it."""
        started, now = self._timer(), self._clock()
        exchange = Exchange(HttpRequest.receive(self.api, request, self._new_ids(now), now))
        try:
            response = await self._answer(request, exchange)
        except RefusedError as refusal:
            response = self._refuse(refusal, exchange)
        except Exception as error:  # noqa: BLE001 a mistake in the gateway is told, and ends this request only
            response = self._refuse(self._notices.own_failure(error), exchange)
        self._on_request(exchange.record(response.status, round((self._timer() - started) * 1000)))
        return response

    async def _answer(self, wire: GatewayRequest, exchange: Exchange[HttpRequest]) -> HttpResponse:
        if not exchange.request.target.in_stage:
            place = "no path" if self.api.stage == DEFAULT else f"not below /{self.api.stage}"
            raise RefusedError("NOT_FOUND", decision="refused", reason=f"the path is {place}")
        http_errors.check_size(wire)
        match = self._router.match(exchange.request.verb, exchange.request.target.path)
        if match is None and self.api.cors is not None and cors.is_preflight(exchange.request):
            exchange.decision, exchange.reason = (
                "public",
                "a preflight request, which the CORS configuration answers",
            )
            return cors.preflight(self.api.cors, exchange.request)
        if match is None:
            raise RefusedError("NOT_FOUND", decision="refused", reason="no such route")
        route = match.route
        exchange.route = route.route_key
        exchange.request.route_to(match)
        self._notices.once(*http_unverified.in_request(exchange.request, authorized=route.authorized))
        if route.authorized:
            self._notices.once(*http_unverified.in_identity(self._sources, exchange.request))
            await self._authorization.decide(exchange)
        else:
            exchange.decision, exchange.reason = "public", "no authorizer"
        forwarding = HttpForwarding(exchange, route.authorized, self._notices.once)
        response = await self._integrations.forward(route.integration, forwarding)
        return cors.readable(self.api.cors, response, exchange.request)

    def _refuse(self, refusal: RefusedError, exchange: Exchange[HttpRequest]) -> HttpResponse:
        exchange.decision, exchange.reason = refusal.decision or exchange.decision, refusal.reason
        response = http_errors.render(refusal, exchange.request.ids)
        return cors.readable(self.api.cors, response, exchange.request)

    def flush_authorizer_cache(self) -> None:
        """Forget all answers of the authorizer, as ResetAuthorizersCache does."""
        self._authorization.flush()

    async def aclose(self) -> None:
        """Close the connections to HTTP integrations."""
        await self._integrations.aclose()
