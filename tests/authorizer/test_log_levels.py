"""Which lines are told: as the environment's variables say, and errors always."""

import json
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.log import Log
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.lambda_environment import SECRET, TOKEN, VALID, LambdaContext, event, settings
from tests.scripted_server import ScriptedServer, answer

ROUTES = RouteTable([Route.parse("GET /pets/{id}", any_of=[["pets:read"], ["a", "b"]])])
ALL = ["debug", "info", "info", "warning", "warning", "error", "error"]


def levels(variables: dict[str, str]) -> list[str]:
    """The levels of the lines that are told, of one of each kind."""
    lines: list[str] = []
    log = Log.from_environ(lines.append, environ=variables, clock=FakeClock())
    log.started(init_ms=1)
    log.decision(Decision.forbid(Reason.UNKNOWN_ROUTE), make_request(), facts={})
    log.circuit(verifier="authlete", opened_for=None, message="x")
    log.circuit(verifier="authlete", opened_for=5, message="x")
    log.warning("x")
    log.failure(Reason.UNKNOWN_EVENT, "x", None, kind="internal", routes=ROUTES, facts={})
    log.wrong_settings(SettingsError("x"))
    return [json.loads(line)["level"] for line in lines]


@pytest.mark.parametrize(
    ("word", "least"),
    [
        (None, "info"), ("", "info"), ("debug", "debug"), ("info", "info"), ("warning", "warning"), ("error", "error"),
        ("WARNING", "warning"), (" Error ", "error"), ("dEbUg", "debug"),
    ],
)  # fmt: skip
def test_the_variable_names_the_least_level_that_is_told(word, least):
    variables = {} if word is None else {"APIGW_OAUTH_LOG_LEVEL": word}
    assert levels(variables) == ALL[ALL.index(least) :]


@pytest.mark.parametrize("word", ["warn", "off", "none", "critical", "2"])
def test_a_word_that_is_none_is_told_and_taken_for_info(word):
    lines: list[str] = []
    Log.from_environ(lines.append, environ={"APIGW_OAUTH_LOG_LEVEL": word}, clock=FakeClock())
    (line,) = [json.loads(line) for line in lines]
    assert line["level"] == "warning"
    assert "APIGW_OAUTH_LOG_LEVEL is not one of debug, info, warning, error" in line["message"]
    assert levels({"APIGW_OAUTH_LOG_LEVEL": word}) == ["warning", *ALL[1:]]


@pytest.mark.parametrize(
    ("theirs", "least"),
    [("TRACE", "debug"), ("DEBUG", "debug"), ("INFO", "info"), ("WARN", "warning"), ("ERROR", "error"),
     ("FATAL", "error"), ("?", "info")],
)  # fmt: skip
def test_lambdas_own_variable_counts_where_ours_is_not_set(theirs, least):
    assert levels({"AWS_LAMBDA_LOG_LEVEL": theirs}) == ALL[ALL.index(least) :]
    assert levels({"AWS_LAMBDA_LOG_LEVEL": theirs, "APIGW_OAUTH_LOG_LEVEL": "info"}) == ALL[1:]


def debugged(token: AccessToken | None) -> dict[str, Any]:
    lines: list[str] = []
    request = make_request()
    decided = Decision.allow(Reason.AUTHORIZED, ROUTES.serving(request), token)
    Log(lines.append, level="debug").decision(decided, request, facts={"ms": 1})
    (line,) = [json.loads(line) for line in lines]
    assert isinstance(line, dict)
    return line


def test_in_detail_a_decision_says_what_was_required_and_what_there_was():
    token = AccessToken(
        issuer="https://as.example.com", audience=frozenset({"https://api.example.com"}), scopes=frozenset({"b", "a"}), expires_at=5
    )  # fmt: skip
    line = debugged(token)
    assert line["required"] == [["a", "b"], ["pets:read"]]
    assert line["scopes"] == ["a", "b"]
    assert (line["issuer"], line["audience"]) == ("https://as.example.com", ["https://api.example.com"])
    assert line["expires_at"] == 5
    assert "scopes" not in debugged(None)


def test_a_cold_start_says_what_was_set_up_and_no_secret():
    lines: list[str] = []
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        handler = make_handler(
            settings(server.url), environ={"SECRET": SECRET, "APIGW_OAUTH_LOG_LEVEL": "debug"}, clock=FakeClock(),
            write=lines.append,
        )  # fmt: skip
        handler(event(), LambdaContext())
    (line,) = [json.loads(line) for line in lines if "cold start" in line]
    facts = {key: line[key] for key in ("level", "event", "cache", "routes", "verifiers")}
    assert facts == {
        "level": "debug", "event": "request", "cache": "route", "routes": 2, "verifiers": ["authlete"],
    }  # fmt: skip
    assert line["init_ms"] > 0
    assert line["modules"] > 0
    assert line["version"]
    for text in lines:
        assert SECRET not in text
        assert TOKEN not in text
