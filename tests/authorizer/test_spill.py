"""Onto which routes a pattern spills, class by class."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.merged_nodes import Effort
from apigw_oauth.authorizer.route import parse_path, to_pattern
from apigw_oauth.authorizer.spill import Spill, Spills
from tests.contract.rules import serve
from tests.path_templates import path_template


def spill(template: str, *others: str) -> Spill:
    """Return what the pattern of the template reaches: bit 1 is its own, bits 2, 4, 8 … are the others."""
    segments = [parse_path(one) for one in (template, *others)]
    return Spills({one: 1 << bit for bit, one in enumerate(segments)}, Effort(100_000)).of(segments[0])


@pytest.mark.parametrize(
    ("template", "other"),
    [
        ("/pets/{id}", "/pets/mine"),
        ("/{a}/{b}", "/pets/{b}"),
        ("/{a}/{b}", "/pets/mine"),
        ("/{a}/owner", "/pets/owner"),
        ("/pets/{rest+}", "/pets/{id}"),
        ("/pets/{rest+}", "/pets/mine/too"),
        ("/{rest+}", "/pets"),
        ("/{rest+}", "/pets/{more+}"),
        ("/{a}/{b}", "/pets/{more+}"),
    ],
)
def test_beside_are_routes_that_go_before_it(template, other):
    assert spill(template, other).beside == 2


@pytest.mark.parametrize(
    ("template", "other"),
    [
        ("/pets/mine", "/pets/{id}"),
        ("/pets/{id}", "/toys/mine"),
        ("/pets/{id}", "/{a}/{b}"),
        ("/pets/{id}", "/pets/{rest+}"),
        ("/pets/{id}", "/pets/{id}/owner"),
        ("/pets/{id}", "/pets"),
        ("/pets/{rest+}", "/{rest+}"),
        ("/{a}/owner", "/pets/mine"),
    ],
)
def test_not_beside_are_routes_that_come_later_or_elsewhere(template, other):
    assert spill(template, other).beside == 0


def test_an_http_api_puts_a_template_without_the_rest_before_one_with_it():
    assert spill("/pets/{rest+}", "/{a}/{b}").beside == 2


@pytest.mark.parametrize(
    ("template", "other", "beyond"),
    [
        ("/pets/{id}", "/pets/{id}/owner", (2,)),
        ("/pets/{id}", "/pets/mine/owner", (2,)),
        ("/pets/{id}", "/pets/{rest+}", (2,)),
        ("/pets/{id}", "/{rest+}", (2,)),
        ("/pets/{id}", "/pets/mine", (0,)),
        ("/pets/{id}", "/pets", (0,)),
        ("/{a}/owner", "/{a}/{b}/owner", (2,)),
        ("/{a}/owner", "/{a}/owner/{b}", (2,)),  # /x/owner/owner
        ("/{a}/owner", "/{a}/{b}/friend", (0,)),
        ("/{a}/{b}", "/{a}/{b}/{c}", (2, 2)),
        ("/{a}/x/{b}", "/{a}/{b}/x/y", (2, 2)),
        ("/{a}/x/{b}", "/{a}/y/x/y", (2, 0)),
        ("/pets/{rest+}", "/pets/a/b/c", (0,)),
    ],
)
def test_beyond_are_routes_that_a_star_reaches_with_more_parts(template, other, beyond):
    assert tuple(reached & 2 for reached in spill(template, other).beyond) == beyond


def test_a_template_may_reach_its_own_paths_with_more_parts():
    assert spill("/{a}/b/{rest+}").beyond == (1, 0)


@pytest.mark.parametrize(
    ("template", "other", "without"),
    [
        ("/pets/{id}", "/pets", (2,)),
        ("/pets/{id}", "/{a}", (2,)),
        ("/pets/{rest+}", "/pets", (2,)),
        ("/{a}", "/", (2,)),
        ("/{rest+}", "/", (2,)),
        ("/{a}/b", "/b", (2,)),
        ("/{a}/{b}", "/", (2, 0)),
        ("/a/{b}/{c}", "/a", (2, 0)),
        ("/a/{b}/c", "/a/c", (2,)),
        ("/pets/{id}", "/toys", (0,)),
    ],
)
def test_without_are_routes_that_a_star_reaches_with_no_part(template, other, without):
    assert tuple(reached & 2 for reached in spill(template, other).without) == without


def test_the_rest_of_an_http_api_is_reached_by_whatever_reaches_further():
    default = Spills({parse_path("/pets/{id}"): 1, ("{*}",): 2}, Effort(1000))
    assert default.of(parse_path("/pets/{id}")) == Spill(0, (2,), (2,))
    assert default.of(("{*}",)).beside & 1


def test_a_denied_pattern_takes_paths_also_from_the_root():
    assert spill("/{rest+}", "/").taken_from == 2
    assert spill("/{a}/{b}", "/").taken_from == 0


def test_a_table_too_tangled_to_find_out_counts_as_reaching_everything():
    templates = [path_template([("a", "{x}")[bit] for bit in bits], []) for bits in product((0, 1), repeat=12)]
    bits = {parse_path(template): 1 << (number % 3) for number, template in enumerate(templates)}
    spills = Spills(bits, Effort(100_000))
    found = [spills.of(segments) for segments in bits]
    assert found[-1] == Spill(0b111, (0b111,) * 12, (0b111,) * 12, 0b111)
    assert spills.reached_below(()) == 0b111


def test_without_any_effort_left_everything_counts_as_reached():
    spills = Spills({parse_path("/a/{x}"): 1, parse_path("/b"): 2, ("{*}",): 4}, Effort(0))
    assert spills.of(parse_path("/a/{x}")) == Spill(7, (7,), (7,), 7)
    assert spills.of(parse_path("/b")) == Spill(0, (), ())


SEGMENTS = st.lists(st.sampled_from(["a", "b", "{x}"]), max_size=3)
TEMPLATES = st.builds(path_template, SEGMENTS, st.sampled_from([[], ["{p+}"]]))
PATHS = [list(parts) for depth in range(5) for parts in product(["a", "b", "c"], repeat=depth)]


@given(templates=st.sets(TEMPLATES, min_size=2, max_size=6))
def test_nothing_is_reached_that_is_not_told(templates):
    bits = {segments: 1 << number for number, segments in enumerate({parse_path(one) for one in templates})}
    spills = Spills(bits, Effort(100_000))
    named = {segments: one for one in templates for segments in [parse_path(one)]}
    table = {f"GET {one}": () for one in named.values()}
    for segments, own in bits.items():
        found = spills.of(segments)
        told = own | found.beside | found.root
        for reached in (*found.beyond, *found.without):
            told |= reached
        pattern = re.compile(re.escape(to_pattern(segments)).replace(r"\*", ".*"))
        for parts in PATHS:
            served = serve(table, "GET", parts)
            if served is not None and pattern.fullmatch("/".join(parts)):
                assert bits[parse_path(served.removeprefix("GET "))] & told
