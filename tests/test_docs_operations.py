"""The page about operations says what is so: its lines are lines of the log, its queries find what they ask for."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer import bearer_token
from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.project import load_project
from tests import logs_insights
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.embedded_metrics import metrics_of
from tests.authorizer.lambda_environment import INACTIVE, SECRET, TOKEN, VALID, LambdaContext, event, settings
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up
from tests.test_docs import ROOT, blocks

PAGE = ROOT / "docs" / "operations.md"
TRACE = "1-5759e988-bd862e3fe1be46a994272793"
FINGERPRINT = str(bearer_token.fingerprint(make_request(authorization=f"Bearer {TOKEN}")))
DISCOVERED = {"@timestamp", "@message", "@logStream"}
"""Fields that CloudWatch adds to each line, of those that are used."""

Event = dict[str, Any]


def said(**changes: Any) -> Behaviour:
    return answer(json.dumps({**VALID, **changes}).encode())


class Broken(dict[str, Any]):
    """A fault in the code, as it were."""

    def values(self) -> Any:
        raise ZeroDivisionError


class Day:
    """Lambda environments, one after the other, and what CloudWatch has of them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.records: list[dict[str, Any]] = []

    def environment(
        self, *behaviours: Behaviour, events: list[Event], level: str = "debug", **changes: Any
    ) -> None:
        environ = {
            "SECRET": SECRET, "APIGW_OAUTH_LOG_LEVEL": level, "APIGW_OAUTH_METRICS": "apigw-oauth",
            "AWS_LAMBDA_FUNCTION_NAME": "pets-authorizer", "_X_AMZN_TRACE_ID": f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1",
        }  # fmt: skip
        with ScriptedServer(*behaviours) as server:
            handler = make_handler(
                settings(server.url, **changes), environ=environ, clock=FakeClock(), write=self._write
            )
            for number, one in enumerate(events):
                with contextlib.suppress(UnauthorizedError, AuthorizerFailedError):
                    handler(one, LambdaContext())
                self._report(cold=number == 0)

    def _write(self, line: str) -> None:
        self.lines.append(line)
        self._record({**json.loads(line), "@message": line})

    def _report(self, *, cold: bool) -> None:
        report: dict[str, Any] = {"@type": "REPORT", "@duration": 3.1, "@maxMemoryUsed": 52_000_000}
        self._record(report | ({"@initDuration": 110.0} if cold else {}))

    def _record(self, fields: dict[str, Any]) -> None:
        self.records.append({"@timestamp": 1_700_000_000 + len(self.records), "@logStream": "a", **fields})


@pytest.fixture(scope="module")
def day() -> Day:
    """One of each kind of thing that happens."""
    public = {"route": "POST /lambda-request", "public": True}
    day = Day()
    day.environment(said(), events=[event(), event(), event()])
    day.environment(said(scopes=[]), answer(json.dumps(INACTIVE).encode()), events=[event(), event(token="other")])
    day.environment(hang_up, events=[event()] * 7)
    day.environment(answer(b"{}", status="401 Unauthorized"), events=[event()])
    day.environment(events=[event()], routes=[public])
    day.environment(events=[{**event(), "resource": "/nowhere"}, {**event(), "headers": Broken()}])
    proofless = json.loads(json.dumps(event()).replace("Bearer ", "DPoP "))
    day.environment(events=[proofless], cache="off", public_base_urls=["https://api.example.com"])
    return day


