"""The CORS configuration of an HTTP API, through real HTTP."""

from collections.abc import Iterator

import pytest

from apigw_oauth.gateway.api import ApiDefinitionError, LambdaProxy
from apigw_oauth.gateway.http_api.api import Cors, HttpRoute
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from tests.gateway.http_api.http_apis import http_api, http_authorizer, mock_routes
from tests.gateway.running_gateway import Reply, RunningGateway

HERE, ELSEWHERE = "https://app.example.com", "https://evil.example.com"
ANYBODY = Cors(("*",), exposed=("WWW-Authenticate", "*"))
SOME = Cors((HERE, "https://b.example.com"), ("GET", "POST"), ("Authorization", "*"), ("DPoP-Nonce",), 300)
ASKS = ("Access-Control-Request-Method", "POST")


def answers() -> LambdaProxy:
    headers = {
        "Access-Control-Allow-Origin": "https://own.example.com",
        "Access-Control-Max-Age": "1",
        "X-Own": "1",
    }
    answer = {"statusCode": 200, "headers": headers, "body": ""}
    return LambdaProxy(function_from_callable(lambda: lambda _event, _context: answer, name="backend"))


def serving(cors: Cors | None) -> RunningGateway:
    guarded = mock_routes("GET /x", "POST /x", "ANY /any", authorized=True)
    own = HttpRoute("GET /own", authorized=False, integration=answers())
    return RunningGateway(http_api(*guarded, own, authorizer=http_authorizer(), cors=cors))


@pytest.fixture(scope="module")
def some() -> Iterator[RunningGateway]:
    gateway = serving(SOME)
    yield gateway
    gateway.close()


@pytest.fixture(scope="module")
def anybody() -> Iterator[RunningGateway]:
    gateway = serving(ANYBODY)
    yield gateway
    gateway.close()


def cors_headers(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("target", ["/x", "/nowhere"])
def test_a_preflight_request_is_answered_without_route_and_authorizer(some: RunningGateway, target: str):
    reply = some.send("OPTIONS", target, [("Origin", HERE), ASKS])
    assert (reply.status, reply.body) == (204, b"")
    assert cors_headers(reply) == {
        "Access-Control-Allow-Origin": HERE,
        "Access-Control-Allow-Methods": "GET,POST",
        "Access-Control-Allow-Headers": "Authorization,*",
        "Access-Control-Max-Age": "300",
    }
    assert reply.header("Apigw-Requestid")
    assert (some.records[-1].decision, some.records[-1].route) == ("public", None)


def test_a_foreign_origin_is_told_nothing(some: RunningGateway):
    assert cors_headers(some.send("OPTIONS", "/x", [("Origin", ELSEWHERE), ASKS])) == {}
    assert cors_headers(some.send("GET", "/x", [("Origin", ELSEWHERE), ("Authorization", "t")])) == {}


@pytest.mark.parametrize("headers", [[("Origin", HERE)], [ASKS], []], ids=["origin", "method", "neither"])
def test_other_requests_with_options_are_routed(some: RunningGateway, headers: list[tuple[str, str]]):
    assert some.send("OPTIONS", "/x", headers).status == 404


def test_a_route_that_takes_options_takes_preflight_requests_with_its_authorizer(some: RunningGateway):
    assert some.send("OPTIONS", "/any", [("Origin", HERE), ASKS]).status == 401


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [("/x", [("Authorization", "t")], 200), ("/x", [], 401), ("/nowhere", [], 404)],
    ids=["integration", "refusal", "unknown route"],
)
def test_responses_can_be_read_by_the_origins(
    some: RunningGateway, anybody: RunningGateway, target: str, headers: list[tuple[str, str]], status: int
):
    reply = some.send("GET", target, [("Origin", HERE), *headers])
    told = {"Access-Control-Allow-Origin": HERE, "Access-Control-Expose-Headers": "DPoP-Nonce"}
    assert (reply.status, cors_headers(reply)) == (status, told)
    assert cors_headers(some.send("GET", target, headers)) == {}
    reply = anybody.send("GET", target, [("Origin", ELSEWHERE), *headers])
    assert reply.header("Access-Control-Allow-Origin") == "*"
    assert reply.header("Access-Control-Expose-Headers") == "WWW-Authenticate,*"


def test_what_an_integration_says_of_origins_does_not_count(some: RunningGateway):
    assert cors_headers(some.send("GET", "/own", [("Origin", ELSEWHERE)])) == {}
    reply = some.send("GET", "/own", [("Origin", HERE)])
    assert (reply.header("Access-Control-Allow-Origin"), reply.header("X-Own")) == (HERE, "1")


@pytest.mark.parametrize(("origins", "max_age"), [((), 0), (("*",), -1), (("*",), 86401)])
def test_what_api_gateway_would_refuse(origins: tuple[str, ...], max_age: int):
    with pytest.raises(ApiDefinitionError, match="CORS"):
        Cors(origins, max_age=max_age)
