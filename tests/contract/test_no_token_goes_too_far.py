"""The authorizer's answers, kept and applied by an API Gateway that shares no code with it.

Whatever the routes, the token, the order of requests, and the way in which AWS reads a path: what the gateway lets
through, the rules allow.
"""

from itertools import product
from typing import Any

import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.errors import AuthorizerError, SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode, PolicyWriter
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import ROOM, StagePolicies
from apigw_oauth.checks.meeting_paths import meet
from apigw_oauth.gateway.api import Method, Mock
from apigw_oauth.gateway.policy_evaluator import evaluate
from apigw_oauth.gateway.router import Router
from tests.contract.rules import (
    READINGS,
    Reading,
    Table,
    letters_decoded,
    may,
    serve,
    trimmed,
)
from tests.path_templates import path_template

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev"
NOW = 1_700_000_000.0
RAW = READINGS["raw"]


def route_table(table: Table) -> RouteTable:
    return RouteTable(
        Route.parse(key, any_of=any_of) if any_of else Route.parse(key, public=True)
        for key, any_of in table.items()
    )


class Gateway:
    """As much of API Gateway as matters: routing, the authorizer's cache, IAM."""

    def __init__(
        self, table: Table, cache: CacheMode, granted: frozenset[str], *,
        reading: Reading = RAW, names_route: bool | None = None, room: int = ROOM,
    ) -> None:  # fmt: skip
        """Set up. `names_route`: the event names it (REQUEST); by default only where the cache key has it."""
        routes = route_table(table)
        self._table = table
        self._reading = reading
        writer = PolicyWriter(routes=routes, cache=cache, claims=[])
        if writer.stage is not None:
            writer.stage = StagePolicies(routes, room=room)
        self._writer = writer
        token = AccessToken(subject="john", client_id="demo", scopes=granted, expires_at=NOW + 60)
        self._authorizer = Authorizer(
            routes=routes, verifier=AlwaysThis(token), clock=lambda: NOW, stage=writer.stage
        )
        self._route_in_key = cache == "route"
        self._names_route = self._route_in_key if names_route is None else names_route
        self._kept: dict[object, dict[str, Any]] = {}
        self._keeps = cache != "off"

    def serves(self, verb: str, path: str) -> str | None:
        return serve(self._table, verb, self._reading.routing(path))

    def lets_through(self, verb: str, path: str) -> bool:
        """Route the request, ask the authorizer or the cache, evaluate the policy on the request's own ARN."""
        route = self.serves(verb, path)
        if route is None:
            return False
        arn = f"{STAGE}/{verb}{self._reading.arn(path)}"
        key = (route, verb) if self._route_in_key else None
        policy = self._kept.get(key)
        if policy is None:
            try:
                policy = self._ask(verb, path, route, arn)
            except AuthorizerError:
                return False
            if self._keeps:
                self._kept[key] = policy
        context = {"aws:CurrentTime": "2023-11-14T22:13:20Z"}
        found = evaluate(policy, action="execute-api:Invoke", resource_arn=arn, condition_context=context)
        return found.effect == "allow"

    def _ask(self, verb: str, path: str, route: str, arn: str) -> dict[str, Any]:
        method_arn = MethodArn.parse(arn)
        named = f"{verb} {route.partition(' ')[2]}" if self._names_route else None
        seen = path if self._names_route else method_arn.path  # a TOKEN event has nothing but the ARN
        request = Request(verb, seen, named, {"authorization": ("Bearer t",)}, method_arn)
        answer = self._writer.answer(self._authorizer.authorize(request), request)
        policy: dict[str, Any] = answer["policyDocument"]
        return policy


class AlwaysThis:
    def __init__(self, token: AccessToken) -> None:
        self._token = token

    def recognizes(self, token: str) -> bool:
        return True

    def verify(self, token: str, request: Request) -> AccessToken:
        return self._token


