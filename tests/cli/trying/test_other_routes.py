"""Sample paths."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.cli.trying.other_routes import OtherRoutes, RouteOutcome, sample_paths
from apigw_oauth.cli.trying.recorder import Repeater
from apigw_oauth.cli.trying.trial_gateway import TrialGateway
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.resource_path import ResourcePath
from tests.gateway.fakes import answer, api, mock_methods, request_authorizer

SEGMENTS = st.lists(st.sampled_from(["pets", "{id}", "a1", "1"]), max_size=4, unique=True)


@given(SEGMENTS, st.booleans())
def test_a_sample_path_is_one_of_its_template(segments: list[str], greedy: bool):
    template = "/" + "/".join([*segments, *(["{rest+}"] if greedy else [])])
    for path in sample_paths(template):
        assert ResourcePath.parse(template).match(path) is not None
        assert "{" not in path


def walk(*keys: str) -> dict[str, RouteOutcome]:
    guarded = api(*mock_methods(*keys, authorized=True), authorizer=request_authorizer())
    path = keys[0].partition(" ")[2].replace("{id}", "a1")
    request = GatewayRequest("GET", f"/dev{path}", (("Authorization", "Bearer abcd"),))

    async def outcomes() -> list[RouteOutcome]:
        gateway = TrialGateway(guarded, Repeater(answer()), seconds=60)
        await gateway.send(request)
        return await OtherRoutes(guarded, gateway, request, route=None, authorizer=None).outcomes()

    return {one.route: one for one in asyncio.run(outcomes())}


def test_a_sample_gives_way_to_a_static_route():
    seen = walk("GET /pets/{id}", "GET /pets/1", "ANY /pets/{id}", "POST /{proxy+}")
    assert {key: one.path for key, one in seen.items()} == {
        "GET /pets/{id}": "GET /pets/a1",
        "GET /pets/1": "GET /pets/1",
        "ANY /pets/{id}": "POST /pets/1",
        "POST /{proxy+}": "POST /1/1",
    }
    assert {one.cached for one in seen.values()} == {"allow"}


def test_a_route_that_no_request_takes():
    statics = [f"GET /{sample}" for sample in ("1", "a1", "x-2", "zz9")]
    assert walk("GET /{id}", *statics)["GET /{id}"] == RouteOutcome("GET /{id}", "", "no path", None, None)


@pytest.mark.parametrize(
    ("cached", "fresh", "differs"), [(200, 200, False), (403, 200, True), (200, 403, True), (None, 403, False)]
)
def test_a_row_differs_where_the_cache_says_otherwise(cached: int | None, fresh: int, differs: bool):
    assert RouteOutcome("GET /x", "GET /x", "allow", cached, fresh).differs is differs