def queries() -> Iterator[Any]:
    page = PAGE.read_text().partition("\n### Queries\n")[2]
    found = re.findall(r"^\*\*([^*]+)\*\*(?:(?!^\*\*).)*?^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(found) == page.count("```text")
    return (pytest.param(question, query, id=question) for question, query in found)


def is_about(question: str) -> Callable[[list[dict[str, Any]]], object]:
    """Return what has to hold for the rows; for each question that has a check of its own."""
    return CHECKS.get(question, lambda rows: rows)


CHECKS: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "Who is refused, and why?": lambda rows: (
        {row["reason"] for row in rows} >= {"insufficient_scope", "inactive_token", "missing_proof"}
        and all(row["refused"] == row["tokens"] == 1 for row in rows if row["client_id"])
    ),
    "What became of one token?": lambda rows: {row["reason"] for row in rows} >= {"authorized", "insufficient_scope"},
    "How long does verifying take?": lambda rows: all(row["p50"] <= row["p95"] <= row["slowest"] for row in rows),
    "How many tokens are known already?": lambda rows: 0 < rows[0]["percent"] < 100,
    "Which clients ask the most?": lambda rows: (rows[0]["client_id"], rows[0]["users"]) == ("5", 1),
    "When was the authorization server out of reach, and how?": lambda rows: (
        {row["reason"] for row in rows} == {"authorization_server_unreachable", "circuit_open"}
        and all(row["since"] <= row["until"] for row in rows)
    ),
    "When was it left alone?": lambda rows: [row["circuit"] for row in rows] == ["open"],
    "How many requests did that cost?": lambda rows: sum(row["refused"] for row in rows) == 2,
    "What have we set up wrongly?": lambda rows: {row["reason"] for row in rows} == {"credentials_refused"},
    "What should we look at?": lambda rows: "is http:// on this machine" in rows[0]["message"],
    "Is there a fault in the code?": lambda rows: (
        rows[0]["message"].startswith("ZeroDivisionError in test_docs_operations.py:") and rows[0]["example"] == "request-1"
    ),
    "Who calls routes that are not there, or not open?": lambda rows: rows[0]["reason"] == "unknown_route",
    "Which public routes ask the authorizer without need?": lambda rows: rows[0]["route"] == "POST /lambda-request",
    "Who has trouble with proofs and certificates?": lambda rows: rows[0]["reason"] == "missing_proof",
    "How many cold starts are there, and what do they cost?": lambda rows: (rows[0]["cold"], rows[0]["megabytes"]) == (7, 52),
    "Which versions run?": lambda rows: rows[0]["starts"] == 7,
}  # fmt: skip


@pytest.mark.parametrize(("question", "query"), [*queries()])
def test_a_query_answers_its_question(day: Day, question: str, query: str):
    query = query.replace("4544045b", FINGERPRINT)
    parsed = logs_insights.parse(query)
    there = {name for record in day.records for name, value in record.items() if value is not None}
    assert parsed.fields <= there | DISCOVERED
    rows = parsed.run(day.records)
    assert rows
    assert is_about(question)(rows), rows


def test_each_question_has_its_query():
    asked = {str(parameter.id) for parameter in queries()}
    assert asked >= CHECKS.keys()


def test_a_query_with_a_mistake_is_no_query():
    for wrong in (
        "filter",
        "filter nonsense(ms) > 1",
        "stats count(*) by ms ms",
        "show ms",
        "filter ms >",
        "fields {",
    ):
        with pytest.raises((ValueError, KeyError, IndexError)):
            logs_insights.parse(wrong).run([{"ms": 1}])


def test_the_lines_of_the_page_have_the_members_of_real_ones(day: Day):
    real = {tuple(json.loads(line)) for line in day.lines}
    plain = {tuple(name for name in names if not re.match(r"_aws|[A-Z]", name)) for names in real}
    untraced = {tuple(name for name in names if name != "trace_id") for names in real | plain}
    in_detail = ("required", "issuer", "audience", "scopes", "expires_at")
    brief = {tuple(name for name in names if name not in in_detail) for names in real | plain | untraced}
    shown = [json.loads(line) for block in blocks(PAGE, "json") for line in block.splitlines()]
    assert len(shown) == 4
    for line in shown:
        assert tuple(line) in real | plain | untraced | brief


def test_every_member_of_a_line_is_explained_and_no_other(day: Day):
    table = PAGE.read_text().partition("\n### The log line\n")[2].partition("\n### ")[0]
    told = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    decisions = [json.loads(line) for line in day.lines if "reason" in json.loads(line)]
    in_detail = {"required", "issuer", "audience", "scopes", "expires_at"}
    found = {name for line in decisions for name in line if not re.match(r"_aws|[A-Z]", name)}
    assert told == found - in_detail


def test_every_metric_is_in_the_table_with_its_unit_and_dimensions(day: Day):
    rows = re.findall(r"^\| `(\w+)` \| (Count|Milliseconds) \| ([^|]+) \|", PAGE.read_text(), re.MULTILINE)
    told = {(name, unit, tuple(re.findall(r"`(\w+)`", dimensions))) for name, unit, dimensions in rows}
    found = {
        (metric.name, metric.unit, tuple(name for name, _ in metric.dimensions))
        for line in day.lines
        for metric in metrics_of(line)
    }
    assert told == found


def test_what_the_metrics_cost_is_counted_right():
    text = " ".join(PAGE.read_text().split())
    assert f"{len(Reason)} if every one of them occurs" in text
    most, usual = (round(0.3 * (7 + reasons)) for reasons in (len(Reason), 6))
    assert f"about {usual} dollars a function and month, and {most} at the very most" in text
    rows = re.findall(r"^\| `\w+` \| (?:Count|Milliseconds) \| `FunctionName` \|", PAGE.read_text(), re.MULTILINE)
    assert len(rows) == 7


def test_the_digits_of_a_token_are_those_of_the_log():
    (command,) = blocks(PAGE, "sh")
    done = subprocess.run(
        ["bash", "-ec", command], env={**os.environ, "TOKEN": TOKEN}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == FINGERPRINT


def test_the_header_of_the_page_is_what_is_sent(day: Day):
    from apigw_oauth.authorizer.trace import Trace

    (header,) = blocks(PAGE, "http")
    trace = Trace.parse(f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1")
    assert trace is not None
    assert header == f"traceparent: {trace.traceparent}\n"


def test_the_hook_of_the_page_tells_an_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (code,), (table,) = blocks(PAGE, "python"), blocks(PAGE, "toml")
    (tmp_path / "telemetry.py").write_text(code)
    (tmp_path / "apigw-oauth.toml").write_text(table)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    content = load_project(tmp_path).authorizer_settings()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(10)
        monkeypatch.setenv("STATSD_PORT", str(agent.getsockname()[1]))
        environ = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
        handler = make_handler(content, environ=environ, directory=str(tmp_path), write=lambda _line: None)
        handler({**event(), "resource": "/nowhere"}, None)
        told = agent.recv(1024).decode()
    sys.modules.pop("telemetry").__dict__["_SOCKET"].close()
    assert re.fullmatch(r"authorizer\.ms:[\d.]+\|ms\|#reason:unknown_route,failure:ours", told)