SCOPES = st.frozensets(st.sampled_from("rwx"), max_size=2)
SEGMENTS = st.lists(st.sampled_from(["a", "b", "{x}"]), max_size=3)
REST = st.sampled_from([[], [], ["{p+}"]])
TEMPLATES = st.builds(path_template, SEGMENTS, REST)
KEYS = st.builds(lambda verb, template: f"{verb} {template}", st.sampled_from(["GET", "POST", "ANY"]), TEMPLATES)
TABLES = st.dictionaries(KEYS, st.lists(SCOPES, max_size=2).map(tuple), min_size=1, max_size=6)
# Enough routes below one beginning that they are folded where there is little room.
CROWDED = st.builds(
    lambda table, beginning, required: {
        **table, **{f"GET {path_template([*beginning, leaf], [])}": required for leaf in ("a", "b", "c", "d", "e")},
    },
    TABLES, st.lists(st.sampled_from(["a", "{x}"]), max_size=2), st.just((frozenset("r"),)),
)  # fmt: skip
PARTS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "",
        "*",
        "?",
        "a*",
        "%61",
        "%62",
        "a%2Fb",
        "c%2fb",
        "%2F",
        "%2A",
        "{x}",
        "${x}",
        ".",
        "..",
        "a:b",
        "é",
    ]
)
PATHS = st.builds(
    lambda parts, slash: "/" + "/".join(parts) + slash, st.lists(PARTS, max_size=4), st.sampled_from(["", "/"])
)
VERBS = st.sampled_from(["GET", "POST"])
REQUESTS = st.lists(st.tuples(VERBS, PATHS), min_size=1, max_size=6)
PLAIN = ["/" + "/".join(parts) for depth in range(5) for parts in product("abc", repeat=depth)]
PLAIN_REQUESTS = st.lists(st.tuples(VERBS, st.sampled_from(PLAIN)), min_size=1, max_size=6)


def valid(table: Table) -> bool:
    try:
        RouteTable(map(Route.parse, table))
    except SettingsError:
        return False
    return True


def closed(*keys: str) -> Table:
    return {key: (frozenset("w"),) for key in keys}


def opened(*keys: str) -> Table:
    return {key: (frozenset("r"),) for key in keys}


@settings(max_examples=2000, deadline=None)
@given(
    table=st.one_of(TABLES, CROWDED),
    granted=SCOPES,
    requests=REQUESTS,
    cache=st.sampled_from(["token", "token", "token", "route", "off"]),
    reading=st.sampled_from(sorted(READINGS)),
    named=st.booleans(),
    room=st.sampled_from([ROOM, ROOM, 800, 400]),
)
@example(
    table={"GET /": (), "POST /": (frozenset("r"),), "ANY /{x0}": ()}, granted=frozenset(), reading="decoded",
    requests=[("GET", "/"), ("POST", "//")], cache="token", named=False, room=800,
)  # fmt: skip
def test_whatever_its_scopes_a_token_reaches_only_what_they_open(
    table, granted, requests, cache, reading, named, room
):
    assume(valid(table))
    gateway = Gateway(
        table, cache, granted, reading=READINGS[reading], names_route=named or cache == "route", room=room
    )
    for verb, path in requests:
        if reading == "letters decoded in the ARN":
            served = {serve(table, verb, trimmed(spelling)) for spelling in (path, letters_decoded(path))}
            assume(len(served) == 1)
        if gateway.lets_through(verb, path):
            event("let through")
            assert may(table, granted, gateway.serves(verb, path))


CLASSES_OF_SPILL = {
    "static beside {name}": (opened("GET /a/{x}"), closed("GET /a/b"), ["/a/c", "/a/b", "/a/%62"]),
    "static beside {name} in the middle": (opened("GET /{x}/b"), closed("GET /a/b"), ["/c/b", "/a/b"]),
    "deeper than {name}": (opened("GET /a/{x}"), closed("GET /a/{x}/b"), ["/a/c", "/a/c/b", "/a/c%2Fb", "/a/c/%62"]),
    "{name+} below {name}": (opened("GET /a/{x}"), closed("GET /a/{x}/{p+}"), ["/a/c", "/a/c/b/c", "/a/c/"]),
    "{name+} beside {name}": (opened("GET /a/{x}"), closed("GET /a/{p+}"), ["/a/c", "/a/c/b", "/a/c//"]),
    "{name} beside {name+}": (opened("GET /a/{p+}"), closed("GET /a/{x}"), ["/a/b/c", "/a/b"]),
    "the parent, by the empty string": (opened("GET /a/{x}"), closed("GET /a"), ["/a/b", "/a/", "/a//"]),
    "the parent of {name+}": (opened("GET /a/{p+}"), closed("GET /a"), ["/a/b", "/a/", "/a//"]),
    "the root": (opened("GET /{p+}"), closed("GET /"), ["/a", "/", "//"]),
    "the middle, by the empty string": (opened("GET /a/{x}/b"), closed("GET /a/b"), ["/a/c/b", "/a//b"]),
    "the middle, by more parts": (opened("GET /{x}/b"), closed("GET /{x}/{y}/b"), ["/a/b", "/a/c/b", "/a%2Fc/b"]),
    "deeper, open and closed": (
        opened("GET /a/{x}", "GET /a/{x}/b"), closed("GET /a/{x}/c"), ["/a/c", "/a/c/b", "/a/c/c"],
    ),
    "ANY beside a method": (opened("ANY /a/{x}"), closed("GET /a/b"), ["/a/c", "/a/b"]),
    "a method before ANY": (opened("GET /a/{x}"), closed("ANY /a/{x}/b"), ["/a/c", "/a/c/b"]),
    "everything under {name+}": (opened("GET /{p+}"), closed("GET /a", "GET /b/{x}"), ["/c", "/a", "/b/c", "/b/c/d"]),
    "one variable after another": (opened("GET /{x}/{y}"), closed("GET /{x}", "GET /a/b/c"), ["/a/b", "/a/", "/a/b/c"]),
}  # fmt: skip


