"""What CloudWatch counts of the lines of the log."""

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from apigw_oauth.authorizer.log import Level, Log
from apigw_oauth.authorizer.metrics import Metrics
from apigw_oauth.authorizer.reason import Reason
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.embedded_metrics import Metric, metrics_of
from tests.authorizer.lambda_environment import (
    INACTIVE,
    SECRET,
    VALID,
    Environment,
    LambdaContext,
    event,
    settings,
)
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up

GOOD = answer(json.dumps(VALID).encode())
FUNCTION = ("FunctionName", "pets-authorizer")
ENVIRON = {
    "SECRET": SECRET,
    "APIGW_OAUTH_METRICS": "apigw-oauth",
    "AWS_LAMBDA_FUNCTION_NAME": "pets-authorizer",
}
TELLS_AND_HIDES: tuple[Level, ...] = ("info", "error")


def lines_of(*behaviours: Behaviour, asks: int = 1, level: str = "info", **changes: Any) -> list[str]:
    """What is logged at cold start and for some requests with the same token."""
    lines: list[str] = []
    with ScriptedServer(*behaviours) as server:
        handler = make_handler(
            settings(server.url, **changes), environ={**ENVIRON, "APIGW_OAUTH_LOG_LEVEL": level}, clock=FakeClock(),
            write=lines.append,
        )  # fmt: skip
        for _ in range(asks):
            with contextlib.suppress(UnauthorizedError, AuthorizerFailedError):
                handler(event(), LambdaContext())
    return lines


def counted(lines: list[str]) -> list[Metric]:
    return [metric for line in lines for metric in metrics_of(line)]


def values(lines: list[str]) -> dict[str, float]:
    """Return the sum of each metric."""
    sums: dict[str, float] = {}
    for metric in counted(lines):
        sums[metric.name] = sums.get(metric.name, 0) + metric.value
    return sums


def test_decisions_are_counted_by_reason_and_everything_else_by_function():
    lines = lines_of(GOOD, asks=2)
    found = counted(lines)
    assert {metric.dimensions for metric in found if metric.name == "Decisions"} == {
        (FUNCTION, ("reason", "authorized"))
    }
    assert {metric.dimensions for metric in found if metric.name != "Decisions"} == {(FUNCTION,)}
    assert {metric.namespace for metric in found} == {"apigw-oauth"}
    assert {metric.timestamp for metric in found} == {1_700_000_000_000}


def test_a_line_stays_one_with_all_that_it_had_before():
    with ScriptedServer(GOOD) as server:
        environment = Environment(server.url)
        environment(event())
    plain = environment.logged
    (line,) = [json.loads(line) for line in lines_of(GOOD) if "Decisions" in line]
    assert list(line)[: len(plain)] == list(plain)
    assert line.keys() - plain.keys() == {"_aws", "FunctionName", "Decisions", "CacheMisses", "VerificationTime"}


def test_what_was_known_is_a_hit_and_tells_nothing_about_the_time_of_verifying():
    lines = lines_of(GOOD, asks=3)
    found = values(lines)
    assert (found["CacheMisses"], found["CacheHits"], found["Decisions"]) == (1, 2, 3)
    assert [metric.unit for metric in counted(lines) if metric.name == "VerificationTime"] == ["Milliseconds"]


def test_an_outage_is_counted_until_the_circuit_opens_and_after():
    found = values(lines_of(hang_up, asks=7))
    assert found["AuthorizationServerUnreachable"] == found["Decisions"] == 7
    assert (found["CircuitOpened"], found["CircuitRefusals"]) == (1, 2)


@pytest.mark.parametrize(
    "behaviour", [answer(b"{}", status="401 Unauthorized"), answer(json.dumps(INACTIVE).encode()), GOOD]
)
def test_what_is_no_outage_alarms_nobody(behaviour):
    assert "AuthorizationServerUnreachable" not in values(lines_of(behaviour))


