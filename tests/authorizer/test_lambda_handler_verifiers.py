"""The handler with verifiers that remember, fail, or are somebody's own; and what its log says of them."""

import contextlib
import hashlib
import json
import sys
from typing import Any

import pytest

from apigw_oauth.authorizer import lambda_handler
from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from tests.authorizer.conftest import FakeClock
from tests.authorizer.lambda_environment import (
    INACTIVE,
    SECRET,
    TOKEN,
    VALID,
    Environment,
    event,
    settings,
    without_token,
)
from tests.scripted_server import ScriptedServer, answer, hang_up

OWN = """
import asyncio, sys
from apigw_oauth import AccessToken, InvalidTokenError, SettingsError
class MyVerifier:
    def recognizes(self, token):
        return True

    def verify(self, token, request):
        return {answer}
"""


def outcomes(environment: Environment) -> list[tuple[Any, ...]]:
    """What each invocation has logged."""
    lines = [json.loads(line) for line in environment.lines]
    return [(line["reason"], line["verifier"], line["cache"]) for line in lines if "reason" in line]


@pytest.mark.rule("L9")
def test_scopes_and_times_are_looked_at_for_each_request_also_where_the_token_is_known():
    clock = FakeClock()
    routes = [
        {"route": "POST /lambda-request", "any_of": [["profile"]]},
        {"route": "POST /lambda-token", "any_of": [["admin"]]},
    ]
    other = {
        **event(),
        "resource": "/lambda-token",
        "path": "/lambda-token",
        "methodArn": event()["methodArn"].replace("-request", "-token"),
    }
    lines: list[str] = []
    with ScriptedServer(answer(json.dumps({**VALID, "expiresAt": 1_700_000_020_000}).encode())) as server:
        handler = make_handler(
            settings(server.url, routes=routes), environ={"SECRET": SECRET}, clock=clock, write=lines.append
        )
        assert handler(event(), None)["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        assert handler(other, None)["policyDocument"]["Statement"][0]["Effect"] == "Deny"
        assert len(server.requests) == 1
        clock.now += 21
        with pytest.raises(UnauthorizedError):
            handler(event(), None)
    said = [json.loads(line) for line in lines[1:]]
    assert [(line["reason"], line["cache"]) for line in said] == [
        ("authorized", "miss"), ("insufficient_scope", "hit"), ("expired_token", "miss")
    ]  # fmt: skip


def test_a_line_says_whose_token_it_was_and_nothing_of_the_one_before():
    other = "another-token"
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        environment = Environment(server.url)
        for sent in (event(), without_token("request"), event(token=other), event(), without_token("request")):
            with contextlib.suppress(UnauthorizedError):
                environment(sent)
    told = [json.loads(line)["token_sha256_8"] for line in environment.lines[1:]]
    first, second = (hashlib.sha256(one.encode()).hexdigest()[:8] for one in (TOKEN, other))
    assert told == [first, None, second, first, None]


def test_the_log_says_who_was_asked_and_whether_the_token_was_known():
    with ScriptedServer(answer(json.dumps(INACTIVE).encode())) as server:
        environment = Environment(server.url)
        for _ in range(2):
            with pytest.raises(UnauthorizedError):
                environment(event())
        with pytest.raises(UnauthorizedError):
            environment({**event(), "headers": {}, "multiValueHeaders": {}})
    assert outcomes(environment) == [
        ("inactive_token", "authlete", "miss"), ("inactive_token", "authlete", "hit"), ("missing_token", None, "off")
    ]  # fmt: skip


@pytest.mark.rule("I17", "R28")
def test_a_server_that_stays_away_is_left_alone_and_each_request_is_still_a_500():
    with ScriptedServer(hang_up) as server:
        environment = Environment(server.url)
        for _ in range(7):
            with pytest.raises(AuthorizerFailedError):
                environment(event())
        assert len(server.requests) == 5
    assert [reason for reason, *_ in outcomes(environment)] == ["authorization_server_unreachable"] * 5 + [
        "circuit_open"
    ] * 2
    lines = [json.loads(line) for line in environment.lines]
    assert {line["failure"] for line in lines if "reason" in line} == {"outage"}
    (opened,) = (line for line in lines if "circuit" in line)
    assert (opened["level"], opened["circuit"], opened["verifier"]) == ("warning", "open", "authlete")


@pytest.mark.rule("R30")
def test_too_many_requests_are_an_outage_and_the_server_is_given_the_time_that_it_asks_for():
    with ScriptedServer(answer(b"{}", status="429 Too Many Requests", headers="Retry-After: 7\r\n")) as server:
        environment = Environment(server.url)
        for _ in range(3):
            with pytest.raises(AuthorizerFailedError):
                environment(event())
        assert len(server.requests) == 1
    assert [reason for reason, *_ in outcomes(environment)] == [
        "authorization_server_error",
        "circuit_open",
        "circuit_open",
    ]


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [(hang_up, "outage"), (answer(b"{}", status="401 Unauthorized"), "misconfiguration")],
)
def test_the_line_tells_an_outage_from_our_own_misconfiguration(behaviour, failure):
    with ScriptedServer(behaviour) as server:
        environment = Environment(server.url)
        with pytest.raises(AuthorizerFailedError):
            environment(event())
    assert (environment.logged["level"], environment.logged["failure"]) == ("error", failure)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Make a handler with a verifier that returns something."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def make(returned: str) -> tuple[Any, list[str]]:
        (tmp_path / "their_module.py").write_text(OWN.format(answer=returned))
        lines: list[str] = []
        content = settings("https://a", verifiers=[{"type": "their_module:MyVerifier"}])
        return make_handler(
            content, environ={}, clock=FakeClock(), directory=str(tmp_path), write=lines.append
        ), lines

    yield make
    sys.modules.pop("their_module", None)