@pytest.mark.parametrize("names_route", [False, True])
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("name", CLASSES_OF_SPILL)
def test_a_spill_never_opens_a_closed_route(name, reading, names_route):
    open_routes, closed_routes, paths = CLASSES_OF_SPILL[name]
    table = {**open_routes, **closed_routes}
    for first in paths:
        gateway = Gateway(table, "token", frozenset("r"), reading=READINGS[reading], names_route=names_route)
        gateway.lets_through("GET", first)
        for path in paths:
            through, allowed = (
                gateway.lets_through("GET", path),
                may(table, frozenset("r"), gateway.serves("GET", path)),
            )
            assert allowed or not through, path


@settings(max_examples=300, deadline=None)
@given(table=TABLES, granted=SCOPES, requests=PLAIN_REQUESTS, cache=st.sampled_from(["route", "off"]))
def test_an_answer_for_one_route_is_never_narrower_for_paths_spelled_as_their_route(
    table, granted, requests, cache
):
    assume(valid(table))
    gateway = Gateway(table, cache, granted, names_route=True)
    for verb, path in requests:
        assert gateway.lets_through(verb, path) == may(table, granted, gateway.serves(verb, path))


@settings(max_examples=500, deadline=None)
@given(
    table=st.one_of(TABLES, CROWDED),
    granted=SCOPES,
    request_=st.tuples(VERBS, st.sampled_from(PLAIN)),
    named=st.booleans(),
    room=st.sampled_from([ROOM, 800, 200]),
)
def test_the_request_that_was_asked_about_is_answered_as_the_rules_say(table, granted, request_, named, room):
    assume(valid(table))
    gateway = Gateway(table, "token", granted, names_route=named, room=room)
    assert gateway.lets_through(*request_) == may(table, granted, gateway.serves(*request_))


def reached(table: Table, key: str, verb: str) -> set[str]:
    """Return the other routes that have a path which the pattern of a route matches, as `check` finds them."""
    route = Route.parse(key)
    others = (Route.parse(other) for other in table if other != key)
    return {
        other.key
        for other in others
        if other.method in {verb, "ANY"} and meet(route.segments, other.segments) is not None
    }


@settings(max_examples=500, deadline=None)
@given(table=TABLES, granted=SCOPES, requests=PLAIN_REQUESTS, named=st.booleans())
@example(
    table={"GET /a": (frozenset("w"),), "GET /a/{x}": (frozenset("r"),)}, granted=frozenset("r"),
    requests=[("GET", "/a/b"), ("GET", "/a")], named=False,
)  # fmt: skip
def test_an_answer_for_the_whole_stage_is_never_narrower_where_no_pattern_spills(table, granted, requests, named):
    assume(valid(table))
    gateway = Gateway(table, "token", granted, names_route=named)
    for verb, path in requests:
        route = gateway.serves(verb, path)
        through = gateway.lets_through(verb, path)
        if route is None or all(may(table, granted, other) for other in reached(table, route, verb)):
            event("compared")
            assert through == may(table, granted, route)


@settings(max_examples=300, deadline=None)
@given(table=TABLES, verb=VERBS, path=PATHS)
def test_the_authorizer_asks_for_the_route_that_the_gateway_chooses(table, verb, path):
    assume(valid(table))
    routes = RouteTable(map(Route.parse, table))
    methods = [
        Method(key.partition(" ")[0], key.partition(" ")[2], authorized=True, integration=Mock("{}"))
        for key in table
    ]
    match = Router(methods, api_id="a1b2c3d4e5").match(verb, path)
    served_by = match.route if match else None
    if "//" not in path:
        found = routes.match(verb, path)
        assert (found.key if found else None) == served_by == serve(table, verb, trimmed(path))
    # Doubled slashes are nobody's documented behaviour: there the authorizer asks for more routes, never for others.
    request = Request(verb, path, None, {}, MethodArn.parse(f"{STAGE}/{verb}{path}"))
    asked_for = [route.key for route in routes.serving(request)]
    assert not asked_for or served_by in {None, *asked_for}