@pytest.mark.parametrize("level", ["warning", "error"])
def test_what_the_level_hides_is_counted_all_the_same_without_telling_who_it_was(level):
    told = values(lines_of(GOOD, asks=2))
    lines = lines_of(GOOD, asks=2, level=level)
    assert values(lines).keys() == told.keys()
    hidden = [json.loads(line) for line in lines if "Decisions" in line]
    assert [line["Decisions"] for line in hidden] == [1, 1]
    assert not {"client_id", "sub", "token_sha256_8", "level", "effect"} & {
        name for line in hidden for name in line
    }


def test_a_circuit_that_opens_is_counted_where_its_line_is_hidden():
    assert values(lines_of(hang_up, asks=5, level="error"))["CircuitOpened"] == 1


def test_a_cold_start_is_counted_by_the_time_it_took():
    (metric,) = [metric for metric in counted(lines_of(GOOD)) if metric.name == "InitTime"]
    assert metric.value > 0
    assert (metric.unit, metric.dimensions) == ("Milliseconds", (FUNCTION,))


def test_a_route_without_token_is_a_decision_and_nothing_was_verified():
    found = values(lines_of(GOOD, routes=[{"route": "POST /lambda-request", "public": True}]))
    assert found.keys() == {"InitTime", "Decisions"}


@pytest.mark.parametrize("namespace", ["AWS/Lambda", "a\nb", "ä", "x" * 256, " "])
def test_a_namespace_that_cloudwatch_has_not_is_named_and_nothing_is_counted(namespace):
    lines: list[str] = []
    log = Log.from_environ(lines.append, environ={"APIGW_OAUTH_METRICS": namespace}, clock=FakeClock())
    log.started(init_ms=1.0)
    assert [json.loads(line)["level"] for line in lines] == ["warning"]
    assert "APIGW_OAUTH_METRICS is not a namespace" in lines[0]


@pytest.mark.parametrize("variables", [{}, {"APIGW_OAUTH_METRICS": ""}])
def test_nothing_is_counted_where_nobody_wants_it(variables):
    lines: list[str] = []
    log = Log.from_environ(
        lines.append, environ={"APIGW_OAUTH_LOG_LEVEL": "debug", **variables}, clock=FakeClock()
    )
    log.started(init_ms=1.0)
    assert [metrics_of(line) for line in lines] == [[]]


def test_outside_of_lambda_the_function_has_a_name_too():
    metrics = Metrics.from_environ({}, namespace="n", clock=FakeClock())
    assert metrics is not None
    (metric,) = metrics_of(f"{{{metrics.members({'init_ms': 1}, alone=True)}}}")
    assert metric.dimensions == (("FunctionName", "local"),)


@given(
    reason=st.sampled_from(list(Reason)),
    cache=st.sampled_from(["hit", "miss", "off"]),
    verifier=st.sampled_from([None, "authlete", "jwt+introspection"]),
    failure=st.sampled_from(["outage", "misconfiguration", "internal", None]),
    ms=st.floats(0, 10_000),
)
def test_whatever_is_logged_is_of_the_format_and_few_metrics_are_paid_for(reason, cache, verifier, failure, ms):
    facts = {"cache": cache, "verifier": verifier, "ms": ms, "failure": failure}
    lines: list[str] = []
    for level in TELLS_AND_HIDES:
        log = Log(lines.append, level=level, metrics=Metrics("n", function="f", clock=FakeClock()))
        log.decision(Decision.forbid(reason), make_request(), facts=facts)
    found, hidden = (metrics_of(one) for one in lines)
    assert [metric.value for metric in found if metric.name == "Decisions"] == [1]
    assert len({(metric.name, metric.dimensions) for metric in found}) <= 5
    assert found == hidden


def test_a_clock_that_fails_while_something_is_counted_lets_nobody_in():
    for sound in range(20):
        clock = FakeClock()
        calls = iter([clock] * sound)
        with ScriptedServer(GOOD) as server:
            try:
                handler = make_handler(
                    settings(server.url), environ=ENVIRON, clock=partial(_next_of, calls), write=lambda _line: None
                )
                handler(event(), LambdaContext())
            except (AuthorizerFailedError, StopIteration):
                continue
        break
    assert 5 <= sound < 19


def _next_of(calls: Iterator[FakeClock]) -> float:
    return next(calls)()
