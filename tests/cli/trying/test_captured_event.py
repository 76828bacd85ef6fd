"""Events as captured from AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.cli.trying import captured_event
from tests.cli.trying.attempts import PETS, TOKEN, attempt, outcomes, rows, write_project

ARN = "arn:aws-cn:execute-api:cn-north-1:999999999999:puhdx84jy9/prod/GET/pets/7"
TOKEN_EVENT = {"type": "TOKEN", "methodArn": ARN, "authorizationToken": "Bearer capturedLongAgo"}
REQUEST_EVENT = {
    "type": "REQUEST", "methodArn": ARN, "resource": "/pets/{id}", "path": "/pets/7", "httpMethod": "GET",
    "headers": {"AUTHORIZATION": "Bearer capturedLongAgo", "X-A": "1"},
    "multiValueHeaders": {"AUTHORIZATION": ["Bearer capturedLongAgo"], "X-A": ["0", "1"]},
    "queryStringParameters": {"q": "a b"}, "multiValueQueryStringParameters": {"q": ["a b"]},
    "requestContext": {"resourceId": "w567jh"},
}  # fmt: skip
HTTP_EVENT = {
    "version": "2.0", "type": "REQUEST", "routeArn": ARN.replace("/prod/", "/$default/"), "routeKey": "GET /pets/{id}",
    "identitySource": ["Bearer capturedLongAgo", "GET /pets/{id}"], "rawPath": "/pets/a ü", "rawQueryString": "x=1",
    "headers": {"authorization": "Bearer capturedLongAgo"}, "requestContext": {"http": {"method": "GET"}},
}  # fmt: skip
CONNECT_EVENT = {
    "type": "REQUEST", "methodArn": ARN.replace("GET/pets/7", "$connect"),
    "headers": {"Authorization": "Bearer capturedLongAgo"}, "requestContext": {"routeKey": "$connect", "eventType": "CONNECT"},
}  # fmt: skip


def file(directory: Path, event: Any) -> Path:
    path = directory / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event))
    return path


def test_a_token_event_is_answered_for_the_api_it_was_captured_from(tmp_path: Path, authlete: Any):
    project = write_project(tmp_path, authlete().url, PETS, event="token", cache="token")
    told = attempt(project, event=file(tmp_path, TOKEN_EVENT))
    assert told["event"]["methodArn"] == ARN
    assert told["answer"]["passes"]
    resources = told["answer"]["policy"]["Statement"][0]["Resource"]
    assert all(one.startswith(ARN.partition("GET")[0]) for one in resources)
    assert rows(told)["POST /pets/{id}"]["cached"] == "refuse"
    assert "capturedLongAgo" not in json.dumps(told)


def test_a_request_event_goes_to_the_authorizer_as_it_is(tmp_path: Path, pets: Path):
    told = attempt(pets, event=file(tmp_path, REQUEST_EVENT))
    assert told["event"]["requestContext"] == {"resourceId": "w567jh"}
    assert told["request"] == {"method": "GET", "path": "/pets/7?q=a+b"}
    assert told["answer"]["passes"]
    assert rows(told)["POST /pets/{id}"]["fresh_status"] == 403


def test_the_token_of_a_captured_event_can_be_replaced(tmp_path: Path, authlete: Any):
    server = authlete()
    project = write_project(tmp_path, server.url, PETS)
    attempt(project, event=file(tmp_path, REQUEST_EVENT), token=TOKEN)
    assert TOKEN.encode() in server.requests[0]
    assert b"capturedLongAgo" not in server.requests[0]


@pytest.mark.parametrize("event", [TOKEN_EVENT, REQUEST_EVENT, HTTP_EVENT, CONNECT_EVENT])
def test_no_old_token_is_left_where_it_is_replaced(tmp_path: Path, event: dict[str, Any]):
    replaced = captured_event.read(file(tmp_path, event)).with_token(TOKEN)
    assert TOKEN in json.dumps(replaced.content)
    assert "capturedLongAgo" not in json.dumps(replaced.content)


def test_an_event_without_headers_gets_a_token_all_the_same(tmp_path: Path):
    event = {**REQUEST_EVENT, "headers": None, "multiValueHeaders": None}
    replaced = captured_event.read(file(tmp_path, event)).with_token(TOKEN)
    assert replaced.headers("Authorization") == (("Authorization", f"Bearer {TOKEN}"),)


def test_an_event_of_an_http_api_is_read_decoded(tmp_path: Path, authlete: Any):
    project = write_project(tmp_path, authlete().url, PETS, api='type = "http"')
    told = attempt(project, event=file(tmp_path, HTTP_EVENT))
    assert told["request"]["path"] == "/pets/a%20%C3%BC?x=1"
    assert told["answer"]["passes"]


def test_an_event_of_a_handshake(tmp_path: Path, authlete: Any):
    routes = {"$connect": {"scopes": ["pets:read"]}}
    project = write_project(tmp_path, authlete().url, routes, api='type = "websocket"')
    told = attempt(project, event=file(tmp_path, CONNECT_EVENT))
    assert (told["answer"]["status"], told["route"]["key"]) == (101, "$connect")


def test_a_route_that_only_aws_has_is_asked_about(tmp_path: Path, pets: Path):
    event = {**REQUEST_EVENT, "resource": "/new", "path": "/new", "methodArn": ARN.replace("pets/7", "new")}
    told = attempt(pets, event=file(tmp_path, event))
    assert (told["answer"]["reason"], told["answer"]["status"]) == ("unknown_route", 403)
    assert '"GET /new" = ' in told["advice"]


def test_a_route_that_is_public_here_was_asked_about_there(tmp_path: Path, pets: Path):
    event = {**REQUEST_EVENT, "resource": "/open", "path": "/open", "methodArn": ARN.replace("pets/7", "open")}
    assert attempt(pets, event=file(tmp_path, event))["answer"]["reason"] == "public_route"


def test_the_route_that_the_event_names_is_told_and_not_the_one_that_would_serve_it_here(
    tmp_path: Path, authlete: Any
):
    project = write_project(tmp_path, authlete().url, {"ANY /{all+}": {"scopes": ["pets:read"]}})
    event = {
        **REQUEST_EVENT,
        "resource": "/new/{id}",
        "path": "/new/7",
        "methodArn": ARN.replace("pets/7", "new/7"),
    }
    told = attempt(project, event=file(tmp_path, event))
    assert (told["answer"]["reason"], told["route"]) == ("unknown_route", None)
    assert '"GET /new/{id}" = ' in told["advice"]


def test_the_names_of_variables_do_not_make_another_route(tmp_path: Path, pets: Path):
    event = {**REQUEST_EVENT, "resource": "/pets/{petId}"}
    assert attempt(pets, event=file(tmp_path, event))["route"]["key"] == "GET /pets/{id}"


def test_a_path_beside_a_greedy_variable_of_another_name_is_asked_about(tmp_path: Path, authlete: Any):
    project = write_project(
        tmp_path, authlete().url, {"ANY /{all+}": {"scopes": []}}, event="token", cache="token"
    )
    event = {**TOKEN_EVENT, "methodArn": ARN.replace("pets/7", "")}
    assert attempt(project, event=file(tmp_path, event))["answer"]["reason"] == "unknown_route"


def test_a_stage_that_no_api_can_have_is_no_trouble(tmp_path: Path, pets: Path):
    event = {**REQUEST_EVENT, "methodArn": ARN.replace("/prod/", "/a.b/")}
    assert attempt(pets, event=file(tmp_path, event))["asked"]


def test_a_handshake_that_is_public_here_was_asked_about_there(tmp_path: Path, authlete: Any):
    project = write_project(tmp_path, authlete().url, {"$connect": "public"}, api='type = "websocket"')
    assert attempt(project, event=file(tmp_path, CONNECT_EVENT))["answer"]["reason"] == "public_route"


@pytest.mark.parametrize("event", [REQUEST_EVENT, {**TOKEN_EVENT, "authorizationToken": ""}])
def test_an_event_without_the_header_of_a_token_authorizer_is_asked_about(
    tmp_path: Path, authlete: Any, event: dict[str, Any]
):
    sources = ["method.request.header.X-Mine"]
    authorizer: dict[str, Any] = {"event": "token", "cache": "token", "identity_sources": sources}
    project = write_project(tmp_path, authlete().url, PETS, **authorizer)
    assert attempt(project, event=file(tmp_path, event))["asked"]


def test_a_request_that_no_gateway_would_ask_about_is_told(tmp_path: Path, pets: Path):
    project = write_project(pets, "http://127.0.0.1:1", PETS, api='type = "http"')
    with pytest.raises(WrongUsageError, match="would not ask about such a request: the path is no path"):
        attempt(project, event=file(tmp_path, {**HTTP_EVENT, "rawPath": "no slash"}))


def test_an_event_without_the_identity_source_was_asked_about_all_the_same(tmp_path: Path, pets: Path):
    event = {**REQUEST_EVENT, "headers": {}, "multiValueHeaders": {}}
    told = attempt(pets, event=file(tmp_path, event))
    assert (told["answer"]["reason"], told["asked"]) == ("missing_token", True)


def test_an_event_of_another_kind_is_a_500_with_the_mend(tmp_path: Path, pets: Path):
    told = attempt(pets, event=file(tmp_path, TOKEN_EVENT))
    assert (told["answer"]["reason"], told["answer"]["status"]) == ("unknown_event", 500)
    assert outcomes(told)["the event is of the kind that the settings name"] == "failed"
    assert "the other way round" in told["advice"]
    assert told["notices"] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"), ("[]", "is not a JSON object"), ({}, "neither methodArn nor routeArn"),
        ({"methodArn": "arn:aws:s3:::bucket"}, "execute-api"), ({"methodArn": 7}, "neither"),
        ({**REQUEST_EVENT, "headers": ["Authorization"]}, "headers is not an object"),
        ("[" * 100_000, "is not JSON"), ({**REQUEST_EVENT, "path": "\ud800"}, "surrogate"),
        ({"methodArn": ARN.replace("/GET/", "/BREW/")}, "BREW, which API Gateway does not have"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_event(tmp_path: Path, content: Any, message: str):
    with pytest.raises(WrongUsageError, match=message):
        captured_event.read(file(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(WrongUsageError, match="No such file"):
        captured_event.read(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["POST"], "METHOD"), (["GET", "/pets/8"], "PATH"), (["GET", "/pets/7", "X: 1"], "--header"),
    ],
)  # fmt: skip
def test_a_command_line_that_contradicts_the_event(tmp_path: Path, pets: Path, arguments: list[str], message: str):
    with pytest.raises(WrongUsageError, match=message):
        attempt(pets, *arguments, event=file(tmp_path, REQUEST_EVENT))


def test_a_command_line_that_agrees_with_the_event(tmp_path: Path, pets: Path):
    assert attempt(pets, "GET", "/pets/7", event=file(tmp_path, REQUEST_EVENT))["answer"]["passes"]
