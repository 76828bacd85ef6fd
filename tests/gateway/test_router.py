import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.resource_path import ResourcePath
from apigw_oauth.gateway.router import Router
from tests.gateway.fakes import mock_methods


def served(routes: list[str], verb: str, path: str) -> str | None:
    match = Router(mock_methods(*routes), api_id="a").match(verb, path)
    return match.route if match else None


def test_static_before_variable_before_greedy() -> None:
    routes = ["GET /{proxy+}", "GET /pets/{id}", "GET /pets/mine", "GET /pets/{rest+}"]
    assert served(routes, "GET", "/pets/mine") == "GET /pets/mine"
    assert served(routes, "GET", "/pets/7") == "GET /pets/{id}"
    assert served(routes, "GET", "/pets/7/8") == "GET /pets/{rest+}"
    assert served(routes, "GET", "/other") == "GET /{proxy+}"


def test_the_leftmost_difference_decides() -> None:
    routes = ["GET /{x}/b", "GET /a/{y}"]
    assert served(routes, "GET", "/a/b") == "GET /a/{y}"


def test_the_verb_itself_before_any_but_only_on_the_same_resource() -> None:
    routes = ["ANY /a", "GET /a", "GET /{x}"]
    assert served(routes, "GET", "/a") == "GET /a"
    assert served(routes, "HEAD", "/a") == "ANY /a"
    assert served(["ANY /a", "GET /{x}"], "GET", "/a") == "ANY /a"


def test_a_resource_without_the_verb_does_not_hide_the_next_one() -> None:
    # The measurements of floci-io/floci#3399 and ministackorg/ministack#1423 on AWS.
    users = ["GET /users/{userId}", "PATCH /users/me"]
    assert served(users, "GET", "/users/me") == "GET /users/{userId}"
    assert served(users, "PATCH", "/users/me") == "PATCH /users/me"
    assert served(users, "POST", "/users/me") is None
    assert served(["GET /things/real", "POST /things/{proxy+}"], "POST", "/things/real") == "POST /things/{proxy+}"
    jobs = ["ANY /{proxy+}", "GET /jobs/{operation_type}", "OPTIONS /cors_only"]
    assert served(jobs, "GET", "/jobs/reboot") == "GET /jobs/{operation_type}"
    for verb, path in (("GET", "/jobs"), ("POST", "/jobs"), ("POST", "/jobs/reboot"), ("GET", "/cors_only")):
        assert served(jobs, verb, path) == "ANY /{proxy+}"


@pytest.mark.parametrize(
    "verb", ["delete", "Delete", "get", "ANY", "any", "FOO", "TRACE", "CONNECT", "PROPFIND", "", "DELETE "]
)
def test_any_stands_for_the_verbs_of_api_gateway_in_capitals_only(verb: str) -> None:
    assert served(["DELETE /x", "ANY /x", "ANY /{proxy+}"], verb, "/x") is None


def test_nothing_serves_head_or_options_by_itself() -> None:
    assert served(["GET /a"], "HEAD", "/a") is None
    assert served(["GET /a"], "OPTIONS", "/a") is None


def test_a_resource_keeps_its_identifier_whatever_its_variables_are_called() -> None:
    router = Router(mock_methods("GET /p/{a}", "POST /p/{b}", "GET /q"), api_id="a")
    first, second, third = router.match("GET", "/p/1"), router.match("POST", "/p/1"), router.match("GET", "/q")
    assert first
    assert second
    assert third
    assert first.resource_id == second.resource_id != third.resource_id
    assert (first.path_parameters, second.path_parameters) == ({"a": "1"}, {"b": "1"})


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
PATHS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=4).map(lambda parts: "/" + "/".join(parts))


def naive(routes: list[tuple[str, str]], verb: str, path: str) -> str | None:
    """Read the rules literally: at each part static, then variable, then greedy; go back when it ends nowhere."""
    trimmed = path.rstrip("/")
    parts = trimmed.split("/")[1:] if trimmed else []

    def walk(prefix: str, rest: list[str]) -> str | None:
        if not rest:
            template = prefix or "/"
            return next((f"{v} {template}" for v in (verb, "ANY") if (v, template) in routes), None)
        tries = [(rest[0], rest[1:]), ("{x}", rest[1:])] if rest[0] else []
        for step, remaining in [*tries, ("{y+}", [])]:
            if step == "{y+}" and not any(rest):
                continue
            if found := walk(f"{prefix}/{step}", remaining):
                return found
        return None

    return walk("", parts)


@settings(deadline=None)
@given(ROUTES, st.sampled_from(["GET", "POST", "PUT"]), PATHS)
def test_it_agrees_with_a_literal_reading_of_the_rules(
    routes: list[tuple[str, str]], verb: str, path: str
) -> None:
    path = "/" + path.lstrip("/")
    assert served([f"{method} {template}" for method, template in routes], verb, path) == naive(routes, verb, path)
