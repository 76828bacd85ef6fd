"""What one answer says about every route of a stage."""

from typing import ClassVar

import pytest

from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import ROOM, StagePolicies, StagePolicy
from tests.authorizer.conftest import STAGE

READ = frozenset({"read"})


def policy(*, opened: list[str], closed: list[str], public: tuple[str, ...] = (), room: int = ROOM) -> StagePolicy:
    """Return what a token with the scope `read` gets."""
    routes = [Route.parse(key, any_of=[["read"]]) for key in opened]
    routes += [Route.parse(key, any_of=[["write"]]) for key in closed]
    routes += [Route.parse(key, public=True) for key in public]
    return StagePolicies(RouteTable(routes), room=room).for_scopes(READ)


def test_every_open_route_is_allowed_and_every_closed_one_denied():
    found = policy(opened=["GET /a", "POST /a"], closed=["GET /b", "PUT /a"])
    assert set(found.allowed) == {"GET/a", "POST/a"}
    assert found.denied == ("GET/b", "PUT/a")
    assert (found.unprintable, found.unprotected, found.fits) == ((), (), True)


def test_any_is_printed_once_for_each_verb_without_a_route_of_its_own():
    found = policy(opened=["ANY /a"], closed=["GET /a"])
    assert set(found.allowed) == {f"{verb}/a" for verb in ("DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")}
    assert found.denied == ("GET/a",)


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        (["GET /pets/{id}"], ["GET /pets/mine"]),  # static beside {name}
        (["GET /{kind}/{id}"], ["GET /pets/{id}"]),  # the same, further left
        (["GET /pets/{all+}"], ["GET /pets/{id}"]),  # {name} before {name+}
        (["GET /{all+}"], ["GET /pets"]),  # under a {name+}
        (["ANY /pets/{id}"], ["GET /pets/mine"]),  # ANY beside a method
        (["$default"], ["GET /pets"]),  # the rest of an HTTP API
    ],
)
def test_a_pattern_that_reaches_a_closed_route_is_not_printed(opened, closed):
    found = policy(opened=opened, closed=closed)
    assert [route.key for route in found.unprintable] == opened
    assert not any(pattern.startswith("GET/") for pattern in found.allowed)


@pytest.mark.parametrize(
    ("opened", "closed", "cuts"),
    [
        ("GET /pets/{id}", "GET /pets/{id}/owner", {"GET/pets/*/*", "GET/pets/*%2F*", "GET/pets/*%2f*"}),
        ("GET /pets/{id}", "GET /pets/{all+}", {"GET/pets/*/*", "GET/pets/*%2F*", "GET/pets/*%2f*"}),
        ("GET /{a}/x", "GET /{a}/{b}/x", {"GET/*/*/x", "GET/*%2F*/x", "GET/*%2f*/x"}),
        ("GET /pets/{id}", "$default", {"GET/pets/*/*", "GET/pets/*%2F*", "GET/pets/*%2f*", "GET/pets/"}),
        ("GET /pets/{id}", "GET /pets", {"GET/pets/"}),
        ("GET /pets/{all+}", "GET /pets", {"GET/pets/", "GET/pets//*", "GET/pets/%2F*", "GET/pets/%2f*"}),
        ("GET /{all+}", "$default", {"GET/", "GET//*"}),
        ("GET /{a}/x", "GET /x", {"GET//x"}),
        ("GET /{all+}", "GET /", {"GET/"}),
    ],
)
def test_what_a_pattern_reaches_beyond_its_own_paths_is_cut_off(opened, closed, cuts):
    found = policy(opened=[opened], closed=[closed])
    assert [route.key for route in found.unprintable] == []
    assert set(found.denied) >= cuts


def test_a_depth_with_open_and_closed_routes_cannot_be_cut_off():
    found = policy(opened=["GET /pets/{id}", "GET /pets/{id}/owner"], closed=["GET /pets/{id}/secrets"])
    assert [route.key for route in found.unprintable] == ["GET /pets/{id}"]
    assert set(found.allowed) == {"GET/pets/*/owner"}
    assert found.protected == {("GET", "GET /pets/{id}/secrets")}


def test_nothing_is_cut_off_where_deeper_routes_are_open():
    found = policy(opened=["GET /pets/{id}", "GET /pets/{id}/owner"], closed=["GET /toys"])
    assert set(found.allowed) == {"GET/pets/*", "GET/pets/*/owner"}
    assert "GET/pets/*/*" not in found.denied
    assert "GET/pets/*/*/owner" in found.denied


def test_paths_beyond_the_table_are_kept_few():
    found = policy(opened=["GET /pets/{id}"], closed=[])
    assert set(found.denied) == {"GET/pets/*/*", "GET/pets/*%2F*", "GET/pets/*%2f*"}


def test_a_closed_route_is_not_denied_where_that_would_take_paths_from_an_open_one():
    found = policy(opened=["GET /pets/mine"], closed=["GET /pets/{id}"])
    assert found.allowed == ("GET/pets/mine",)
    assert [route.key for route in found.unprotected] == ["GET /pets/{id}"]
    assert found.denied == ()


def test_a_static_route_is_denied_though_an_open_variable_would_match_it():
    assert "GET/pets/mine" in policy(opened=["GET /pets/{id}"], closed=["GET /pets/mine"]).denied


