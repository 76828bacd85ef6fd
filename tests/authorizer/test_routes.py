"""Which route a request takes, and what it requires."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InsufficientScopeError, SettingsError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import VERBS, Route
from apigw_oauth.authorizer.routes import RouteTable
from tests.authorizer.conftest import make_request
from tests.path_templates import path_template


def table(*keys: str) -> RouteTable:
    return RouteTable(map(Route.parse, keys))


def matched(routes: RouteTable, method: str, path: str) -> str | None:
    route = routes.match(method, path)
    return route.key if route else None


@pytest.mark.parametrize(
    "key",
    [
        "GET", "GET/pets", "get /pets", "FETCH /pets", "GET pets", "GET /pets/", "GET //pets", "GET /a//b", "GET /{a+}/b",
        "GET /{}", "GET /{a", "GET /a}", "GET /a{b}", "GET /*", "GET /a?b", "GET /${x}", "GET /{a}/{a}", "GET /{a}/{a+}", "GET /a b", "GET /{a:b}", "GET /a;b", "$disconnect", "GET /é", "* /a", "",
        "GET /" + "a" * 300,
    ],
)  # fmt: skip
def test_what_is_not_a_route_is_a_mistake_in_the_settings(key):
    with pytest.raises(SettingsError):
        Route.parse(key)


def test_an_empty_any_of_and_a_scope_that_is_none_are_mistakes():
    with pytest.raises(SettingsError, match="any_of"):
        Route.parse("GET /", any_of=[])
    with pytest.raises(SettingsError, match="'a b'"):
        Route.parse("GET /", any_of=[["a b"]])


def test_two_names_of_a_parameter_are_one_route():
    with pytest.raises(SettingsError, match="are one route"):
        table("GET /pets/{a}", "GET /pets/{b}")


def test_static_goes_before_a_parameter_and_that_before_the_rest():
    routes = table("GET /pets/mine", "GET /pets/{id}", "GET /{proxy+}", "GET /pets/{id}/owner", "GET /")
    assert matched(routes, "GET", "/pets/mine") == "GET /pets/mine"
    assert matched(routes, "GET", "/pets/7") == "GET /pets/{id}"
    assert matched(routes, "GET", "/pets/7/owner") == "GET /pets/{id}/owner"
    assert matched(routes, "GET", "/pets/7/other") == "GET /{proxy+}"
    assert matched(routes, "GET", "/") == "GET /"
    assert matched(routes, "POST", "/pets/7") is None


def test_a_method_goes_before_any():
    routes = table("ANY /x", "GET /x", "ANY /{p+}")
    assert matched(routes, "GET", "/x") == "GET /x"
    assert matched(routes, "PATCH", "/x") == "ANY /x"
    assert routes.verbs(routes.match("PATCH", "/x") or Route.parse("GET /")) == tuple(
        v for v in VERBS if v != "GET"
    )


@pytest.mark.parametrize("method", ["get", "Get", "TRACE", "FOO", "ANY", "*", ""])
def test_any_stands_for_the_methods_of_api_gateway_and_no_others(method):
    routes = table("ANY /x", "ANY /{p+}")
    assert matched(routes, method, "/x") is None
    assert routes.serving(make_request()._replace(method=method, path="/x", route_key=f"{method} /x")) == ()


@pytest.mark.parametrize(
    ("path", "expected"), [("//x", "ANY /x"), ("/x/", "ANY /x"), ("/x//", None), ("/pets//7", None)]
)
def test_slashes_are_read_as_rest_apis_do(path, expected):
    assert matched(table("ANY /x", "GET /pets/{id}"), "GET", path) == expected


@pytest.mark.parametrize("part", ["{}", "{+}", "{id}", "*", "%7B%7D", ""])
def test_no_part_of_a_path_is_taken_for_a_placeholder(part):
    routes = table("GET /a/{id}/b", "GET /c/{rest+}")
    assert (matched(routes, "GET", f"/a/{part}/b") is not None) == bool(part)
    assert matched(routes, "GET", "/{}/x/b") is None


def test_the_route_of_an_event_that_names_its_resource_is_looked_up_by_template():
    routes = table("GET /pets/{id}", "ANY /a/{proxy+}")
    assert [r.key for r in routes.serving(make_request(resource="/pets/{petId}"))] == ["GET /pets/{id}"]
    assert [r.key for r in routes.serving(make_request("PUT", "/a/x", resource="/a/{all+}"))] == [
        "ANY /a/{proxy+}"
    ]
    assert routes.serving(make_request(resource="/pets/{id+}")) == ()
    assert routes.serving(make_request(resource="/pets/7")) == ()
    assert routes.serving(make_request(resource="no path")) == ()


def test_a_trailing_slash_may_be_a_segment_of_a_greedy_route():
    routes = table("GET /a", "GET /{p+}")
    assert {r.key for r in routes.serving(make_request(path="/a/", resource=None))} == {"GET /a", "GET /{p+}"}
    assert [r.key for r in table("GET /a").serving(make_request(path="/a/", resource=None))] == ["GET /a"]


def test_a_closed_route_refuses_everybody():
    with pytest.raises(InsufficientScopeError) as caught:
        Route.closed("GET /").require(AccessToken(scopes=frozenset({"a"})))
    assert caught.value.reason is Reason.CLOSED_ROUTE


def test_an_event_without_a_resource_needs_every_reading_of_its_path():
    routes = table("GET /pets/{id}", "GET /pets/{id}/owner", "GET /pets/mine")
    one = make_request(path="/pets/7", resource=None)
    assert [r.key for r in routes.serving(one)] == ["GET /pets/{id}"]
    two = make_request(path="/pets/7%2Fowner", resource=None)
    assert {r.key for r in routes.serving(two)} == {"GET /pets/{id}", "GET /pets/{id}/owner"}
    spelled = make_request(path="/pets/%6Dine", resource=None)
    assert {r.key for r in routes.serving(spelled)} == {"GET /pets/{id}", "GET /pets/mine"}
    unknown = make_request(path="/pets/7%2Fother", resource=None)
    assert routes.serving(unknown) == ()


def test_all_scopes_of_one_alternative_are_needed():
    route = Route.parse("GET /", any_of=[["a", "b"], ["admin"]])
    route.require(AccessToken(scopes=frozenset({"a", "b", "c"})))
    route.require(AccessToken(scopes=frozenset({"admin"})))
    with pytest.raises(InsufficientScopeError) as caught:
        route.require(AccessToken(scopes=frozenset({"a"})))
    assert caught.value.required_scopes == {"a", "b"}
    assert "lacks the scope b" in str(caught.value)


@given(
    granted=st.frozensets(st.sampled_from("abcd")),
    any_of=st.lists(st.frozensets(st.sampled_from("abcd")), min_size=1),
)
def test_a_route_is_open_exactly_to_those_who_have_one_alternative(granted, any_of):
    assert Route.parse("GET /", any_of=any_of).is_open_to(granted) == any(
        granted >= required for required in any_of
    )


SEGMENT = st.sampled_from(["a", "b", "{x}"])
PATHS = st.builds(path_template, st.lists(SEGMENT, max_size=3), st.sampled_from([[], ["{p+}"]]))


def _fits(template: str, parts: list[str]) -> bool:
    segments = template[1:].split("/") if template != "/" else []
    if segments and segments[-1] == "{p+}":
        return len(parts) >= len(segments) and _fits("/" + "/".join(segments[:-1]), parts[: len(segments) - 1])
    return len(parts) == len(segments) and all(s == p or s[0] == "{" for s, p in zip(segments, parts, strict=True))


@given(templates=st.sets(PATHS, min_size=1), parts=st.lists(st.sampled_from(["a", "b", "c"]), max_size=4))
def test_a_match_is_the_most_specific_of_those_that_fit(templates, parts):
    routes = table(*(f"GET {template}" for template in templates))
    fitting = [template for template in templates if _fits(template, parts)]

    def rank(template: str) -> list[int]:
        return [2 if segment == "{p+}" else segment.count("{") for segment in template[1:].split("/")]

    best = min(fitting, key=rank, default=None)
    assert matched(routes, "GET", "/" + "/".join(parts)) == (f"GET {best}" if best else None)


ASKED = st.tuples(
    st.sampled_from(["GET", "POST", "get", "CONNECT"]),
    st.sampled_from(["/a", "/a/", "/a/b", "/a//b", "/a%2Fb", "/%61", "//a", "/", "/a/b/", "/x" + "x" * 400]),
    st.sampled_from([None, None, "GET /a", "ANY /a", "POST /a", "/a", "/a/b", "$default", "", "GET /a/{x}"]),
)


@given(st.lists(ASKED, min_size=2, max_size=6))
@example([("GET", "/a", None), ("GET", "/a", "/a")])
@example([("GET", "/a", "ANY /a"), ("POST", "/a", "ANY /a")])
@example([("GET", "/a", None), ("POST", "/a", None)])
def test_what_was_asked_before_changes_no_answer(asked):
    keys = ("ANY /a", "POST /a", "GET /a/{x}", "GET /a/{p+}", "POST /{p+}")
    used = table(*keys)
    for method, path, key in asked * 2:
        request = make_request("GET", path)._replace(method=method, route_key=key)
        assert used.serving(request) == table(*keys).serving(request)


def test_paths_that_somebody_makes_up_are_not_remembered_without_end():
    routes = table("GET /{p+}")
    for number in range(1100):
        assert len(routes.serving(make_request("GET", f"/{number}", resource=None))) == 1
    routes.serving(make_request("GET", "/" + "x" * 400, resource=None))
    assert len(routes._serving) <= 1000
    assert max(len(path) for _, path, _ in routes._serving) <= 300


def test_a_path_with_two_readings_takes_a_route_for_each():
    routes = table("GET /a/{x}", "GET /a/{p+}", "GET /{x}")
    for path, expected in [
        ("/a/b", {"GET /a/{x}"}), ("/a%2Fb", {"GET /a/{x}", "GET /{x}"}), ("/a/b/", {"GET /a/{x}", "GET /a/{p+}"}),
        ("/a//b", set()),
    ]:  # fmt: skip
        found = routes.serving(make_request("GET", path, resource=None))
        assert {route.key for route in found} == expected
