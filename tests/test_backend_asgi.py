"""ASGI applications behind API Gateway: through Mangum, or through the Lambda Web Adapter."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import pytest
from mangum import Mangum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from apigw_oauth.backend import Caller, CallerMiddleware, NotAuthorizedError
from apigw_oauth.gateway.api import LambdaProxy, Method
from apigw_oauth.gateway.http_api.api import HttpRoute
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable
from tests.gateway.fakes import FakeFunction, answer, api, request_authorizer
from tests.gateway.http_api.http_apis import http_api, http_authorizer
from tests.gateway.running_gateway import RunningGateway

TOLD = {"wwwAuthenticate": "Bearer", "sub": "john", "client_id": "demo", "scope": "a"}
IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "backend"}
HEADER = b"x-amzn-request-context"


async def who(request: Request) -> JSONResponse:
    found: Caller | None = request.state.caller
    assert request.scope["apigw_oauth.caller"] is found
    return JSONResponse({"path": request.url.path, "who": found and found.principal_id})


def backend(loops: list[asyncio.AbstractEventLoop]) -> Function:
    """Return a function as its author writes it, but for the file, and for the loop that Mangum would leave open."""

    def start() -> Callable[[dict[str, Any], object], object]:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])
        application = Starlette(routes=[Route("/{path:path}", who, methods=["GET", "POST"])])
        handler: Callable[..., object] = Mangum(CallerMiddleware(application, public=["/open"]), lifespan="off")
        return handler

    return function_from_callable(start, name="backend", timeout=10)


@pytest.fixture(scope="module", params=["rest", "http"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    loops: list[asyncio.AbstractEventLoop] = []
    proxy, authorizer = (
        LambdaProxy(backend(loops)),
        FakeFunction(lambda _: {**answer(context=TOLD), "principalId": "john"}),
    )
    guarded = {"/pets": True, "/open": False, "/around": False}
    if request.param == "rest":
        methods = [Method("GET", path, authorized=known, integration=proxy) for path, known in guarded.items()]
        running = RunningGateway(api(*methods, authorizer=request_authorizer(authorizer)))
    else:
        routes = [HttpRoute(f"GET {path}", authorized=known, integration=proxy) for path, known in guarded.items()]
        running = RunningGateway(http_api(*routes, authorizer=http_authorizer(authorizer), stage="dev"))
    yield running
    running.close()
    for loop in loops:
        loop.close()


def test_through_mangum_the_application_knows_its_caller(gateway: RunningGateway):
    reply = gateway.send("GET", "/dev/pets", [("Authorization", "t")])
    assert (reply.status, reply.json["who"]) == (200, "john")


@pytest.mark.rule("I5")
def test_a_request_around_the_authorizer_is_refused_even_if_it_claims_a_context(gateway: RunningGateway):
    claimed = json.dumps({"authorizer": {"principalId": "admin", **TOLD}, "http": {}})
    reply = gateway.send("GET", "/dev/around", [("X-Amzn-Request-Context", claimed)])
    assert (reply.status, reply.json) == (403, {"message": "Forbidden"})


def ask(
    scope: Mapping[str, Any], *, app: Callable[..., Any] | None = None, **options: Any
) -> tuple[list[MutableMapping[str, Any]], list[Mapping[str, Any]]]:
    """Send one scope through the middleware; return what it sends, and what reaches the application."""
    sent: list[MutableMapping[str, Any]] = []
    reached: list[Mapping[str, Any]] = []

    async def application(inner: Mapping[str, Any], _receive: object, _send: object) -> None:
        reached.append(inner)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": f"{scope['type']}.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    middleware = CallerMiddleware(app or application, **options)
    asyncio.run(middleware({"path": "/pets", "headers": [], **scope}, receive, send))
    return sent, reached


def by_adapter(context: object, *more: object) -> dict[str, Any]:
    values = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (context, *more)]
    return {"type": "http", "headers": [(HEADER, value) for value in values]}


REST = {"authorizer": {"principalId": "john", **TOLD}, "resourceId": "x"}
HTTP_1_0 = {"authorizer": TOLD}
HTTP_2_0 = {"authorizer": {"lambda": TOLD}, "http": {"path": "/pets"}}


@pytest.mark.parametrize("context", [REST, HTTP_1_0, HTTP_2_0], ids=["rest", "http 1.0", "http 2.0"])
def test_through_the_web_adapter_the_application_knows_its_caller(context: Mapping[str, Any]):
    (reached,) = ask(by_adapter(context), web_adapter=True, environ=IN_LAMBDA)[1]
    found = reached["apigw_oauth.caller"]
    assert (found.principal_id, found.scopes, reached["state"]["caller"]) == ("john", {"a"}, found)


@pytest.mark.rule("I5")
@pytest.mark.parametrize(
    ("scope", "options"),
    [
        (by_adapter(REST), {}),
        (by_adapter(REST), {"environ": IN_LAMBDA}),
        (by_adapter(REST), {"web_adapter": True, "environ": {}}),
        (by_adapter(REST, REST), {"web_adapter": True, "environ": IN_LAMBDA}),
        (by_adapter(b"{"), {"web_adapter": True, "environ": IN_LAMBDA}),
        (by_adapter(b"\xff"), {"web_adapter": True, "environ": IN_LAMBDA}),
        (by_adapter(b"[" * 100_000), {"web_adapter": True, "environ": IN_LAMBDA}),
        (by_adapter([REST]), {"web_adapter": True, "environ": IN_LAMBDA}),
        (by_adapter({"authorizer": None}), {"web_adapter": True, "environ": IN_LAMBDA}),
        ({**by_adapter(REST), "aws.event": {}}, {"web_adapter": True, "environ": IN_LAMBDA}),
        ({"type": "http", "aws.event": ["requestContext"]}, {}),
        ({"type": "http"}, {"web_adapter": True, "environ": IN_LAMBDA}),
    ],
)
def test_what_may_be_the_clients_own_word_is_not_believed(scope: Mapping[str, Any], options: Mapping[str, Any]):
    sent, reached = ask(scope, **options)
    assert reached == []
    assert (sent[0]["status"], json.loads(sent[1]["body"])) == (403, {"message": "Forbidden"})
    assert dict(sent[0]["headers"])[b"content-length"] == str(len(sent[1]["body"])).encode()


@pytest.mark.parametrize(
    ("path", "open_to_all"),
    [
        ("/health", True), ("/health/", False), ("/healthy", False), ("/docs/a", True), ("/docs/a/b", True),
        ("/docs/", True), ("/docs", False), ("/docs/../pets", False), ("/docs/.", False), ("/a/docs/b", False), ("", False),
    ],
)  # fmt: skip
def test_public_paths_need_no_caller(path: str, open_to_all: bool):
    _, reached = ask({"type": "http", "path": path}, public=["/health", "/docs/*"])
    assert [one["apigw_oauth.caller"] for one in reached] == [None] * open_to_all


@pytest.mark.parametrize(
    ("root_path", "path", "open_to_all"),
    [
        ("/v1", "/v1/health", True), ("/v1", "/health", True), ("/v1", "/v1/pets", False), ("/v1", "/v1/v1/health", False),
        ("/docs", "/docs/pets", False), ("/docs", "/docs/docs/a", True), ("/docs", "/docs", False), ("", "/docs/a", True),
        ("/hea", "/health", True), (None, "/health", True),
    ],
)  # fmt: skip
def test_public_paths_begin_where_the_application_is_mounted(root_path: str | None, path: str, open_to_all: bool):
    _, reached = ask({"type": "http", "root_path": root_path, "path": path}, public=["/health", "/docs/*"])
    assert len(reached) == open_to_all


def test_a_mounted_application_is_asked_about_the_paths_that_are_its_own():
    inner = Starlette(routes=[Route("/{path:path}", who)])
    app = Starlette(routes=[Mount("/docs", CallerMiddleware(inner, public=["/docs/*"]))])
    for path, status in {"/docs/pets": 403, "/docs/docs/pets": 200}.items():
        sent: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any], sent: list[MutableMapping[str, Any]] = sent) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [],
            "query_string": b"",
            "root_path": "",
        }
        asyncio.run(app(scope, asyncio.Queue[MutableMapping[str, Any]]().get, send))
        assert sent[0]["status"] == status


def test_a_public_path_learns_of_a_caller_that_is_known():
    event = {"requestContext": REST}
    (reached,) = ask({"type": "http", "path": "/open", "aws.event": event}, public=["/open"])[1]
    assert reached["apigw_oauth.caller"].principal_id == "john"


def test_the_state_of_the_lifespan_stays_and_is_not_changed():
    state = {"pool": "p"}
    (reached,) = ask({"type": "http", "state": state, "aws.event": {"requestContext": REST}})[1]
    assert (reached["state"]["pool"], state) == ("p", {"pool": "p"})


def test_the_applications_own_life_passes():
    (reached,) = ask({"type": "lifespan"})[1]
    assert reached["type"] == "lifespan"
    assert "apigw_oauth.caller" not in reached


def test_what_is_neither_a_request_nor_a_websocket_does_not_reach_the_application():
    with pytest.raises(NotAuthorizedError, match="neither a request nor a WebSocket"):
        ask({"type": "webtransport", "aws.event": {"requestContext": REST}})


def test_a_websocket_without_a_caller_is_closed_before_it_opens():
    sent, reached = ask({"type": "websocket"})
    assert (sent, reached) == ([{"type": "websocket.close", "code": 1008, "reason": ""}], [])
    (reached_one,) = ask({"type": "websocket", "aws.event": {"requestContext": REST}})[1]
    assert reached_one["apigw_oauth.caller"].principal_id == "john"