def test_verbs_with_nothing_open_are_denied_as_a_whole():
    found = policy(opened=["GET /a"], closed=["POST /a", "POST /b", "POST /"])
    assert "POST/*" in found.denied
    assert "POST/a" not in found.denied


def test_nobody_gets_what_is_public():
    table = RouteTable([Route.parse("GET /a", any_of=[[]]), Route.parse("GET /b", public=True)])
    found = StagePolicies(table).for_scopes(None)
    assert (found.allowed, found.denied) == (("GET/b",), ("GET/a",))


def test_scopes_that_no_route_asks_for_make_no_policy_of_their_own():
    policies = StagePolicies(RouteTable([Route.parse("GET /a", any_of=[["read"]])]))
    assert policies.for_scopes(frozenset({"read", "x"})) is policies.for_scopes(frozenset({"read", "y"}))


def test_not_more_than_some_policies_are_kept():
    scopes = [f"s{number}" for number in range(300)]
    policies = StagePolicies(RouteTable(Route.parse(f"GET /{scope}", any_of=[[scope]]) for scope in scopes))
    for scope in scopes:
        assert policies.for_scopes(frozenset({scope})).allowed == (f"GET/{scope}",)
    assert len(policies._made) <= 256


class TestTooLarge:
    OPEN: ClassVar = [f"GET /pets/{{id}}/p{number}" for number in range(20)]
    CLOSED: ClassVar = [f"GET /toys/t{number}/x{number}" for number in range(20)]

    def test_denies_that_nobody_depends_on_go_first(self):
        closed = ["GET /toys", "POST /a", "PUT /b"]
        large, some, small = (
            policy(opened=["GET /pets/{id}", "GET /a"], closed=closed, room=room) for room in (2000, 700, 300)
        )
        assert [len(found.denied) for found in (large, some, small)] == [6, 3, 0]
        assert [route.key for route in small.unprotected] == closed

    def test_denies_that_a_closed_route_depends_on_do_not(self):
        found = policy(opened=["GET /pets/{id}"], closed=["GET /pets/{id}/x"], room=420)
        assert set(found.denied) == {"GET/pets/*/*", "GET/pets/*%2F*", "GET/pets/*%2f*"}

    def test_a_subtree_that_is_open_as_a_whole_is_folded(self):
        found = policy(opened=self.OPEN, closed=self.CLOSED, room=1000)
        assert found.allowed == ("GET/pets/*",)
        assert len(found.printed) == 20
        assert found.fits

    def test_what_is_folded_does_not_open_its_own_beginning(self):
        found = policy(opened=self.OPEN, closed=[*self.CLOSED, "GET /pets"], room=1000)
        assert found.allowed == ("GET/pets/*",)
        assert set(found.denied) == {"GET/pets/", "GET/pets//*", "GET/pets/%2F*", "GET/pets/%2f*"}

    def test_what_is_folded_below_a_variable_does_not_open_what_is_reached_without_it(self):
        opened = [f"GET /{{tenant}}/r{number}" for number in range(70)]
        found = policy(opened=opened, closed=["GET /{tenant}"])
        assert found.allowed == ("GET/*/*",)
        assert {"GET//*", "GET/*/"} <= set(found.denied)

    def test_a_subtree_with_something_closed_in_it_is_not(self):
        found = policy(opened=self.OPEN, closed=["GET /pets/{id}/secret"], room=1000)
        assert (found.allowed, found.denied, found.printed, found.fits) == ((), (), frozenset(), False)

    def test_then_every_request_is_allowed_literally(self):
        found = policy(opened=self.OPEN, closed=["GET /pets/{id}/secret"], room=1000)
        route = Route.parse("GET /pets/{id}/p1", any_of=[["read"]])
        assert found.literals_for((route,), MethodArn.parse(f"{STAGE}/GET/pets/7/p1")) == ("GET/pets/7/p1",)


class TestLiterals:
    FOUND = policy(opened=["GET /pets/{id}", "GET /a/{x}"], closed=["GET /pets/mine"])

    def literals(self, key: str, path: str) -> tuple[str, ...] | None:
        return self.FOUND.literals_for((Route.parse(key),), MethodArn.parse(f"{STAGE}/GET{path}"))

    def test_a_printed_route_needs_none(self):
        assert self.literals("GET /a/{x}", "/a/7") == ()
        assert self.literals("GET /a/{x}", "/a/%C3%A9") == ()

    def test_an_unprintable_one_is_named_by_its_path(self):
        assert self.literals("GET /pets/{id}", "/pets/7") == ("GET/pets/7",)

    @pytest.mark.parametrize("path", ["/pets/*", "/pets/?", "/pets/%37", "/pets/${x}", "/pets/a:b", "/pets//7", "/pets/é", "/pets/" + "x" * 500])  # fmt: skip
    def test_only_a_plain_path_that_fits_can_be_named(self, path):
        assert self.literals("GET /pets/{id}", path) is None

    @pytest.mark.parametrize("path", ["/a/7%2Fx", "/a/7%2fx", "/a/7/", "/a/7//"])
    def test_what_a_deny_matches_cannot_be_allowed(self, path):
        assert self.literals("GET /a/{x}", path) is None
