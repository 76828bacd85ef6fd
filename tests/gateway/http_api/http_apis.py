"""HTTP APIs and requests to them, for tests."""

from collections.abc import Sequence
from typing import Any

from apigw_oauth.gateway.api import Mock
from apigw_oauth.gateway.http_api.api import HttpApi, HttpAuthorizer, HttpRoute
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.http_api.http_router import HttpRouter
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.lambda_runtime import Function
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer
from tests.gateway.rest_requests import IDS
from tests.gateway.running_gateway import Reply, RunningGateway

HEADER = ("$request.header.Authorization",)
NOW = 1_718_639_559.080


def mock_routes(*route_keys: str, authorized: bool = False) -> tuple[HttpRoute, ...]:
    """Return routes that answer with their own route keys."""
    return tuple(HttpRoute(key, authorized, Mock(f'"{key}"')) for key in route_keys)


def http_api(*routes: HttpRoute, authorizer: HttpAuthorizer | None = None, **more: Any) -> HttpApi:
    values: dict[str, Any] = {"name": "demo", "api_id": "lsw1ro4ipb", "region": "eu-west-1"}
    return HttpApi(routes=routes, authorizer=authorizer, **{**values, **more})


def http_authorizer(
    function: Function | None = None,
    *,
    sources: tuple[str, ...] = HEADER,
    ttl: int = 0,
    payload_format: Any = "2.0",
    simple: bool = False,
) -> HttpAuthorizer:
    return HttpAuthorizer(sources, ttl, payload_format, simple, function or FakeFunction(lambda _: answer()))


def http_request(
    target: str = "/x",
    headers: Sequence[tuple[str, str]] = (("Host", "127.0.0.1:8080"),),
    *,
    route: str = "GET /x",
    api: HttpApi | None = None,
    verb: str | None = None,
    **wire: Any,
) -> HttpRequest:
    """Return a routed request."""
    definition = api or http_api(*mock_routes(route))
    used = verb or route.partition(" ")[0]
    request = GatewayRequest(used, target, tuple(headers), **{"source_ip": "15.248.3.126", "port": 8080, **wire})
    received = HttpRequest.receive(definition, request, IDS, NOW)
    match = HttpRouter(definition.routes).match(received.verb, received.target.path)
    assert match
    received.route_to(match)
    return received


def guarded(
    serve: Serve,
    function: Function,
    *,
    stage: str = "$default",
    limit: float = 10.0,
    clock: Any = None,
    **how: Any,
) -> RunningGateway:
    """Serve GET /x, GET /y and GET /pets/{id} behind an authorizer, and GET /open beside it."""
    routes = mock_routes("GET /x", "GET /y", "GET /pets/{id}", authorized=True)
    authorizer = http_authorizer(function, **how)
    api = http_api(*routes, *mock_routes("GET /open"), authorizer=authorizer, stage=stage)
    return serve(api, authorizer_limit=limit, **({"clock": clock} if clock else {}))


def assert_error(reply: Reply, status: int, message: str) -> None:
    assert (reply.status, reply.body) == (status, f'{{"message":"{message}"}}'.encode())
    assert reply.header("Content-Type") == "application/json"
    assert reply.header("Content-Length") == str(len(reply.body))
    assert (reply.header("apigw-requestid") or "").endswith("=")
    for absent in ("WWW-Authenticate", "x-amzn-ErrorType", "x-amzn-RequestId", "X-Amzn-Trace-Id"):
        assert reply.header(absent) is None


def assert_unauthorized(reply: Reply) -> None:
    assert_error(reply, 401, "Unauthorized")


def assert_forbidden(reply: Reply) -> None:
    assert_error(reply, 403, "Forbidden")


def assert_internal_error(reply: Reply) -> None:
    assert_error(reply, 500, "Internal Server Error")
