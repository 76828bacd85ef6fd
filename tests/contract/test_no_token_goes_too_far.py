"""The authorizer's answers, kept and applied by an API Gateway that shares no code with it.

Whatever the routes, the token and the order of requests: what the gateway lets through, the rules allow.
"""

from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.errors import AuthorizerError, SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode, PolicyWriter
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.gateway.api import Method, Mock
from apigw_oauth.gateway.policy_evaluator import evaluate
from apigw_oauth.gateway.router import Router
from tests.path_templates import path_template

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev"
NOW = 1_700_000_000.0

Table = dict[str, tuple[frozenset[str], ...]]  # what each route requires, by its key; nothing at all: it is public


class Gateway:
    """As much of API Gateway as matters: routing, the authorizer's cache, IAM."""

    def __init__(self, table: Table, cache: CacheMode, granted: frozenset[str]) -> None:
        routes = RouteTable(
            Route.parse(key, any_of=any_of) if any_of else Route.parse(key, public=True)
            for key, any_of in table.items()
        )
        methods = [Method(*key.partition(" ")[::2], authorized=True, integration=Mock("{}")) for key in table]
        self._router = Router(methods, api_id="a1b2c3d4e5")
        self._writer = PolicyWriter(routes=routes, cache=cache, claims=[])
        token = AccessToken(subject="john", client_id="demo", scopes=granted, expires_at=NOW + 60)
        self._authorizer = Authorizer(
            routes=routes,
            verifier=AlwaysThis(token),
            clock=lambda: NOW,
            stage=self._writer.stage,
        )
        self._names_route = cache == "route"
        self._kept: dict[object, dict[str, Any] | None] = {}
        self._keeps = cache != "off"

    def serves(self, verb: str, path: str) -> str | None:
        match = self._router.match(verb, path)
        return match.route if match else None

    def lets_through(self, verb: str, path: str) -> bool:
        """Route the request, ask the authorizer or the cache, evaluate the policy on the request's own ARN."""
        match = self._router.match(verb, path)
        if match is None:
            return False
        arn = f"{STAGE}/{verb}{path}"
        key = (match.resource_id, verb) if self._names_route else None
        if not self._keeps or key not in self._kept:
            resource = f"{verb} {match.method.resource_path}" if self._names_route else None
            request = Request(verb, path, resource, {"authorization": ("Bearer t",)}, MethodArn.parse(arn))
            try:
                self._kept[key] = self._writer.answer(self._authorizer.authorize(request), request)[
                    "policyDocument"
                ]
            except AuthorizerError:
                self._kept.pop(key, None)
                return False
        policy = self._kept[key] or {}
        context = {"aws:CurrentTime": "2023-11-14T22:13:20Z"}
        return (
            evaluate(policy, action="execute-api:Invoke", resource_arn=arn, condition_context=context).effect
            == "allow"
        )


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
TABLES = st.dictionaries(KEYS, st.lists(SCOPES, max_size=2).map(tuple), min_size=1, max_size=5)
PARTS = st.sampled_from(
    ["a", "b", "c", "", "*", "?", "a*", "%61", "a%2Fb", "%2A", "{x}", "${x}", ".", "..", "a:b", "é"]
)
PATHS = st.builds(
    lambda parts, slash: "/" + "/".join(parts) + slash, st.lists(PARTS, max_size=4), st.sampled_from(["", "/"])
)
REQUESTS = st.lists(st.tuples(st.sampled_from(["GET", "POST"]), PATHS), min_size=1, max_size=6)


def valid(table: Table) -> bool:
    try:
        RouteTable(map(Route.parse, table))
    except SettingsError:
        return False
    return True


def may(table: Table, granted: frozenset[str], route: str | None) -> bool:
    """The rules, read directly."""
    return route is not None and (not table[route] or any(required <= granted for required in table[route]))


