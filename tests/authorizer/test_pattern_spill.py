"""Whether a policy for one route lets requests of another one through."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.pattern_spill import spills
from apigw_oauth.authorizer.route import Route, parse_path
from apigw_oauth.authorizer.routes import RouteTable
from tests.path_templates import path_template


@pytest.mark.parametrize(
    ("allowed", "other", "expected"),
    [
        ("/pets/{id}", "/pets/mine", True),
        ("/pets/{id}", "/pets/{id}/owner", True),
        ("/pets/{id}", "/pets/{id}/{x}", True),
        ("/pets/{id}", "/{proxy+}", True),
        ("/{proxy+}", "/", True),
        ("/{proxy+}", "/pets", True),
        ("/pets/{id}/owner", "/pets/{id}/friends/owner", True),
        ("/pets/{id}", "/pets", False),
        ("/pets/{id}", "/toys/{id}", False),
        ("/pets/{id}", "/pet", False),
        ("/pets/{id}/x", "/pets/{id}/{y}", False),
        ("/a/{p+}", "/{p+}", False),
    ],
)
def test_named_cases(allowed, other, expected):
    assert spills(parse_path(allowed), parse_path(other)) is expected


SEGMENTS = st.lists(st.sampled_from(["a", "b", "{x}"]), max_size=3)
TEMPLATES = st.builds(path_template, SEGMENTS, st.sampled_from([[], ["{p+}"]]))
PATHS = ["/" + "/".join(parts) for depth in range(5) for parts in product("abc", repeat=depth)]


@given(templates=st.sets(TEMPLATES, min_size=2, max_size=5))
def test_no_spill_means_that_a_pattern_reaches_only_its_own_requests(templates):
    routes = RouteTable(Route.parse(f"GET {template}") for template in templates)
    for route in routes:
        pattern = re.compile("/" + ".*".join(map(re.escape, route.pattern.split("*"))))
        others = [one for one in routes if one is not route and spills(route.segments, one.segments)]
        for path in PATHS:
            served_by = routes.match("GET", path)
            if "*" in route.pattern and pattern.fullmatch(path) and served_by not in {None, route}:
                assert served_by in others
