"""One JSON line a decision."""

import hashlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import bearer_token, errors
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import (
    AnswerTooLargeError,
    AuthorizerError,
    SettingsError,
    UnknownEventError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.log import Log
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from tests.authorizer.conftest import make_request

ROUTES = RouteTable([Route.parse("GET /pets/{id}")])


def test_a_line_says_what_was_decided_now_whatever_the_lines_before_said():
    lines: list[str] = []
    written, routes = (
        Log(lines.append),
        RouteTable([Route.parse("GET /a"), Route.parse("POST /a"), Route.parse("GET /b")]),
    )
    token = AccessToken(subject="john", client_id="demo")
    said = []
    for method, path in [("GET", "/a"), ("POST", "/a"), ("GET", "/b")] * 2:
        request = make_request(method, path, resource=path)
        for decided in (
            Decision.allow(Reason.AUTHORIZED, routes.serving(request), token),
            Decision.allow(Reason.PUBLIC_ROUTE, routes.serving(request)),
            Decision.forbid(Reason.UNKNOWN_ROUTE),
            Decision.forbid(Reason.UNPRINTABLE_PATH, routes.serving(request)),
        ):
            written.decision(decided, request, facts={"ms": 0.5})
            route = f"{method} {path}" if decided.routes else None
            said.append((decided.effect, decided.reason.value, route, method))
    parsed = [json.loads(line) for line in lines]
    assert [(one["effect"], one["reason"], one["route"], one["method"]) for one in parsed] == said
    assert all((one["sub"] == "john") == (one["reason"] == "authorized") for one in parsed)


@given(subject=st.text(), client=st.text(), message=st.text())
def test_whatever_the_caller_is_called_a_line_stays_a_line(subject, client, message):
    lines: list[str] = []
    request = make_request()
    decided = Decision.allow(
        Reason.AUTHORIZED, ROUTES.serving(request), AccessToken(subject=subject, client_id=client)
    )
    written = Log(lines.append)
    written.decision(decided, request, facts={})
    written.failure(Reason.INTERNAL_ERROR, message, request, kind="internal", routes=ROUTES, facts={})
    assert [json.loads(line)["route"] for line in lines] == ["GET /pets/{id}"] * 2
    assert not any("\n" in line for line in lines)
    assert json.loads(lines[0])["sub"] == subject


def test_both_kinds_of_lines_have_the_same_members_to_search_for():
    lines: list[str] = []
    request = make_request()
    written = Log(lines.append)
    written.decision(Decision.forbid(Reason.UNKNOWN_ROUTE), request, facts={"ms": 1})
    written.failure(Reason.UNKNOWN_EVENT, "?", None, kind="internal", routes=ROUTES, facts={"ms": 1})
    decided, failed = (json.loads(line) for line in lines)
    assert decided.keys() | {"message", "failure"} == failed.keys()


def test_a_fingerprint_follows_a_token_without_telling_it():
    one, same, other = (
        make_request(authorization=f"{scheme} {token}")
        for scheme, token in [("Bearer", "a"), ("bearer", "a"), ("Bearer", "b")]
    )
    assert bearer_token.fingerprint(one) == bearer_token.fingerprint(same) == "ca978112"
    assert bearer_token.fingerprint(one) != bearer_token.fingerprint(other)
    assert bearer_token.fingerprint(make_request(authorization=None)) is None
    assert bearer_token.fingerprint(make_request(authorization="DPoP  a ")) == "ca978112"
    assert bearer_token.fingerprint(make_request(authorization="dpop a")) == "ca978112"


@pytest.mark.rule("I15")
@pytest.mark.parametrize("other", ["", "Bearer", "DPoP", "Basic YTpi", "Bearer a b", "a", "DPoP Bearer"])
def test_what_is_no_token_has_no_fingerprint(other):
    expected = hashlib.sha256(b"Bearer").hexdigest()[:8] if other == "DPoP Bearer" else None
    assert bearer_token.fingerprint(make_request(authorization=other)) == expected


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        *((VerifierUnavailableError("x", reason=reason), "outage") for reason in Reason
          if reason.startswith("authorization_server") or reason in {Reason.CIRCUIT_OPEN, Reason.KEYS_UNAVAILABLE}),
        (VerifierUnavailableError("x", reason=Reason.CREDENTIALS_REFUSED), "misconfiguration"), (SettingsError("x"), "misconfiguration"),
        (UnknownEventError("x"), "misconfiguration"), (AnswerTooLargeError("x"), "misconfiguration"),
        (AuthorizerError("x"), "internal"), (ValueError("x"), "internal"), (MemoryError(), "internal"),
    ],
    ids=repr,
)  # fmt: skip
def test_an_outage_our_own_misconfiguration_and_a_fault_in_the_code_are_told_apart(error, kind):
    assert errors.kind_of(error) == kind


def test_what_happens_to_a_circuit_is_a_line_to_count():
    lines: list[str] = []
    Log(lines.append).circuit(verifier="authlete", opened_for=5, message="x")
    Log(lines.append).circuit(verifier="authlete", opened_for=None, message="y")
    assert [json.loads(line) for line in lines] == [
        {"level": "warning", "circuit": "open", "verifier": "authlete", "opened_for": 5, "message": "x"},
        {"level": "info", "circuit": "closed", "verifier": "authlete", "opened_for": None, "message": "y"},
    ]


def test_lines_are_written_at_once():
    code = "import os; from apigw_oauth.authorizer.log import write_line; write_line('x'); os._exit(0)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "x\n"