def test_somebodys_own_verifier_is_found_beside_the_settings(own, tmp_path):
    handler, lines = own("AccessToken(subject='john', scopes=frozenset({'profile'}))")
    assert handler(event(), None)["principalId"] == "john"
    assert json.loads(lines[-1])["verifier"] == "their_module:MyVerifier"
    file = tmp_path / "authorizer.json"
    file.write_text(json.dumps(settings("https://a", verifiers=[{"type": "their_module:MyVerifier"}])))
    assert make_handler(file, environ={}, write=lines.append)(event(), None)["principalId"] == "john"


@pytest.mark.rule("L5", "I16")
@pytest.mark.parametrize(
    ("returned", "failure", "message"),
    [
        ("None", "misconfiguration", "verify must return an AccessToken"),
        ("{'active': True}", "misconfiguration", "verify must return an AccessToken"),
        ("AccessToken(scopes='profile')", "misconfiguration", "with a wrong scopes"),
        (f"1 / (0 if {TOKEN!r} else 1)", "internal", "ZeroDivisionError in their_module.py:9"),
        ("self.verify(token, request)", "internal", "RecursionError in "),
        ("sys.exit(token)", "internal", "SystemExit in their_module.py:9"),
        (
            "(_ for _ in ()).throw(asyncio.CancelledError(token))",
            "internal",
            "CancelledError in their_module.py:9",
        ),
        ("(_ for _ in ()).throw(InvalidTokenError('x', reason=token))", "internal", "in log.py:"),
        (
            "(_ for _ in ()).throw(SettingsError(token, reason=token))",
            "internal",
            "SettingsError in their_module.py:9",
        ),
    ],
)
def test_what_somebodys_own_verifier_does_wrong_is_a_500_that_says_where(own, returned, failure, message):
    handler, lines = own(returned)
    with pytest.raises(AuthorizerFailedError, match="internal_error"):
        handler(event(), None)
    logged = json.loads(lines[-1])
    assert logged["failure"] == failure
    assert message in logged["message"]
    assert TOKEN not in lines[-1]


def test_somebody_at_the_keyboard_is_heard_while_a_token_is_verified(own):
    handler, _ = own("(_ for _ in ()).throw(KeyboardInterrupt)")
    with pytest.raises(KeyboardInterrupt):
        handler(event(), None)


def test_settings_that_are_wrong_are_a_line_at_cold_start(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("APIGW_OAUTH_SETTINGS", str(tmp_path / "absent.json"))
    monkeypatch.delitem(vars(lambda_handler), "handler", raising=False)
    with pytest.raises(SettingsError):
        lambda_handler.handler  # noqa: B018 - looking it up makes it
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["failure"]) == ("error", "misconfiguration")
    assert "absent.json" in line["message"]
