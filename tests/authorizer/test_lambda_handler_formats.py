"""The handler with the events of every kind of API: which of its answers each can give."""

import json
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError
from tests.authorizer.lambda_environment import (
    EVENTS,
    INACTIVE,
    VALID,
    Environment,
    environment_for,
    event,
    with_token,
    without_token,
)
from tests.scripted_server import ScriptedServer, answer, hang_up

SAYS_401 = ["token", "request", "websocket"]
SAYS_403_ONLY = ["http-1.0", "http-2.0", "http-2.0-simple"]


def is_refusal(said: dict[str, Any]) -> bool:
    if "isAuthorized" in said:
        return said["isAuthorized"] is False
    return {statement["Effect"] for statement in said["policyDocument"]["Statement"]} == {"Deny"}


@pytest.mark.parametrize("name", EVENTS)
def test_a_good_token_is_allowed(name):
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        handler = environment_for(server.url, name)
        said = handler(with_token(name))
    assert not is_refusal(said)
    assert said["context"]["sub"] == "john"
    assert ("isAuthorized" in said, "policyDocument" in said) == (
        (name == "http-2.0-simple"),
        (name != "http-2.0-simple"),
    )
    assert (handler.logged["reason"], handler.logged["route"]) == ("authorized", EVENTS[name][1])


def test_the_policy_for_a_handshake_names_the_route():
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        said = environment_for(server.url, "websocket")(with_token("websocket"))
    (statement,) = said["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == ["arn:aws:execute-api:us-east-1:123456789012:abcdef123/default/$connect"]


@pytest.mark.parametrize("name", EVENTS)
def test_a_token_without_the_scope_is_refused_and_not_unauthorized(name):
    with ScriptedServer(answer(json.dumps({**VALID, "scopes": []}).encode())) as server:
        said = environment_for(server.url, name)(with_token(name))
    assert is_refusal(said)
    assert "insufficient_scope" in said["context"]["wwwAuthenticate"]


@pytest.mark.parametrize("name", SAYS_401)
@pytest.mark.parametrize("make", [with_token, without_token])
def test_where_a_401_can_be_said_it_is(name, make):
    with ScriptedServer(answer(json.dumps(INACTIVE).encode())) as server:
        with pytest.raises(UnauthorizedError):
            environment_for(server.url, name)(make(name))
        assert is_refusal(environment_for(server.url, name, refusals="dynamic-401")(make(name)))


@pytest.mark.parametrize("name", SAYS_403_ONLY)
@pytest.mark.parametrize("refusals", ["static-401", "dynamic-401"])
@pytest.mark.parametrize("make", [with_token, without_token])
def test_an_http_api_gets_an_answer_for_every_refusal(name, refusals, make):
    with ScriptedServer(answer(json.dumps(INACTIVE).encode())) as server:
        assert is_refusal(environment_for(server.url, name, refusals=refusals)(make(name)))


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("refusals", ["static-401", "dynamic-401"])
def test_an_outage_is_a_500_everywhere(name, refusals):
    with ScriptedServer(hang_up) as server:
        handler = environment_for(server.url, name, refusals=refusals)
        with pytest.raises(AuthorizerFailedError, match="unreachable"):
            handler(with_token(name))


@pytest.mark.parametrize("name", ["http-2.0", "http-2.0-simple"])
def test_tokens_that_were_joined_by_api_gateway_are_several(name):
    sent = event("http_2_0")
    sent["headers"]["authorization"] = "Bearer abc,Bearer def"
    handler = Environment("http://127.0.0.1:1", event=name, routes=[{"route": "POST /lambda", "any_of": [[]]}])
    assert is_refusal(handler(sent))
    assert handler.logged["reason"] == "multiple_tokens"


@pytest.mark.parametrize("name", SAYS_403_ONLY)
def test_the_default_route_stands_for_what_has_no_route_of_its_own(name):
    sent = with_token(name)
    sent["requestContext"] |= {"routeKey": "$default", "resourcePath": "$default"}
    sent |= {"routeKey": "$default", "resource": "$default"}
    routes = [{"route": "GET /other", "any_of": [["other"]]}, {"route": "$default", "any_of": [["profile"]]}]
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        handler = environment_for(server.url, name, routes=routes)
        assert not is_refusal(handler(sent))
        assert handler.logged["route"] == "$default"


@pytest.mark.parametrize("name", EVENTS)
def test_a_route_that_is_not_in_the_table_is_refused(name):
    handler = Environment(
        "http://127.0.0.1:1", event=name, cache="off", routes=[{"route": "GET /else", "public": True}]
    )
    assert is_refusal(handler(with_token(name)))
    assert handler.logged["reason"] == "unknown_route"


@pytest.mark.rule("R64", "R65")
@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize(("said_of_it", "error"), [({**VALID, "scopes": []}, "insufficient_scope"), (VALID, "")])
def test_every_challenge_points_to_the_resource_metadata(name, said_of_it, error):
    url = "https://api.example.com/.well-known/oauth-protected-resource"
    with ScriptedServer(answer(json.dumps(said_of_it).encode())) as server:
        said = environment_for(server.url, name, resource_metadata=url)(with_token(name))
    challenge = said["context"]["wwwAuthenticate"]
    assert challenge.endswith(f'resource_metadata="{url}"')
    assert error in challenge
    assert error == "" or 'scope="profile"' in challenge
