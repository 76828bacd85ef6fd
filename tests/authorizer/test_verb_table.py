"""The routes of one verb."""

from apigw_oauth.authorizer.merged_nodes import Effort
from apigw_oauth.authorizer.route import VERBS, Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verb_table import VerbTable, is_open, verb_tables


def test_verbs_with_the_same_routes_share_one_table():
    tables = verb_tables(RouteTable(map(Route.parse, ["ANY /a", "ANY /b/{x}", "GET /c"])))
    assert sorted(table.verbs for table in tables) == [tuple(verb for verb in VERBS if verb != "GET"), ("GET",)]


def test_a_verb_without_a_route_has_none():
    assert [table.verbs for table in verb_tables(RouteTable([Route.parse("GET /a")]))] == [("GET",)]


def test_a_handshake_belongs_to_no_verb():
    assert verb_tables(RouteTable([Route.parse("$connect")])) == ()


def test_routes_that_require_the_same_are_open_together():
    table = VerbTable(
        ("GET",),
        [Route.parse("GET /a", any_of=[["x"], ["y"]]), Route.parse("GET /b", any_of=[["y"], ["x"]])],
        Effort(1000),
    )
    assert table.print(frozenset({"x"})).allowed == ("a", "b")
    assert table.print(frozenset()).denied == ("*",)


def test_a_closed_route_is_open_to_nobody():
    assert not is_open(Route.closed("GET /a"), frozenset({"x"}))
    assert not is_open(Route.parse("GET /a", any_of=[[]]), None)
    assert is_open(Route.parse("GET /a", any_of=[[]]), frozenset())
    assert is_open(Route.parse("GET /a", public=True), None)


def test_what_is_folded_says_only_what_is_needed():
    table = VerbTable(
        ("GET",), [Route.parse("GET /a/b"), Route.parse("GET /a/c"), Route.closed("GET /d")], Effort(1000)
    )
    printed = table.print(frozenset(), folded=True)
    assert (printed.allowed, printed.needed, printed.denied, printed.spare) == (("a/*",), (), (), ())
    assert [route.key for route in printed.unprotected] == ["GET /d"]


def test_many_denies_of_odd_slashes_become_a_few_coarser_ones():
    table = VerbTable(("GET",), [Route.parse("GET /a/{x}/{y}/{z+}"), Route.closed("GET /a/a/a")], Effort(1000))
    printed = table.print(frozenset())
    assert printed.allowed == ("a/*/*/*",)
    assert printed.needed == ("/*", "*//*", "*/", "%2F*", "%2f*", "*/%2F*", "*/%2f*")


def test_a_deny_of_the_root_stays_among_the_coarser_ones():
    routes = [Route.parse(f"GET {path}") for path in ("/{p+}", "/{a}/{p+}", "/{a}/{b}/{p+}")]
    table = VerbTable(("GET",), [*routes, Route.closed("GET /")], Effort(1000))
    printed = table.print(frozenset())
    assert printed.allowed == ("*", "*/*", "*/*/*")
    assert printed.needed[:2] == ("", "/*")
