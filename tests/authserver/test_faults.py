"""The switch that makes endpoints fail."""

import asyncio
import time
from typing import Any

import httpx2
import pytest

from apigw_oauth.authserver.api_calls import Parameters
from apigw_oauth.authserver.fault_injection import FaultInjection
from apigw_oauth.authserver.faults import Faults
from tests.authserver.servers import API_SECRET, Running
from tests.authserver.standard_flow import introspected, own_token

SERVICE_TOKEN = "service-token-of-the-tests"


def switch(server: Running, **wanted: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}"}
    return server.http.post("/dev/faults", json=wanted, headers=headers)


def ask(server: Running) -> httpx2.Response:
    return server.http.post("/introspect", data={"token": "x"}, auth=(server.key, API_SECRET))


def test_nothing_is_switched_on_at_start(shared):
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}"}
    assert shared.http.get("/dev/faults", headers=headers).json() == {"faults": {}}


def test_a_failure_has_a_status_and_says_when_to_come_back(server):
    told = switch(server, endpoint="introspect", fault="fail", status=429, seconds=7).json()
    assert told == {"faults": {"introspect": {"fault": "fail", "status": 429, "seconds": 7, "times": None}}}
    for _ in range(2):
        answer = ask(server)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
        assert answer.json()["resultCode"] == "DEV302"
    assert switch(server, endpoint="introspect", fault="none").json() == {"faults": {}}
    assert ask(server).json() == {"active": False}


def test_a_fault_may_be_for_a_number_of_requests(server):
    switch(server, endpoint="introspect", fault="fail", times=2)
    assert [ask(server).status_code for _ in range(3)] == [503, 503, 200]


def test_garbage_is_not_json(server):
    switch(server, endpoint="introspect", fault="garbage")
    answer = ask(server)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r".+"):
        answer.json()


def test_whoever_hangs_up_says_nothing(server, capfd):
    switch(server, endpoint="introspect", fault="hang_up", times=1)
    with pytest.raises(httpx2.TransportError):
        ask(server)
    assert ask(server).status_code == 200
    assert capfd.readouterr().err == ""


def test_a_slow_answer_is_the_usual_one():
    waited: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        waited.append(time.monotonic())

    async def unused(*_: Any) -> Any:
        raise AssertionError

    faults = Faults()
    faults.switch(Parameters({"endpoint": "jwks", "fault": "slow", "seconds": 0}, form=False))
    asyncio.run(FaultInjection(app, faults)({"type": "http", "path": "/jwks"}, unused, unused))
    assert len(waited) == 1


@pytest.mark.parametrize(
    ("endpoint", "paths"),
    [
        ("authlete", ["/api/auth/introspection", "/api/{key}/auth/introspection"]),
        ("token", ["/token", "/api/auth/token/direct/{key}"]),
        ("introspect", ["/introspect"]),
        ("revoke", ["/revoke", "/api/auth/revocation/direct/{key}"]),
        ("authorize", ["/authorize", "/authorize/decision", "/api/auth/authorization/direct/{key}"]),
        ("jwks", ["/jwks", "/api/service/jwks/get/direct/{key}"]),
        ("metadata", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]),
    ],
)
def test_each_endpoint_has_a_name(server, endpoint, paths):
    switch(server, endpoint=endpoint, fault="fail", status=418)
    for path in paths:
        assert server.http.get(path.format(key=server.key)).status_code == 418
    others = {"/introspect", "/revoke", "/jwks", "/token", "/authorize"} - set(paths)
    assert [path for path in others if server.http.get(path).status_code == 418] == []


def test_tokens_can_be_made_while_the_api_fails(server):
    switch(server, endpoint="authlete", fault="fail")
    assert server.create()["action"] == "OK"
    assert introspected(server, own_token(server)["access_token"])["active"]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ({"endpoint": "all", "fault": "fail"}, "endpoint"),
        ({"fault": "fail"}, "endpoint"),
        ({"endpoint": "jwks"}, "fault"),
        ({"endpoint": "jwks", "fault": "explode"}, "fault"),
        ({"endpoint": "jwks", "fault": "fail", "status": 200}, "status"),
        ({"endpoint": "jwks", "fault": "slow", "seconds": 301}, "seconds"),
        ({"endpoint": "jwks", "fault": "fail", "times": 0}, "times"),
        ({"endpoint": "jwks", "fault": "fail", "times": "2"}, "times"),
    ],
)
def test_what_cannot_be_switched(server, wanted, name):
    answer = switch(server, **wanted)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")
    assert f"'{name}'" in answer.json()["resultMessage"]
    assert server.http.get("/jwks").status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "A001202"),
        ({"Authorization": "Bearer wrong"}, "A003204"),
        ({"Authorization": f"Basic {SERVICE_TOKEN}"}, "A001203"),
    ],
)
def test_nobody_else_may_switch(shared, headers, code):
    answer = shared.http.post("/dev/faults", json={"endpoint": "jwks", "fault": "fail"}, headers=headers)
    assert (answer.status_code, answer.json()["resultCode"]) == (401, code)
    assert shared.http.get("/jwks").status_code == 200
