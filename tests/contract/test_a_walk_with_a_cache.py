"""A client walks through an API over HTTP: each request ends as it would without the authorizer's cache.

Whatever the type of API, the event, the cache mode, the routes, the tokens and the order of requests, as long as
`check` accepts the project. Where it does not, a cached answer may refuse what is open, and never the reverse.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.checks.checks import check
from apigw_oauth.gateway.http_api.api import DEFAULT
from apigw_oauth.project import Project
from tests.contract.rules import Table
from tests.contract.walking import NOBODY, UNKNOWN, Api, Setup, Step, Visit, Walker, token_of
from tests.gateway.fakes import FakeFunction
from tests.path_templates import path_template

TOKEN_EVENT, DYNAMIC = 'event = "token"', 'refusals = "dynamic-401"'
HTTP_1, HTTP_2, HTTP_SIMPLE = 'payload_format = "1.0"', "simple_responses = false", "simple_responses = true"
ROUTE_IN_KEY = 'identity_sources = ["$request.header.Authorization", "$context.routeKey"]'

BY_ROUTE = (
    Setup("rest", "route"),
    Setup("rest", "route", DYNAMIC),
    Setup("http", "route", HTTP_1),
    Setup("http", "route", HTTP_2),
    Setup("http", "route", HTTP_SIMPLE),
    Setup("http", "token", f"{HTTP_SIMPLE}\n{ROUTE_IN_KEY}"),
)
BY_TOKEN = (
    Setup("rest", "token", TOKEN_EVENT),
    Setup("rest", "token", f"{TOKEN_EVENT}\n{DYNAMIC}"),
    Setup("rest", "token"),
    Setup("http", "token", HTTP_1),
    Setup("http", "token", HTTP_2),
)
WITHOUT = (
    Setup("rest", "off", TOKEN_EVENT),
    Setup("rest", "off"),
    Setup("http", "off", HTTP_1),
    Setup("http", "off", HTTP_SIMPLE),
)

SCOPES = st.frozensets(st.sampled_from("rwxy"), max_size=2)
REQUIREMENTS = st.one_of(st.just(()), st.just(NOBODY), st.lists(SCOPES, min_size=1, max_size=2).map(tuple))
SEGMENTS = st.lists(st.sampled_from(["a", "{x}", "v1.0"]), max_size=3)
TEMPLATES = st.builds(path_template, SEGMENTS, st.sampled_from([[], [], ["{p+}"]]))
VERBS = ["GET", "POST", "DELETE"]
KEYS = st.builds(
    lambda verb, template: f"{verb} {template}", st.sampled_from(["GET", "GET", "POST", "ANY"]), TEMPLATES
)


@st.composite
def tables(draw: st.DrawFn, api_type: str) -> Table:
    """Make a table that an API of this type can have: below one path, REST APIs take one variable."""
    table = draw(st.dictionaries(KEYS, REQUIREMENTS, min_size=2, max_size=6))
    if api_type == "http" and draw(st.booleans()):
        table[DEFAULT] = draw(REQUIREMENTS)
    if api_type == "http":
        return table
    below: dict[str, str] = {}
    return {key: any_of for key, any_of in table.items() if _takes_its_variables(key, below)}


def _takes_its_variables(key: str, below: dict[str, str]) -> bool:
    parts = key.partition(" ")[2].split("/")
    return all(
        below.setdefault("/".join(parts[:depth]), part) == part
        for depth, part in enumerate(parts)
        if part.startswith("{")
    )


@st.composite
def tokens(draw: st.DrawFn, table: Table) -> list[str]:
    """Make tokens with scopes of the table."""
    scopes = sorted({scope for any_of in table.values() for required in any_of for scope in required - NOBODY[0]})
    granted = st.frozensets(st.sampled_from([*scopes, "other"]))
    return [token_of(some) for some in draw(st.lists(granted, min_size=1, max_size=2, unique=True))]


def requests(table: Table) -> list[tuple[str, str]]:
    """Return plain requests: for each route some that it or a route beside it serves, and some for no route."""
    found = {("GET", "/z/z/z/z"): None, ("DELETE", "/"): None}
    for key in table:
        method, _, template = key.partition(" ")
        for path in _paths(template):
            for verb in VERBS if method in {"ANY", DEFAULT} else (method,):
                found[verb, path] = None
    return list(found)


def _paths(template: str) -> Iterator[str]:
    for one, rest in (("z", "z"), ("a", "a/z-1/_~")):
        parts = template.split("/")
        filled = [rest if part.endswith("+}") else one if part.startswith("{") else part for part in parts]
        yield "/".join(filled) or f"/{rest}"


def rounds(table: Table, tokens: list[str], seed: int) -> Iterator[list[Visit]]:
    """Visit everything twice, in random order, now and then without a valid token; then begin anew with a part."""
    order = random.Random(seed)
    asked = requests(table)
    visits = [Visit(verb, path, token) for verb, path in asked for token in tokens]
    visits += [Visit(*order.choice(asked), token) for token in (None, UNKNOWN) for _ in range(3)]
    for walk in (visits, *(order.sample(visits, min(10, len(visits))) for _ in range(2))):
        yield order.sample(walk * 2, 2 * len(walk))


def is_accepted(project: Project) -> bool:
    return not any(finding.severity == "error" for finding in check(project))


class Walking:
    """Walks through projects, and remembers how often `check` accepted them and an answer was kept."""

    def __init__(self, walker: Walker, directory: Path) -> None:
        self._walker = walker
        self._directory = directory
        self.accepted, self.kept = 0, 0

    def load(self, setup: Setup, table: Table) -> tuple[Project, Project]:
        """Return the project with a TTL, and without."""
        return setup.load(table, self._directory, ttl=60), setup.load(table, self._directory, ttl=0)

    def definitions(self, setup: Setup, table: Table) -> tuple[Api, Api]:
        """Return the API with a TTL, and without."""
        with_ttl, without = self.load(setup, table)
        return self._walker.define(with_ttl), self._walker.define(without)

    def steps(
        self, setup: Setup, table: Table, walk: Iterable[Iterable[Visit]], apis: tuple[Api, Api] | None = None
    ) -> list[Step]:
        steps = list(self._walker.walk(setup, table, apis or self.definitions(setup, table), walk))
        self.kept += sum(step.is_kept for step in steps)
        return steps

    def is_accepted(self, setup: Setup, table: Table) -> bool:
        accepted = is_accepted(self.load(setup, table)[0])
        self.accepted += accepted
        return accepted


@pytest.fixture(scope="module")
def walker() -> Iterator[Walker]:
    with Walker() as walker:
        yield walker


@pytest.fixture
def walking(walker: Walker, tmp_path: Path) -> Walking:
    return Walking(walker, tmp_path)


def assert_none(steps: Iterable[Step]) -> None:
    """Show the first few of these steps, if there are any."""
    found = list(map(str, steps))
    assert not found, "\n".join(found[:3])


@pytest.mark.parametrize(
    ("setup", "examples"),
    [*((setup, 16) for setup in BY_TOKEN), *((setup, 8) for setup in BY_ROUTE), *((setup, 4) for setup in WITHOUT)],
    ids=str,
)  # fmt: skip
def test_each_request_ends_as_without_a_cache_where_check_accepts_the_mode(
    walking: Walking, setup: Setup, examples: int
):
    @settings(max_examples=examples)
    @given(data=st.data())
    def walk(data: st.DataObject) -> None:
        table = data.draw(tables(setup.api_type), "table")
        seed = data.draw(st.integers(0, 2**32), "seed")
        steps = walking.steps(setup, table, rounds(table, data.draw(tokens(table), "tokens"), seed))
        if walking.is_accepted(setup, table):
            assert_none(step for step in steps if not step.is_right)
        else:
            assert_none(step for step in steps if step.is_wider)

    walk()
    assert walking.accepted > examples / 5
    assert bool(walking.kept) == (setup.cache != "off")


R, W = (frozenset("r"),), (frozenset("w"),)
EASY: dict[str, Table] = {
    "a route below is cut off": {"GET /a/{x}": R, "GET /a/{x}/b": W},
    "the rest below is cut off": {"GET /a/{x}": R, "GET /a/{x}/b/{p+}": W, "GET /b": (frozenset(),)},
    "the parent is cut off": {"GET /a": W, "GET /a/{x}": R},
    "the root is cut off": {"GET /": W, "GET /{x}": R},
    "ANY beside its verbs": {"ANY /a/{x}": R, "POST /a/{x}": W, "DELETE /a/{x}": ()},
    "one of two sets of scopes": {"GET /a/{x}": (frozenset("rw"), frozenset("x")), "POST /a/{x}": W, "GET /a": R},
    "a public and a closed route beside others": {"GET /a": (), "GET /a/{x}": R, "GET /b/{x}": NOBODY, "GET /b": W},
    "signs": {"GET /a:b/@me": R, "GET /a:b": W, "GET /a+b/{x}": W, "GET /axb/{x}": R},
}  # fmt: skip
HARD: dict[str, tuple[Table, list[str], list[str]]] = {
    "static beside {name}": ({"GET /a/{x}": R, "GET /a/b": W}, ["/a/c", "/a/b", "/a/d"], ["/a/%62", "/a/b/"]),
    "static in the middle": (
        {"GET /{x}/b": R, "GET /a/b": W}, ["/c/b", "/d/b", "/a/b"], ["/c%2Fa/b", "//a/b", "/%61/b"],
    ),
    "deeper, open and closed": (
        {"GET /a/{x}": R, "GET /a/{x}/b": R, "GET /a/{x}/c": W},
        ["/a/d", "/a/d/b", "/a/d/c"], ["/a/d%2Fc", "/a/d//c", "/a/*", "/a/*/c"],
    ),
    "everything below {name+}": (
        {"GET /{p+}": R, "GET /b/c": W}, ["/a", "/b/c", "/c/d"], ["/b/%63", "/b//c", "/b/*", "/*", "/b/c/"],
    ),
    "ANY below a verb": ({"GET /a/{x}": R, "ANY /a/b": W}, ["/a/c", "/a/d", "/a/b"], ["/a/%3F", "/a/*", "/a//b"]),
    "public among the closed": (
        {"GET /a/{x}": R, "GET /a/b": NOBODY, "GET /a/c": ()}, ["/a/d", "/a/e", "/a/b", "/a/c"], ["/a/%62", "/a/?b"],
    ),
}  # fmt: skip
TOKENS = [token_of(frozenset(some)) for some in ("", "r", "rw")]


@pytest.mark.parametrize("setup", [*BY_TOKEN, *BY_ROUTE], ids=str)
def test_each_request_to_tables_that_a_policy_can_say_ends_as_without_a_cache(walking: Walking, setup: Setup):
    for number, (name, table) in enumerate(EASY.items()):
        assert walking.is_accepted(setup, table), name
        assert_none(
            step for step in walking.steps(setup, table, rounds(table, TOKENS, number)) if not step.is_right
        )


@pytest.mark.parametrize("setup", BY_TOKEN, ids=str)
def test_what_is_cut_off_stays_so_where_there_is_no_room_to_deny_each_closed_route(walking: Walking, setup: Setup):
    table = EASY["a route below is cut off"]
    large = {**table, **{f"GET /closed{number}/{{x}}": NOBODY for number in range(70)}}
    assert walking.is_accepted(setup, large)
    assert_none(step for step in walking.steps(setup, large, rounds(table, TOKENS, 1)) if not step.is_right)


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("setup", BY_TOKEN, ids=str)
def test_what_check_refuses_is_refused_too_often_while_cached_and_never_let_through(
    walking: Walking, setup: Setup, name: str
):
    table, plain, _ = HARD[name]
    assert not walking.is_accepted(setup, table)
    orders = [[Visit("GET", path, token_of(R[0])) for path in order] for order in permutations(plain)]
    steps = walking.steps(setup, table, orders)
    assert_none(step for step in steps if step.is_wider)
    assert any(step.is_narrower for step in steps)


@pytest.mark.parametrize("setup", [*BY_TOKEN, *BY_ROUTE], ids=str)
def test_no_spelling_of_a_path_opens_a_closed_route(walking: Walking, setup: Setup):
    for number, (table, plain, odd) in enumerate(HARD.values()):
        order = random.Random(number)
        visits = [Visit(verb, path, token_of(R[0])) for verb in ("GET", "POST") for path in (*plain, *odd)]
        steps = walking.steps(setup, table, [order.sample(visits, len(visits)) for _ in range(3)])
        assert_none(step for step in steps if step.status == 200 != step.by_the_rules)


def answering(api: Api, resource: Callable[[dict[str, Any]], str]) -> Api:
    """Have the authorizer answer with a policy for this resource, whatever it would say of others."""
    assert api.authorizer is not None
    function = api.authorizer.function

    def answer(event: dict[str, Any]) -> object:
        answered: Any = function.invoke(event)
        for statement in answered["policyDocument"]["Statement"]:
            statement["Resource"] = resource(event)
        return answered

    return with_authorizer(api, function=FakeFunction(answer))


def with_authorizer(api: Api, **changes: Any) -> Api:
    assert api.authorizer is not None
    # Two kinds of API and of authorizer, which mypy cannot tell belong together.
    return replace(api, authorizer=replace(api.authorizer, **changes))  # type: ignore[arg-type]


def literal(api: Api) -> Api:
    return answering(api, lambda event: event.get("routeArn") or event["methodArn"])


def everything(api: Api) -> Api:
    return answering(api, lambda _event: "*")


def without_route_in_key(api: Api) -> Api:
    assert api.authorizer is not None
    return with_authorizer(api, identity_sources=api.authorizer.identity_sources[:1])


WRONG = [
    *((setup, literal, "narrower") for setup in (Setup("rest", "off", TOKEN_EVENT), Setup("http", "off", HTTP_2))),
    *((setup, everything, "wider") for setup in (Setup("rest", "off"), Setup("http", "off", HTTP_1))),
    (Setup("rest", "route"), without_route_in_key, "narrower"),
    (Setup("http", "route", HTTP_SIMPLE), without_route_in_key, "wider"),
]  # fmt: skip


@pytest.mark.parametrize(("setup", "mistake", "what"), WRONG)
@pytest.mark.parametrize("name", ["a route below is cut off", "ANY beside its verbs"])
def test_the_walk_finds_authorizers_that_are_right_only_without_a_cache(
    walking: Walking, setup: Setup, mistake: Callable[[Api], Api], what: str, name: str
):
    table = EASY[name]
    apis = [mistake(api) for api in walking.definitions(setup, table)]
    walk = list(rounds(table, TOKENS, 1))
    steps = walking.steps(setup, table, walk, (with_authorizer(apis[0], ttl=60), apis[1]))
    with pytest.raises(AssertionError, match="kept from"):
        assert_none(step for step in steps if not step.is_right)
    assert any(step.is_wider if what == "wider" else step.is_narrower for step in steps)
    assert all(step.without_cache == step.by_the_rules for step in steps)
