"""The handler as Lambda calls it: settings in, events in, answers out, lines in the log."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import lambda_handler
from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from tests.authorizer.conftest import FakeClock, recorded
from tests.scripted_server import ScriptedServer, answer, hang_up

TOKEN = "SlAV32hkKG-a-token-to-look-for"
SECRET = "s3cr3t-to-look-for"
VALID = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": 1_700_000_100_000}


class LambdaContext:
    aws_request_id = "request-1"


def settings(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "format": 1, "event": "request", "cache": "route", "refusals": "static-401", "context": ["sub", "scope"],
        "routes": [{"route": "POST /lambda-request", "any_of": [["profile"]]}, {"route": "POST /lambda-token", "any_of": [["profile"]]}],
        "verifiers": [{"type": "authlete", "version": 2, "base_url": url, "api_key": "key", "api_secret": "env:SECRET"}],
        **changes,
    }  # fmt: skip


def event(name: str = "rest_request", token: str = TOKEN) -> dict[str, Any]:
    text = json.dumps(recorded(name)).replace("Bearer foo", f"Bearer {token}")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


class Environment:
    """A handler, and what it logs."""

    def __init__(self, url: str, **changes: Any) -> None:
        self.lines: list[str] = []
        self.handler = make_handler(
            settings(url, **changes), environ={"SECRET": SECRET}, clock=FakeClock(), write=self.lines.append
        )

    def __call__(self, event: Any) -> dict[str, Any]:
        return self.handler(event, LambdaContext())

    @property
    def logged(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.lines[-1])
        return line


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
        "ms": json.loads(environment.lines[1])["ms"], "verifier": "authlete", "cache": "off", "request_id": "request-1",
    }  # fmt: skip
    assert environment.logged["request_id"] is None


def test_token_events_are_answered_too():
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        said = Environment(server.url, event="token", cache="token")(event("rest_token"))
    allow = said["policyDocument"]["Statement"][0]
    assert [resource.rpartition("/")[2] for resource in allow["Resource"]] == ["lambda-request", "lambda-token"]


def test_a_known_caller_without_the_scope_gets_an_explicit_deny_and_a_challenge():
    with ScriptedServer(answer(json.dumps({**VALID, "scopes": []}).encode())) as server:
        said = Environment(server.url)(event())
    assert [statement["Effect"] for statement in said["policyDocument"]["Statement"]] == ["Deny"]
    assert said["context"]["wwwAuthenticate"].startswith('Bearer error="insufficient_scope"')


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


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (hang_up, "authorization_server_unreachable"),
        (answer(b"<html>"), "authorization_server_nonsense"),
        (answer(b"{}", status="401 Unauthorized"), "credentials_refused"),
        (answer(b"{}", status="503 Service Unavailable"), "authorization_server_error"),
    ],
)
def test_an_outage_is_a_500_and_the_log_says_which(behaviour, reason):
    with ScriptedServer(behaviour) as server:
        environment = Environment(server.url)
        with pytest.raises(AuthorizerFailedError) as caught:
            environment(event())
    assert str(caught.value) == reason
    assert (environment.logged["level"], environment.logged["reason"]) == ("error", reason)


def test_the_authorization_server_comes_back():
    with ScriptedServer(hang_up, answer(json.dumps(VALID).encode())) as server:
        environment = Environment(server.url)
        with pytest.raises(AuthorizerFailedError):
            environment(event())
        assert environment(event())["principalId"] == "john"


@pytest.mark.parametrize("name", ["http_1_0", "http_2_0", "websocket_connect", "rest_token"])
def test_an_event_that_the_settings_are_not_for_is_a_500_with_a_line(name):
    environment = Environment("http://127.0.0.1:1")
    with pytest.raises(AuthorizerFailedError, match="unknown_event"):
        environment(recorded(name))
    assert environment.logged["reason"] == "unknown_event"
    assert environment.logged["message"]


def test_what_nobody_expected_is_a_500_that_says_where_and_not_what():
    environment = Environment("http://127.0.0.1:1")
    deep: dict[str, Any] = event()
    deep["headers"] = Trap()
    with pytest.raises(AuthorizerFailedError, match="internal_error") as caught:
        environment(deep)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert environment.logged["message"].startswith("ZeroDivisionError in test_lambda_handler.py:")
    assert TOKEN not in environment.lines[-1]


class Trap(dict[str, Any]):
    """Behaves as nothing that comes from JSON."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError(TOKEN)


def test_where_nothing_can_be_logged_the_failure_is_still_ours():
    def full(_line: str) -> None:
        raise OSError("No space left on device")

    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        content = settings(server.url.replace("http://", "https://"))
        handler = make_handler(content, environ={"SECRET": SECRET}, clock=FakeClock(), write=full)
        with pytest.raises(AuthorizerFailedError):
            handler(event(), None)


def test_a_failure_names_the_route():
    environment = Environment("http://127.0.0.1:1")
    with pytest.raises(AuthorizerFailedError):
        environment(event())
    assert environment.logged["route"] == "POST /lambda-request"


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


EVENTS = st.sampled_from(["rest_request", "rest_token"])
ANSWERS = st.sampled_from(
    [
        answer(json.dumps(VALID).encode()), answer(json.dumps({**VALID, "scopes": None}).encode()), hang_up,
        answer(b"<html>"), answer(b"{}", status="401 Unauthorized"), answer(json.dumps({"action": "UNAUTHORIZED"}).encode()),
        answer(json.dumps({"resultMessage": f"{SECRET} {TOKEN}", "resultCode": "A001203"}).encode(), status="401 x"),
        answer(json.dumps({"action": TOKEN, "subject": SECRET}).encode()),
    ]
)  # fmt: skip


@given(
    name=EVENTS,
    behaviour=ANSWERS,
    changes=st.dictionaries(
        st.sampled_from(["headers", "multiValueHeaders", "path", "resource", "methodArn", "authorizationToken"]),
        st.sampled_from(
            [None, 5, [], {"Authorization": f"Bearer {TOKEN}"}, TOKEN, f"Bearer {TOKEN} {TOKEN}", {TOKEN: TOKEN}]
        ),
        max_size=2,
    ),
)
def test_no_line_and_no_error_ever_holds_a_token_or_a_secret(name, behaviour, changes):
    with ScriptedServer(behaviour) as server:
        environment = Environment(server.url, event=name.removeprefix("rest_"), cache="off")
        said: object
        try:
            said = environment({**event(name), **changes})
        except (UnauthorizedError, AuthorizerFailedError) as error:
            said = (str(error), error.__cause__)
    for text in (repr(said), *environment.lines):
        assert TOKEN not in text
        assert SECRET not in text
