"""What the authorizer says of a caller reaches the functions behind each type of API, and `caller` reads it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from apigw_oauth.backend import NotAuthorizedError, caller
from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method, RestApi
from apigw_oauth.gateway.http_api.api import HttpRoute
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable
from tests.authorizer.lambda_environment import VALID, environment_for
from tests.gateway.fakes import FakeFunction
from tests.gateway.http_api.http_apis import http_api, http_authorizer
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.websocket_api.websocket_apis import RunningWebSocketGateway, guarded, route
from tests.scripted_server import ScriptedServer, answer

HEADER = ("Authorization", "Bearer r4Nd0m")
# Good for long, since the gateway has the time of day.
OF_USER = {**VALID, "expiresAt": 4_000_000_000_000}
OF_CLIENT = {**OF_USER, "subject": None}


@pytest.fixture(params=[OF_USER, OF_CLIENT], ids=["user", "client"])
def said(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the authorization server says of the token."""
    told: dict[str, Any] = request.param
    return told


@pytest.fixture
def authserver(said: dict[str, Any]) -> Iterator[ScriptedServer]:
    with ScriptedServer(answer(json.dumps(said).encode())) as server:
        yield server


def authorizer(server: ScriptedServer, event: str, route_key: str) -> Function:
    routes = [{"route": route_key, "any_of": [["profile"]]}]
    environment = environment_for(server.url, event, routes=routes, context=["sub", "client_id", "scope"])
    return function_from_callable(lambda: lambda event, _context: environment(event), name="authorizer")


def assert_called(event: dict[str, Any], said: dict[str, Any]) -> None:
    who = caller(event)
    subject = said["subject"]
    assert (who.principal_id, who.subject, who.client_id) == (subject or "5", subject, "5")
    assert who.is_client == (subject is None)
    assert who.scopes == {"profile"}


@pytest.mark.parametrize("event", ["token", "request"])
def test_behind_a_rest_api(authserver: ScriptedServer, said: dict[str, Any], event: str):
    function = FakeFunction(lambda _: {"statusCode": 200})
    definition = Authorizer(
        type="TOKEN" if event == "token" else "REQUEST",
        identity_sources=("method.request.header.Authorization",),
        identity_validation=None,
        ttl=0,
        function=authorizer(authserver, event, "GET /x"),
    )
    methods = (Method("GET", "/x", True, LambdaProxy(function)),)
    running = RunningGateway(RestApi("demo", "dev", methods, definition, {}))
    try:
        assert running.send("GET", "/dev/x", [HEADER]).status == 200
    finally:
        running.close()
    assert_called(function.events[0], said)


@pytest.mark.parametrize("event", ["http-1.0", "http-2.0", "http-2.0-simple"])
def test_behind_an_http_api(authserver: ScriptedServer, said: dict[str, Any], event: str):
    function = FakeFunction(lambda _: {"statusCode": 200})
    definition = http_authorizer(
        authorizer(authserver, event, "GET /x"), payload_format=event[5:8], simple=event == "http-2.0-simple"
    )
    backend = LambdaProxy(function)
    routes = (HttpRoute("GET /x", True, backend), HttpRoute("GET /open", False, backend))
    running = RunningGateway(http_api(*routes, authorizer=definition))
    try:
        assert [running.send("GET", path, [HEADER]).status for path in ("/x", "/open")] == [200, 200]
    finally:
        running.close()
    authorized, public = function.events
    assert_called(authorized, said)
    with pytest.raises(NotAuthorizedError):
        caller(public)


def test_behind_a_websocket_api(authserver: ScriptedServer, said: dict[str, Any]):
    events: list[dict[str, Any]] = []

    def remember(event: dict[str, Any]) -> object:
        events.append(event)
        return {"statusCode": 200}

    routes = (
        route("$connect", remember, authorized=True),
        route("hello", remember),
        route("$default", remember),
        route("$disconnect", remember),
    )
    running = RunningWebSocketGateway(guarded(authorizer(authserver, "websocket", "$connect"), *routes))
    try:
        with running.client(HEADER) as client:
            client.send('{"action": "hello"}')
            client.send("anything")
            running.record("MESSAGE", 2)
        running.record("DISCONNECT")
    finally:
        running.close()
    keys = [event["requestContext"]["routeKey"] for event in events]
    assert keys == ["$connect", "hello", "$default", "$disconnect"]
    for event in events:
        assert_called(event, said)
