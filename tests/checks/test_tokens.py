from apigw_oauth.authorizer.route import Route
from apigw_oauth.checks.tokens import described, telling_scopes


def test_none_all_each_and_pairs():
    routes = [
        Route.parse("GET /a", any_of=[["a"], ["b", "c"]]),
        Route.parse("GET /d", any_of=[["d"]]),
        Route.closed("GET /e"),
    ]
    assert [sorted(some) for some in telling_scopes(routes)] == [
        [], ["a", "b", "c", "d"], ["a"], ["b", "c"], ["d"], ["a", "b", "c"], ["a", "d"], ["b", "c", "d"],
    ]  # fmt: skip


def test_no_pairs_where_they_are_many():
    routes = [Route.parse(f"GET /{number}", any_of=[[f"{number}"]]) for number in range(13)]
    assert len(list(telling_scopes(routes))) == 15


def test_a_token_is_named_by_its_scopes():
    assert described(frozenset({"b", "a"})) == "a token with a b"
    assert described(frozenset()) == "a token without scopes"
