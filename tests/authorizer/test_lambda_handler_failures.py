"""The handler when something goes wrong: a 500 that says which, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from tests.authorizer.conftest import FakeClock
from tests.authorizer.lambda_environment import SECRET, TOKEN, VALID, Environment, event, settings
from tests.scripted_server import ScriptedServer, answer, hang_up


@pytest.mark.rule("R28", "I17")
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


def test_what_nobody_expected_is_a_500_that_says_where_and_not_what():
    environment = Environment("http://127.0.0.1:1")
    deep: dict[str, Any] = event()
    deep["headers"] = Trap()
    with pytest.raises(AuthorizerFailedError, match="internal_error") as caught:
        environment(deep)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert environment.logged["message"].startswith("ZeroDivisionError in test_lambda_handler_failures.py:")
    assert TOKEN not in environment.lines[-1]


class Trap(dict[str, Any]):
    """Behaves as nothing that comes from JSON."""

    def values(self) -> Any:
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


TALKATIVE = {"APIGW_OAUTH_LOG_LEVEL": "debug", "APIGW_OAUTH_METRICS": "n", "_X_AMZN_TRACE_ID": f"Root={TOKEN}"}
EVENTS = st.sampled_from(["rest_request", "rest_token"])
ANSWERS = st.sampled_from(
    [
        answer(json.dumps(VALID).encode()), answer(json.dumps({**VALID, "scopes": None}).encode()), hang_up,
        answer(b"<html>"), answer(b"{}", status="401 Unauthorized"), answer(json.dumps({"action": "UNAUTHORIZED"}).encode()),
        answer(json.dumps({"resultMessage": f"{SECRET} {TOKEN}", "resultCode": "A001203"}).encode(), status="401 x"),
        answer(json.dumps({"action": TOKEN, "subject": SECRET}).encode()),
    ]
)  # fmt: skip


@pytest.mark.rule("R69", "I15")
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
        environment = Environment(server.url, event=name.removeprefix("rest_"), cache="off", variables=TALKATIVE)
        said: object
        try:
            said = environment({**event(name), **changes})
        except (UnauthorizedError, AuthorizerFailedError) as error:
            said = (str(error), error.__cause__)
    for text in (repr(said), *environment.lines):
        assert TOKEN not in text
        assert SECRET not in text
