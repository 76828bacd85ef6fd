from apigw_oauth.authorizer.route import Route
from apigw_oauth.checks.tokens import described, telling_scopes


def test_none_all_each_and_all_but_one():
    routes = [
        Route.parse("GET /a", any_of=[["a"], ["b", "c"]]),
        Route.parse("GET /d", any_of=[["d"]]),
        Route.closed("GET /e"),
    ]
    assert ["".join(sorted(some)) for some in telling_scopes(routes)] == [
        "", "abcd", "a", "bc", "d", "bcd", "acd", "abd", "abc",
    ]  # fmt: skip


def pairs(*keys: str) -> set[str]:
    """Make routes of these keys, each with a scope of its own, and many more."""
    routes = [Route.parse(key, any_of=["abcdef"[number]]) for number, key in enumerate(keys)]
    routes += [Route.parse(f"GET /more/{number}", any_of=[[f"{number}"]]) for number in range(20)]
    return {"".join(sorted(some)) for some in telling_scopes(routes) if len(some) == 2}


def test_pairs_where_a_pattern_may_reach_another_route():
    assert pairs("GET /a/{x}", "GET /a/{x}/b", "GET /a/b/c", "POST /b/{x}", "GET /d") == {"ab", "ac", "bc"}
    assert pairs("GET /a/b/{x}", "GET /a/{x}/b/c") == {"ab"}


def test_a_variable_at_the_beginning_makes_a_pair_with_every_route():
    assert len(pairs("GET /{x}/a", "GET /a")) == 1 + 20


def test_routes_that_nobody_may_take_and_tables_without_scopes():
    assert list(telling_scopes([Route.closed("GET /a")])) == [frozenset()]
    assert list(telling_scopes([Route.parse("GET /a/{x}"), Route.parse("GET /b", public=True)])) == [frozenset()]


def test_a_token_is_named_by_its_scopes():
    assert described(frozenset({"b", "a"})) == "a token with a b"
    assert described(frozenset()) == "a token without scopes"
