"""Which template serves a path."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.path_tree import PathTree
from apigw_oauth.authorizer.route import parse_path
from tests.contract.rules import serve
from tests.path_templates import path_template


def tree(*templates: str) -> PathTree[str]:
    return PathTree({parse_path(template): template for template in templates})


def find(templates: PathTree[str], *parts: str) -> str | None:
    return templates.find(parts, lambda template: template)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), "/"),
        (("pets",), "/pets"),
        (("pets", "mine"), "/pets/mine"),
        (("pets", "7"), "/pets/{id}"),
        (("pets", "7", "owner"), "/pets/{id}/owner"),
        (("pets", "mine", "owner"), "/pets/{id}/owner"),
        (("pets", "7", "friends"), "/{all+}"),
        (("pets", "7", "owner", "x"), "/{all+}"),
        (("{}",), "/{all+}"),
        (("{",), "/{all+}"),
        (("",), None),
        (("pets", ""), "/{all+}"),
    ],
)
def test_static_text_goes_before_a_variable_and_that_before_the_rest(parts, expected):
    templates = tree("/", "/pets", "/pets/{id}", "/pets/mine", "/pets/{id}/owner", "/{all+}")
    assert find(templates, *parts) == expected
    assert find(templates, *parts) == expected  # the states are there now


def test_a_value_that_is_refused_does_not_end_the_search():
    templates = tree("/a", "/{x}", "/{all+}")
    assert templates.find(("a",), lambda template: None if template == "/a" else template) == "/{x}"
    assert templates.find(("a",), lambda _template: None) is None


def test_a_part_is_looked_at_once_however_many_templates_begin_alike():
    looks = 0

    class Counting(str):
        __slots__ = ()

        def __hash__(self) -> int:
            nonlocal looks
            looks += 1
            return str.__hash__(self)

        def __eq__(self, other: object) -> bool:
            return str.__eq__(self, other)

    templates = tree(
        *(path_template([("a", "{x}")[bit] for bit in bits], []) for bits in product((0, 1), repeat=8))
    )
    path = [Counting("a")] * 7 + [Counting("b")]
    assert find(templates, *path) == path_template(["a"] * 7 + ["{x}"], [])
    looks = 0
    find(templates, *path)
    assert looks <= 2 * len(path)


def test_the_states_of_a_tangled_table_are_forgotten_before_they_are_too_many():
    numbers = range(200)
    templates = tree(*(f"/a{number}/{{y}}" for number in numbers), *(f"/{{x}}/b{number}" for number in numbers))
    for one, two in product(numbers, repeat=2):
        assert find(templates, f"a{one}", f"b{two}") == f"/a{one}/{{y}}"
    assert templates._size <= 201_000


def test_a_client_cannot_make_states_by_odd_paths():
    templates = tree(*("/" + "/".join([f"a{number}"] * number + ["{all+}"]) for number in range(60)), "/{all+}")
    for parts in product(["", "a59", "x"], repeat=6):
        find(templates, "a59", *parts)
    assert templates._size < 5_000


SEGMENTS = st.lists(st.sampled_from(["a", "b", "{x}"]), max_size=3)
TEMPLATES = st.builds(path_template, SEGMENTS, st.sampled_from([[], ["{p+}"]]))


@given(templates=st.sets(TEMPLATES, max_size=8), parts=st.lists(st.sampled_from(["a", "b", "c"]), max_size=5))
def test_it_finds_what_a_direct_reading_finds(templates, parts):
    shapes = {parse_path(template): template for template in templates}
    found = PathTree(shapes).find(parts, lambda template: template)
    expected = serve({f"GET {template}": () for template in shapes.values()}, "GET", parts)
    assert (found and f"GET {found}") == expected
