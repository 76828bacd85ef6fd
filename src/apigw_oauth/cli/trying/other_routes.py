"""What the same cached answer would do to every route of the project, and what a fresh decision would be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from apigw_oauth.authorizer.route import CONNECT, DEFAULT
from apigw_oauth.cli.trying import guarded_api
from apigw_oauth.cli.trying.guarded_api import Api
from apigw_oauth.cli.trying.recorder import Recorder, Repeater
from apigw_oauth.cli.trying.trial_gateway import Reply, TrialGateway
from apigw_oauth.gateway.api import VERBS
from apigw_oauth.gateway.http_messages import GatewayRequest

MOST_ASKED_ANEW = 50
"""Routes for which the authorizer is asked anew, unless all are wanted."""
MOST_SHOWN = 1000
Cached = Literal["public", "allow", "refuse", "asked again", "not asked", "no path"]

_VARIABLE = re.compile(r"\{[^{}+]+(\+?)\}")
_SAMPLES = ("1", "a1", "x-2", "zz9")


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """One row: the statuses are None where there is no such answer."""

    route: str
    path: str
    cached: Cached
    cached_status: int | None
    fresh_status: int | None

    @property
    def differs(self) -> bool:
        """Whether the cached answer and a fresh one treat a request in different ways."""
        return None not in {self.cached_status, self.fresh_status} and self.cached_status != self.fresh_status


class OtherRoutes:
    """Walks through the routes with the headers of one request.

    `caching` has the answer to that request in its cache. A fresh decision is made by `authorizer`; without it
    nobody is asked, and `caching` must be one that repeats.
    """

    def __init__(
        self,
        api: Api,
        caching: TrialGateway,
        request: GatewayRequest,
        *,
        route: str | None,
        authorizer: Recorder | None,
    ) -> None:
        """Set up; `route` is the one that the request takes."""
        self._api = api
        self._caching = caching
        self._request = request
        self._route = route
        self._fresh = TrialGateway(api, authorizer, seconds=0) if authorizer else None
        # It finds the routes that sample paths take, and asks nobody.
        self._routing = TrialGateway(api, Repeater(None), seconds=0)

    async def outcomes(self) -> list[RouteOutcome]:
        """Return a row for each route of the API."""
        return [await self._outcome(route.key) for route in guarded_api.routes(self._api)]

    async def _outcome(self, key: str) -> RouteOutcome:
        request = await self._request_to(key)
        if request is None:
            return RouteOutcome(key, "", "no path", None, None)
        path = _told(request, guarded_api.stage_prefix(self._api))
        reply = await self._caching.send(request)
        fresh = reply.record.status if self._fresh else None
        match reply.record.authorizer:
            case "none":
                return RouteOutcome(key, path, "public", None, None)
            case "not invoked":
                return RouteOutcome(key, path, "not asked", None, reply.record.status)
            case "invoked":
                return RouteOutcome(key, path, "asked again", None, fresh)
            case "cached":
                fresh = (await self._fresh.send(request)).record.status if self._fresh else None
                return RouteOutcome(key, path, _verdict(reply), reply.record.status, fresh)

    async def _request_to(self, key: str) -> GatewayRequest | None:
        """Return a request that takes a route: the one that was tried, or one with a sample path; else None."""
        if key == self._route:
            return self._request
        for method, path in _candidates(key, self._request.method):
            target = f"{guarded_api.stage_prefix(self._api)}{path}"
            request = replace(self._request, method=method, target=target)
            if (await self._routing.send(request)).record.route == key:
                return request
        return None


def _verdict(reply: Reply) -> Cached:
    return "allow" if reply.passes else "refuse"


def _told(request: GatewayRequest, prefix: str) -> str:
    return f"{request.method} {request.target.partition('?')[0].removeprefix(prefix) or '/'}"


def _candidates(key: str, method: str) -> Iterator[tuple[str, str]]:
    """Return requests that may take a route, the plainest path first."""
    if key == CONNECT:
        yield "GET", "/"
        return
    verb, _, template = ("ANY", "", "/{proxy+}") if key == DEFAULT else key.partition(" ")
    for path in sample_paths(template):
        for one in (method, *VERBS) if verb == "ANY" else (verb,):
            yield one, path


def sample_paths(template: str) -> Iterable[str]:
    """Return paths of a template: `/pets/{id}` becomes `/pets/1`, and a greedy variable takes two segments."""
    samples = _SAMPLES if _VARIABLE.search(template) else _SAMPLES[:1]
    return [_filled(template, one) for one in samples]


def _filled(template: str, sample: str) -> str:
    return _VARIABLE.sub(lambda name: f"{sample}/{sample}" if name[1] else sample, template)
