"""One table of routes, measured once: the caller repeats it, and takes medians."""

import json
import time
from collections.abc import Callable
from typing import NamedTuple

from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.events import recognize
from apigw_oauth.authorizer.iam_policy import PolicyWriter
from apigw_oauth.authorizer.lambda_handler import Handler
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import StagePolicies
from benchmarks import environment
from benchmarks.environment import TOKEN, event_for
from benchmarks.tables import GRANTED, SHAPES, deep, parsed, routes_of

Times = dict[str, float]


class Case(NamedTuple):
    """A table, and a Lambda environment for each cache mode."""

    shape: str
    size: int
    table: RouteTable
    writer: PolicyWriter
    token: Handler
    route: Handler

    @classmethod
    def of(cls, shape: str, size: int) -> "Case":
        """Set up for a shape of tables and a number of routes."""
        routes = routes_of(shape, size)
        table = RouteTable(parsed(routes))
        token = environment.handler_for(routes, "token")
        return cls(
            shape, size, table, environment.writer_of(token), token, environment.handler_for(routes, "route")
        )

    def measure(self, run: int, *, times: int) -> Times:
        """Return seconds of everything; of what takes microseconds, the mean of that many times."""
        event, by_route = event_for(self.shape, "token"), event_for(self.shape, "route")
        # A policy that was made for one length of ARN is not used for another: this decision is a first one.
        another = event_for(self.shape, "token", stage=f"dev-{'x' * run}")
        texts = [json.dumps(one) for one in (event, by_route)]
        request = recognize(event, expected="token").parse(event)
        decision = Decision.allow(Reason.AUTHORIZED, self.table.serving(request), TOKEN)
        return {
            "compile": mean(self._compile, 1),
            "first": mean(lambda: self.token(another, None), 1),
            "again": mean(lambda: self.token(event, None), times),
            "policy": mean(lambda: self.writer.answer(decision, request), times),
            "json": mean(lambda: json.loads(texts[0]), times),
            "route": mean(lambda: self.route(by_route, None), times),
            "route_json": mean(lambda: json.loads(texts[1]), times),
            "match": mean(lambda: self.table.match("GET", SHAPES[self.shape].path), times),
        }

    def sizes(self) -> dict[str, int]:
        """Count the resources and bytes of the policy, and say whether it is one for the whole stage (`fits`)."""
        event = event_for(self.shape, "token")
        document = self.token(event, None)["policyDocument"]
        prefix = len(recognize(event, expected="token").parse(event).method_arn.resource(""))
        stage = self.writer.stage
        return {
            "open": sum(route.is_open_to(GRANTED) for route in self.table),
            "resources": sum(len(statement["Resource"]) for statement in document["Statement"]),
            "bytes": len(json.dumps(document)),
            "fits": stage is not None and stage.for_scopes(GRANTED, prefix=prefix).fits,
        }

    def _compile(self) -> None:
        StagePolicies(RouteTable(self.table))


def matching(depth: int, *, times: int) -> Times:
    """Return seconds of matching one path of that depth, in a table of text and variables at every level."""
    table, path = deep(depth), "/a" * (depth - 1) + "/b"
    return {"match": mean(lambda: table.match("GET", path), times)}


def mean(action: Callable[[], object], times: int) -> float:
    """Return how long an action takes, in seconds."""
    started = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - started) / times
