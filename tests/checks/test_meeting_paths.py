"""A path that the pattern of one route and the template of another share."""

from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.policy_resource import matches
from apigw_oauth.authorizer.route import Route, parse_path, to_pattern
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.checks.meeting_paths import meet

SEGMENTS = st.lists(st.sampled_from(["a", "b", "{}"]), max_size=4)
TEMPLATES = st.tuples(SEGMENTS, st.sampled_from([(), ("{+}",)])).map(lambda parts: (*parts[0], *parts[1]))


def template(segments: tuple[str, ...]) -> str:
    names = {"{}": "{n%d}", "{+}": "{n%d+}"}
    return "/" + "/".join(
        names.get(one, one) % number if "{" in one else one for number, one in enumerate(segments)
    )


@given(TEMPLATES, TEMPLATES)
def test_the_path_is_one_of_the_template_and_matched_by_the_pattern(pattern, other):
    meeting = meet(pattern, other)
    if meeting is not None:
        assert RouteTable([Route.parse(f"GET {template(other)}")]).match("GET", f"/{meeting.path}")
        assert matches(to_pattern(pattern), meeting.path)


@given(TEMPLATES, TEMPLATES, st.lists(st.sampled_from("abc"), max_size=6))
def test_where_there_is_a_path_one_is_found(pattern, other, parts):
    path = "/".join(parts)
    served = RouteTable([Route.parse(f"GET {template(other)}")]).match("GET", f"/{path}")
    if served and matches(to_pattern(pattern), path):
        assert meet(pattern, other) is not None


@given(TEMPLATES, TEMPLATES)
def test_a_hidden_path_is_one_of_the_other_template(pattern, other):
    meeting = meet(pattern, other, wide=True)
    if meeting is not None:
        assert "%2F" in meeting.hidden
        assert meeting.hidden.replace("%2F", "/") == meeting.path
        assert RouteTable([Route.parse(f"GET {template(pattern)}")]).match("GET", f"/{meeting.hidden}")


def test_the_default_route_takes_the_root_too():
    assert meet(("{*}",), ()) is not None
    meeting = meet(("{*}",), parse_path("/a/{b}"))
    assert meeting is not None
    assert meeting.path == "a/x"


def test_literals_do_not_meet():
    assert meet(("a",), ("b",)) is None
    assert meet(("a", "{}"), ("a",)) is None
    assert meet(("{}",), ("{}",), wide=True) is None
