"""API Gateway on this machine: the way of one request through a REST API."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from apigw_oauth.gateway import limits, unverified
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.authorization import Authorization
from apigw_oauth.gateway.exchange import Exchange, RequestRecord
from apigw_oauth.gateway.gateway_responses import GatewayResponses
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.identifier_stock import RequestIdStock
from apigw_oauth.gateway.identifiers import RandomBytes
from apigw_oauth.gateway.integrations import Integrations
from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.notices import Notices
from apigw_oauth.gateway.refusal import RefusedError
from apigw_oauth.gateway.rest_forwarding import RestForwarding
from apigw_oauth.gateway.rest_request import RestRequest
from apigw_oauth.gateway.router import Router

if TYPE_CHECKING:
    import httpx2


def default_http_client() -> "httpx2.AsyncClient":
    """Return the client for HTTP integrations: no redirects, no cookies, nothing from the environment."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx2

    cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
    return httpx2.AsyncClient(trust_env=False, follow_redirects=False, cookies=cookies, timeout=29.0)


class LocalGateway:
    """One deployed stage of a REST API. `clock` is in seconds since the epoch, `timer` measures durations.

    `on_request` gets one record a request, `on_notice` what a person should know; neither ever gets a credential.
    """

    def __init__(
        self,
        api: RestApi,
        *,
        http_client: Callable[[], "httpx2.AsyncClient"] = default_http_client,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        random_bytes: Callable[[int], bytes] | None = None,
        on_request: Callable[[RequestRecord], None] = lambda _: None,
        on_notice: Callable[[str], None] = lambda _: None,
        legacy_access_denied_text: bool = False,
        integration_limit: float = 29.0,
    ) -> None:
        self.api = api
        self._clock = clock
        self._timer = timer
        random_bytes = random_bytes or RandomBytes()
        self._new_ids = RequestIdStock(random_bytes)
        self._on_request = on_request
        self._notices = Notices(on_notice)
        self._router = Router(api.methods, api_id=api.api_id)
        self._responses = GatewayResponses(api, on_notice=self._notices.once)
        invocations = Invocations()
        self._authorization = Authorization(
            api.authorizer,
            invocations=invocations,
            clock=clock,
            timer=timer,
            cache_key=random_bytes(32),
            notices=self._notices,
            legacy_text=legacy_access_denied_text,
        )
        self._integrations = Integrations(
            invocations=invocations, http_client=http_client, notices=self._notices, limit=integration_limit
        )

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        """Return the response to a request, and report it."""
        started, now = self._timer(), self._clock()
        exchange = Exchange(RestRequest.receive(self.api, request, self._new_ids(now), now))
        try:
            response = await self._answer(request, exchange)
        except RefusedError as refusal:
            response = self._refuse(refusal, exchange)
        except Exception as error:  # noqa: BLE001 a mistake in the gateway is told, and ends this request only
            response = self._refuse(self._notices.own_failure(error), exchange)
        self._on_request(exchange.record(response.status, round((self._timer() - started) * 1000)))
        return response

    async def _answer(self, wire: GatewayRequest, exchange: Exchange[RestRequest]) -> HttpResponse:
        if not exchange.request.target.in_stage:
            raise RefusedError("FORBIDDEN", decision="refused", reason=f"the path is not below /{self.api.stage}")
        limits.check(wire, exchange.request)
        match = self._router.match(exchange.request.verb, exchange.request.target.path)
        if match is None:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN", decision="refused", reason="no such route")
        exchange.route = match.route
        exchange.request.route_to(match)
        self._notices.once(*unverified.in_request(exchange.request, authorized=match.method.authorized))
        if match.method.authorized:
            await self._authorization.decide(exchange)
        else:
            exchange.decision, exchange.reason = "public", "no authorizer"
        forwarding = RestForwarding(exchange, self._notices.once)
        return await self._integrations.forward(match.method.integration, forwarding)

    def _refuse(self, refusal: RefusedError, exchange: Exchange[RestRequest]) -> HttpResponse:
        exchange.decision, exchange.reason = refusal.decision or exchange.decision, refusal.reason
        return self._responses.render(refusal, exchange)

    def flush_authorizer_cache(self) -> None:
        """Forget all answers of the authorizer, as FlushStageAuthorizersCache does."""
        self._authorization.flush()

    async def aclose(self) -> None:
        """Close the connections to HTTP integrations."""
        await self._integrations.aclose()
