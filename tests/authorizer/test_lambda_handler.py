"""The handler as Lambda calls it: settings in, events in, answers out, lines in the log."""

import json

import pytest

from apigw_oauth.authorizer import lambda_handler
from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from tests.authorizer.conftest import recorded
from tests.authorizer.lambda_environment import SECRET, TOKEN, VALID, Environment, event, settings
from tests.scripted_server import ScriptedServer, answer


def test_a_good_token_is_allowed_on_its_route_until_it_ends():
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        environment = Environment(server.url)
        said = environment(event())
        environment.handler(event(), None)
    arn = "arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/POST/lambda-request"
    assert said == {
        "principalId": "john",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": [arn],
                    "Condition": {"DateLessThanIfExists": {"aws:CurrentTime": "2023-11-14T22:15:00Z"}},
                }
            ],
        },
        "context": {
            "wwwAuthenticate": 'Bearer error="invalid_token", error_description="The access token expired."',
            "sub": "john",
            "scope": "profile",
        },
    }
    assert json.loads(environment.lines[1]) == {
        "level": "info", "effect": "Allow", "reason": "authorized", "route": "POST /lambda-request", "method": "POST",
        "client_id": "5", "sub": "john", "token_sha256_8": environment.logged["token_sha256_8"],
        "ms": json.loads(environment.lines[1])["ms"], "verifier": "authlete", "cache": "miss", "request_id": "request-1",
    }  # fmt: skip
    assert environment.logged["request_id"] is None


def test_token_events_are_answered_too():
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        said = Environment(server.url, event="token", cache="token")(event("rest_token"))
    allow = said["policyDocument"]["Statement"][0]
    assert [resource.rpartition("/")[2] for resource in allow["Resource"]] == ["lambda-request", "lambda-token"]


@pytest.mark.rule("R71", "R24")
def test_a_known_caller_without_the_scope_gets_an_explicit_deny_and_a_challenge():
    with ScriptedServer(answer(json.dumps({**VALID, "scopes": []}).encode())) as server:
        said = Environment(server.url)(event())
    assert [statement["Effect"] for statement in said["policyDocument"]["Statement"]] == ["Deny"]
    assert said["context"]["wwwAuthenticate"].startswith('Bearer error="insufficient_scope"')


@pytest.mark.rule("I7")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"headers": {}, "multiValueHeaders": {}}, "missing_token"),
        ({"headers": {"Authorization": "Bearer a b"}, "multiValueHeaders": {}}, "malformed_authorization"),
        ({"multiValueHeaders": {"Authorization": ["Bearer a", "Bearer b"]}}, "multiple_tokens"),
    ],
)
def test_a_request_without_a_usable_token_is_answered_with_the_word_that_makes_a_401(changed, reason):
    environment = Environment("http://127.0.0.1:1")
    with pytest.raises(UnauthorizedError) as caught:
        environment({**event(), **changed})
    assert str(caught.value) == "Unauthorized"
    assert environment.logged["reason"] == reason


def test_an_inactive_token_is_a_401_or_where_wanted_a_deny_with_its_own_challenge():
    inactive = json.dumps({"action": "UNAUTHORIZED", "resultCode": "A057302"}).encode()
    with ScriptedServer(answer(inactive)) as server:
        with pytest.raises(UnauthorizedError):
            Environment(server.url)(event())
        said = Environment(server.url, refusals="dynamic-401")(event())
    assert said["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert said["context"]["wwwAuthenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("name", ["http_1_0", "http_2_0", "websocket_connect", "rest_token"])
def test_an_event_that_the_settings_are_not_for_is_a_500_with_a_line(name):
    environment = Environment("http://127.0.0.1:1")
    with pytest.raises(AuthorizerFailedError, match="unknown_event"):
        environment(recorded(name))
    assert environment.logged["reason"] == "unknown_event"
    assert "write [api] type" in environment.logged["message"]


def test_a_request_does_not_show_its_token():
    from apigw_oauth.authorizer.events.rest_request import RestRequest

    assert TOKEN not in repr(RestRequest().parse(event()))


def test_plain_http_is_named_at_cold_start():
    environment = Environment("http://127.0.0.1:1")
    assert environment.logged == {
        "level": "warning",
        "message": "authlete.base_url is http:// on this machine: for development only",
    }


def test_wrong_settings_make_no_handler():
    with pytest.raises(SettingsError, match="cache"):
        make_handler(settings("https://a", cache="on"), environ={"SECRET": SECRET})


def test_settings_may_be_a_file(tmp_path):
    file = tmp_path / "authorizer.json"
    content = settings(
        "https://a",
        verifiers=[{"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": "file:s"}],
    )
    file.write_text(json.dumps(content))
    (tmp_path / "s").write_text("secret")
    assert callable(make_handler(file))
    assert callable(make_handler(str(file)))


def test_handler_is_made_from_the_file_that_the_environment_names(tmp_path, monkeypatch):
    file = tmp_path / "authorizer.json"
    file.write_text(json.dumps(settings("https://a")))
    monkeypatch.setenv("APIGW_OAUTH_SETTINGS", str(file))
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.delitem(vars(lambda_handler), "handler", raising=False)
    assert lambda_handler.handler is lambda_handler.handler
    monkeypatch.delitem(vars(lambda_handler), "handler")
    monkeypatch.setenv("APIGW_OAUTH_SETTINGS", str(tmp_path / "absent.json"))
    with pytest.raises(SettingsError):
        lambda_handler.handler  # noqa: B018 - looking it up makes it
