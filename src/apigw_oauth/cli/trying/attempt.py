"""One request, from the gateway's front to its answer, and all that can be said about it."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.cli.trying import (
    advice,
    after_the_end,
    authorizer_checks,
    guarded_api,
    moments,
    redaction,
    requirement,
    token_facts,
)
from apigw_oauth.cli.trying.authorization_server import AuthorizationServer
from apigw_oauth.cli.trying.captured_event import CapturedEvent
from apigw_oauth.cli.trying.guarded_api import Api
from apigw_oauth.cli.trying.other_routes import MOST_ASKED_ANEW, MOST_SHOWN, OtherRoutes
from apigw_oauth.cli.trying.recorder import Log, Recorder, Repeater
from apigw_oauth.cli.trying.token_facts import TokenFacts
from apigw_oauth.cli.trying.trial_gateway import Reply, TrialGateway
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.project import Project

Document = dict[str, Any]

_FAILED = "the authorizer function failed"  # which our own says better, in its log line


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is tried. `all_routes`: the authorizer is asked about every route, however many there are."""

    project: Project
    server: AuthorizationServer
    api: Api
    authorizer: Function
    log: Log
    request: GatewayRequest
    captured: CapturedEvent | None = None
    all_routes: bool = False
    clock: Callable[[], float] = time.time

    async def carry_out(self) -> Document:
        """Send the request, and return what can be said about it, as JSON without any credential.

        Raises SettingsError.
        """
        event = self.captured.content if self.captured else None
        recorder = Recorder(self.authorizer, self.log, captured=event)
        gateway = TrialGateway(self.api, recorder, seconds=guarded_api.ttl(self.api), clock=self.clock)
        reply = await gateway.send(self.request)
        document = self._about(reply)
        document["after_the_end"] = await self._after_the_end(reply, document)
        document["routes"] = await self._routes(reply, gateway)
        found = redaction.credentials_in(self.request, guarded_api.identity_sources(self.api))
        shown: Document = redaction.redacted(document, redaction.longest_first((*found, *self.server.secrets)))
        return shown

    def _about(self, reply: Reply) -> Document:
        route = self._route(reply.record.route)
        lines = reply.asked.log if reply.asked else ()
        line = next((one for one in reversed(lines) if "reason" in one), None)
        reason = authorizer_checks.reason_of(line)
        facts = self._facts(reply, reason)
        return {
            "authorization_server": self.server.told,
            "request": {"method": self.request.method, "path": self._path()},
            "route": route and {"key": route.key, "requires": requirement.told(route)},
            "asked": reply.asked is not None,
            "event": reply.asked and reply.asked.event,
            "checks": [asdict(one) for one in authorizer_checks.outcomes(line)],
            "token": facts and self._token(facts),
            "answer": _answer(reply, reason),
            "advice": self._advice(reply, reason, route, facts),
            "notices": [told for told in reply.notices if line is None or not told.startswith(_FAILED)],
            "log": list(reply.asked.log) if reply.asked else [],
        }

    def _route(self, key: str | None) -> Route | None:
        return next((one.route for one in self.project.routes if one.route.key == key), None)

    def _path(self) -> str:
        return self.request.target.removeprefix(guarded_api.stage_prefix(self.api)) or "/"

    def _facts(self, reply: Reply, reason: Reason | None) -> TokenFacts | None:
        if reply.asked is None or reason is None:
            return None
        asked = reply.asked
        return token_facts.find(self.project, self.server, asked.event, asked.answer, reason)

    def _token(self, facts: TokenFacts) -> Document:
        end = facts.expires_at
        return {**asdict(facts), "ends": None if end is None else moments.relative(end, self.clock())}

    def _advice(
        self, reply: Reply, reason: Reason | None, route: Route | None, facts: TokenFacts | None
    ) -> str | None:
        if reply.passes:
            return None
        if self.request.method != self.request.method.upper():
            return advice.small_letters(self.request.method)
        if reply.asked is None:
            ours = self.project.file.authorizer.handler is None
            elsewhere = guarded_api.sources_without_token(self.api) if ours else ()
            return advice.unasked(reply.record, self._path(), stage=self.api.stage, elsewhere=elsewhere)
        if reason is None or reason not in advice.ADVICE:
            return advice.SOMEBODY_ELSES
        refusal = advice.Refusal(
            asked_for=self._asked_for(reply, route),
            route=route,
            token=facts,
            server=self.server.told.partition(",")[0],
            uses_serve=self.server.local is not None,
            elsewhere=guarded_api.sources_without_token(self.api),
        )
        return advice.for_refusal(reason, refusal)

    def _asked_for(self, reply: Reply, route: Route | None) -> str:
        """Return the route of the event, where that names one; else the project's, or method and path."""
        if self.captured is not None and self.captured.route_key is not None:
            return self.captured.route_key
        own = f"{self.request.method} {self._path().partition('?')[0]}"
        return reply.record.route or own if route else own

    async def _after_the_end(self, reply: Reply, document: Document) -> Document | None:
        if reply.asked is None or not reply.passes:
            return None
        known = document["token"]["expires_at"] if document["token"] else None
        ttl = guarded_api.ttl(self.api)
        found = await after_the_end.find(self.api, reply.asked.answer, self.request, ttl=ttl, end=known)
        return asdict(found) if found else None

    async def _routes(self, reply: Reply, gateway: TrialGateway) -> Document | None:
        """Return what the same answer does elsewhere; None where there is no answer that could be kept."""
        if reply.asked is None or reply.record.decision not in {"allow", "deny"}:
            return None
        number = len(guarded_api.routes(self.api))
        if number > MOST_SHOWN and not self.all_routes:
            return None
        anew = number <= MOST_ASKED_ANEW or self.all_routes
        others = OtherRoutes(
            self.api,
            gateway if anew else await self._repeating(reply.asked.answer),
            self.request,
            route=reply.record.route,
            authorizer=Recorder(self.authorizer, self.log) if anew else None,
        )
        rows = [{**asdict(one), "differs": one.differs} for one in await others.outcomes()]
        return {"ttl": guarded_api.ttl(self.api), "asked_anew": anew, "rows": rows}

    async def _repeating(self, answer: object) -> TrialGateway:
        """Return a gateway that has the answer in its cache, and nobody to ask."""
        gateway = TrialGateway(self.api, Repeater(answer), seconds=guarded_api.ttl(self.api), clock=self.clock)
        await gateway.send(self.request)
        return gateway


def _answer(reply: Reply, reason: Reason | None) -> Document:
    returned = reply.asked.answer if reply.asked and isinstance(reply.asked.answer, dict) else {}
    failure = reply.asked.failure if reply.asked else None
    return {
        "status": reply.record.status,
        "passes": reply.passes,
        "decision": reply.record.decision,
        "because": reply.record.reason,
        "reason": reason,
        "challenge": reply.response.header("WWW-Authenticate"),
        "body": None if reply.passes else reply.response.body.decode(errors="replace"),
        "principal_id": returned.get("principalId"),
        "policy": returned.get("policyDocument"),
        "is_authorized": returned.get("isAuthorized"),
        "context": returned.get("context"),
        "failure": failure and f"{failure.error_type}: {failure.message}",
    }
