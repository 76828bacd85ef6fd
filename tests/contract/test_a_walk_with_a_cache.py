"""A client walks through an API over HTTP: each request ends as it would without the authorizer's cache.

Whatever the type of API, the event, the cache mode, the routes, the tokens and the order of requests, as long as
`check` accepts the project. Where it does not, a cached answer may refuse what is open, and never the reverse.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.checks.checks import check
from apigw_oauth.project import Project
from tests.contract.rules import Table
from tests.contract.walk_setup import NOBODY, Setup, Visit, token_of
from tests.contract.walk_tables import EASY, HARD, R, rounds, tables, tokens
from tests.contract.walking import Api, Step, Walker
from tests.gateway.fakes import FakeFunction
from tests.untraced import untraced

# These are examples by the thousand of what the tests of each part have covered: traced, they take twice as long.
pytestmark = pytest.mark.untraced

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
    with ExitStack() as stack:
        with untraced():
            walker = stack.enter_context(Walker())
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
