from typing import Any

import pytest

from apigw_oauth.gateway.api import ApiDefinitionError, HttpProxy, Mock
from apigw_oauth.gateway.http_api.api import HttpApi, HttpRoute
from tests.gateway.http_api.http_apis import HEADER, http_api, http_authorizer, mock_routes


def test_an_api_without_identifier_gets_one_that_stays() -> None:
    assert HttpApi("a").api_id == HttpApi("a", stage="prod").api_id != HttpApi("b").api_id
    assert len(HttpApi("a").api_id) == 10
    assert HttpApi("a").stage == "$default"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "route key"),
        ("default", "route key"),
        ("get /x", "route key"),
        ("GET", "does not begin with /"),
        ("GET  /x", "does not begin with /"),
        ("CONNECT /x", "route key"),
        ("/x", "route key"),
        ("GET x", "does not begin with /"),
        ("GET /x/", "neither plain text"),
        ("GET /{a+}/b", "greedy"),
        ("GET /{a}/{a}", "twice"),
        ("ANY /a b", "neither plain text"),
    ],
)
def test_a_route_key_that_api_gateway_would_refuse(key: str, message: str) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        HttpRoute(key, authorized=False, integration=Mock(""))


@pytest.mark.parametrize(
    "keys",
    [
        ("GET /a", "GET /a"),
        ("GET /p/{a}", "GET /p/{b}"),
        ("ANY /{a+}", "ANY /{b+}"),
        ("$default", "$default"),
    ],
)
def test_a_route_exists_once(keys: tuple[str, str]) -> None:
    with pytest.raises(ApiDefinitionError, match="are one route"):
        http_api(*mock_routes(*keys))


def test_routes_that_look_alike_may_stand_together() -> None:
    http_api(*mock_routes("GET /a", "POST /a", "ANY /a", "GET /{a}", "GET /{a+}", "GET /", "$default"))


def test_an_authorized_route_needs_an_authorizer() -> None:
    with pytest.raises(ApiDefinitionError, match="GET /a is authorized, but the API has no authorizer"):
        http_api(*mock_routes("GET /a", authorized=True))


@pytest.mark.parametrize("stage", ["", "a/b", "a b", "default$", "ä", "x" * 129])
def test_a_stage_is_the_default_one_or_has_a_plain_name(stage: str) -> None:
    with pytest.raises(ApiDefinitionError, match="stage"):
        http_api(stage=stage)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"payload_format": "3.0"}, "neither 1.0 nor 2.0"),
        ({"payload_format": "1.0", "simple": True}, "simple responses need payload format 2.0"),
        ({"ttl": -1}, "TTL"),
        ({"ttl": 3601}, "TTL"),
        ({"ttl": 1, "sources": ()}, "needs an identity source"),
        ({"sources": ("method.request.header.Authorization",)}, "identity source"),
        ({"sources": ("$request.header.",)}, "identity source"),
        ({"sources": ("$request.header.a b",)}, "identity source"),
        ({"sources": ("$request.path.id",)}, "identity source"),
        ({"sources": ("$request.body.x",)}, "identity source"),
        ({"sources": ("$context.resourceId",)}, "context variables are"),
        ({"sources": ("$context.authorizer.x",)}, "context variables are"),
        ({"sources": ("context.routeKey",)}, "identity source"),
    ],
)
def test_an_authorizer_that_api_gateway_would_refuse(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        http_authorizer(**changed)


def test_authorizers_that_it_would_not() -> None:
    http_authorizer(sources=(), ttl=0)
    http_authorizer(simple=True, ttl=3600)
    context = ("routeKey", "httpMethod", "path", "stage", "requestId", "identity.sourceIp")
    more = ("$request.querystring.a b", "$stageVariables.v", *(f"$context.{name}" for name in context))
    http_authorizer(sources=(*HEADER, *more), payload_format="1.0", ttl=1)


def test_an_http_integration_names_path_parameters_of_its_route() -> None:
    HttpRoute("GET /p/{id}", authorized=False, integration=HttpProxy("http://h/{id}"))
    for key in ("GET /p", "$default"):
        with pytest.raises(ApiDefinitionError, match=r"\{id\} of the integration URL is not in the path"):
            HttpRoute(key, authorized=False, integration=HttpProxy("http://h/{id}"))


def test_the_arn_of_a_request() -> None:
    arn = "arn:aws:execute-api:eu-west-1:123456789012:lsw1ro4ipb/"
    assert http_api().arn("POST", "/lambda") == f"{arn}$default/POST/lambda"
    assert http_api(stage="dev").arn("GET", "/") == f"{arn}dev/GET/"