@settings(max_examples=1500, deadline=None)
@given(table=TABLES, granted=SCOPES, requests=REQUESTS, cache=st.sampled_from(["route", "token", "off"]))
@example(
    table={"GET /a": (frozenset("w"),), "GET /a/{x}": (frozenset("r"),)},
    granted=frozenset("r"), requests=[("GET", "/a/b"), ("GET", "/a/")], cache="token",
)  # fmt: skip
@example(
    table={"GET /a": (frozenset("w"),), "GET /a/{x}": (frozenset("r"),)},
    granted=frozenset("r"), requests=[("GET", "/a/b"), ("GET", "/a//"), ("GET", "/a///")], cache="token",
)  # fmt: skip
@example(
    table={"GET /{x}/b": (frozenset("r"),), "GET /b": (frozenset("w"),)},
    granted=frozenset("r"), requests=[("GET", "/a/b"), ("GET", "//b")], cache="token",
)  # fmt: skip
@example(
    table={"GET /a": (frozenset("r"),), "GET /{p+}": (frozenset("w"),)},
    granted=frozenset("r"), requests=[("GET", "/a"), ("GET", "/a/")], cache="token",
)  # fmt: skip
@example(
    table={"GET /{x}": (frozenset("r"),), "GET /a": (frozenset("w"),)},
    granted=frozenset("r"), requests=[("GET", "/b"), ("GET", "/a")], cache="token",
)  # fmt: skip
@example(
    table={"GET /{p+}": (frozenset("r"),), "GET /": (frozenset("w"),)},
    granted=frozenset("r"), requests=[("GET", "/b"), ("GET", "/")], cache="token",
)  # fmt: skip
@example(
    table={"GET /{x}": (frozenset("r"),), "GET /{x}/a": (frozenset("w"),)},
    granted=frozenset("r"), requests=[("GET", "/*"), ("GET", "/b/a"), ("GET", "/b%2Fa")], cache="token",
)  # fmt: skip
def test_whatever_its_scopes_a_token_reaches_only_what_they_open(table, granted, requests, cache):
    assume(valid(table))
    gateway = Gateway(table, cache, granted)
    for verb, path in requests:
        if gateway.lets_through(verb, path):
            assert may(table, granted, gateway.serves(verb, path))


@settings(max_examples=600, deadline=None)
@given(table=TABLES, granted=SCOPES, requests=REQUESTS)
def test_an_answer_for_one_route_is_never_narrower_for_paths_spelled_as_their_route(table, granted, requests):
    assume(valid(table))
    gateway = Gateway(table, "route", granted)
    for verb, path in requests:
        spelled = path == "/" or not path.endswith("/")
        if spelled and "//" not in path and may(table, granted, gateway.serves(verb, path)):
            assert gateway.lets_through(verb, path)


@settings(max_examples=600, deadline=None)
@given(
    table=TABLES,
    granted=SCOPES,
    requests=st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST"]),
            st.lists(st.sampled_from("abc"), max_size=4).map(lambda parts: "/" + "/".join(parts)),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_an_answer_for_the_whole_stage_is_never_narrower_where_no_pattern_spills(table, granted, requests):
    assume(valid(table))
    assume(not RouteTable(map(Route.parse, table)).some_pattern_spills())
    gateway = Gateway(table, "token", granted)
    for verb, path in requests:
        assert gateway.lets_through(verb, path) == may(table, granted, gateway.serves(verb, path))


@settings(max_examples=300, deadline=None)
@given(table=TABLES, verb=st.sampled_from(["GET", "POST"]), path=PATHS)
def test_the_authorizer_asks_for_the_route_that_the_gateway_chooses(table, verb, path):
    assume(valid(table))
    routes = RouteTable(map(Route.parse, table))
    served_by = Gateway(table, "off", frozenset()).serves(verb, path)
    if "//" not in path:
        found = routes.match(verb, path)
        assert (found.key if found else None) == served_by
    # Doubled slashes are nobody's documented behaviour: there the authorizer asks for more routes, never for others.
    request = Request(verb, path, None, {}, MethodArn.parse(f"{STAGE}/{verb}{path}"))
    asked_for = [route.key for route in routes.serving(request)]
    assert not asked_for or served_by in {None, *asked_for}
