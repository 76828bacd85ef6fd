import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.http_api.http_router import HttpRouter
from apigw_oauth.gateway.resource_path import ResourcePath
from tests.gateway.http_api.http_apis import mock_routes


def served(routes: list[str], verb: str, path: str) -> str | None:
    match = HttpRouter(mock_routes(*routes)).match(verb, path)
    return match.route.route_key if match else None


# The example in "Create routes for HTTP APIs in API Gateway".
DOCUMENTED = ["$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"]


@pytest.mark.parametrize(
    ("verb", "path", "route"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("POST", "/", "$default"),
    ],
)
def test_the_documented_example(verb: str, path: str, route: str) -> None:
    assert served(DOCUMENTED, verb, path) == route


def test_a_full_match_comes_before_a_greedy_variable_although_its_text_differs_further_left() -> None:
    assert served(["GET /a/{rest+}", "GET /{x}/b"], "GET", "/a/b") == "GET /{x}/b"


def test_the_verb_itself_before_any_but_only_on_the_same_path() -> None:
    assert served(["ANY /a", "GET /a", "GET /{x}"], "GET", "/a") == "GET /a"
    assert served(["ANY /a", "GET /a", "GET /{x}"], "PUT", "/a") == "ANY /a"
    assert served(["ANY /a", "GET /{x}"], "GET", "/a") == "ANY /a"


def test_a_path_without_a_route_for_the_verb_does_not_hide_the_next_one() -> None:
    assert served(["POST /a", "GET /{x}"], "GET", "/a") == "GET /{x}"
    assert served(["POST /a", "$default"], "GET", "/a") == "$default"
    assert served(["POST /a"], "GET", "/a") is None


def test_a_greedy_variable_needs_a_part() -> None:
    assert served(["GET /a/{rest+}"], "GET", "/a") is None
    assert served(["GET /{rest+}"], "GET", "/") is None


@pytest.mark.parametrize("verb", ["get", "Delete", "ANY", "TRACE", "CONNECT", "", "GET "])
def test_other_verbs_are_served_by_nothing(verb: str) -> None:
    assert served(["ANY /x", "ANY /{proxy+}", "$default"], verb, "/x") is None


@pytest.mark.parametrize("verb", ["HEAD", "OPTIONS", "DELETE"])
def test_a_preflight_is_routed_like_any_verb(verb: str) -> None:
    assert served(["GET /x", "ANY /y"], verb, "/x") is None
    assert served(["GET /x", "ANY /y"], verb, "/y") == "ANY /y"


def test_path_parameters_and_slashes() -> None:
    router = HttpRouter(mock_routes("GET /a/{id}/{rest+}", "$default"))
    match = router.match("GET", "/a/1/b/c d//e/")
    assert match
    assert match.path_parameters == {"id": "1", "rest": "b/c d//e"}
    assert served(["GET /x"], "GET", "/x/") == "GET /x"
    assert served(["GET /x/{a}"], "GET", "/x//") is None
    assert served(["GET /x/y"], "GET", "/x//y") is None
    literal = HttpRouter(mock_routes("GET /a/{id}")).match("GET", "/a/{}")
    assert literal
    assert literal.path_parameters == {"id": "{}"}


SEGMENTS = st.sampled_from(["a", "b", "{x}", "{y+}"])
TEMPLATES = (
    st.lists(SEGMENTS, max_size=3)
    .filter(lambda parts: "{y+}" not in parts[:-1] and parts.count("{x}") <= 1)
    .map(lambda parts: "/" + "/".join(parts))
)
ROUTES = st.lists(
    st.tuples(st.sampled_from(["GET", "POST", "ANY"]), TEMPLATES),
    unique_by=lambda route: (route[0], ResourcePath.parse(route[1]).shape),
)
PATHS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=4).map(lambda parts: "/" + "/".join(parts))


def naive(routes: list[tuple[str, str]], verb: str, path: str) -> str | None:
    """Read the rules literally: full matches from left to right, then the same with a greedy variable at the end."""
    parts = [part for part in path.split("/") if part]

    def walk(prefix: str, rest: list[str], *, greedy: bool) -> str | None:
        if greedy and rest:
            below = next((found for step in (rest[0], "{x}")
                          if (found := walk(f"{prefix}/{step}", rest[1:], greedy=True))), None)  # fmt: skip
            return below or key(f"{prefix}/{{y+}}")
        if not rest:
            return None if greedy else key(prefix or "/")
        return next((found for step in (rest[0], "{x}")
                     if (found := walk(f"{prefix}/{step}", rest[1:], greedy=False))), None)  # fmt: skip

    def key(template: str) -> str | None:
        return next((f"{v} {template}" for v in (verb, "ANY") if (v, template) in routes), None)

    return walk("", parts, greedy=False) or walk("", parts, greedy=True)


@settings(deadline=None)
@given(ROUTES, st.sampled_from(["GET", "POST", "PUT"]), PATHS, st.booleans())
def test_it_agrees_with_a_literal_reading_of_the_rules(
    routes: list[tuple[str, str]], verb: str, path: str, default: bool
) -> None:
    keys = [f"{method} {template}" for method, template in routes] + (["$default"] if default else [])
    assert served(keys, verb, path) == (naive(routes, verb, path) or ("$default" if default else None))
