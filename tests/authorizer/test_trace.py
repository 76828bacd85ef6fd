"""The trace of an invocation: read from Lambda, told in the log, passed on to whoever is asked."""

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.trace import CurrentTrace, Trace
from tests.authorizer.fault_injection import AnsweringServer, Point, Secrets
from tests.authorizer.fault_scenarios import API, NONCE_SECRET, NOW, SCENARIOS, Build
from tests.authorizer.lambda_environment import LambdaContext

ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
HEADER = f"Root={ROOT};Parent={PARENT};Sampled=1"
TRACEPARENT = f"00-5759e988bd862e3fe1be46a994272793-{PARENT}-01"


@pytest.mark.parametrize(
    ("header", "trace_id", "traceparent"),
    [
        (HEADER, ROOT, TRACEPARENT),
        (f"Root={ROOT};Parent={PARENT};Sampled=0;Lineage=1:a87bd80c:0", ROOT, f"{TRACEPARENT[:-2]}00"),
        (f" Sampled=1 ; Parent={PARENT};Root={ROOT}", ROOT, TRACEPARENT),
        (f"Root={ROOT};Parent={PARENT}", ROOT, f"{TRACEPARENT[:-2]}00"),
        (f"Root={ROOT};Parent={PARENT};Sampled=?", ROOT, f"{TRACEPARENT[:-2]}00"),
        (f"Root={ROOT};Sampled=1", ROOT, None), (f"Root={ROOT};Parent={PARENT}0", ROOT, None),
        (f"Root={ROOT};Parent={'0' * 16}", ROOT, None), (f"Root={ROOT};Parent=a\r\nb", ROOT, None),
    ],
)  # fmt: skip
def test_the_header_of_lambda_becomes_that_of_w3c_where_it_names_a_parent(header, trace_id, traceparent):
    assert Trace.parse(header) == Trace(trace_id, traceparent)


@pytest.mark.parametrize(
    "header",
    ["", ";;", "Root", f"Parent={PARENT}", ROOT, f"Root=2{ROOT[1:]}", f"Root={ROOT.upper()}", f"Root={ROOT}\n0", f"Root=1-{'0' * 8}-{'0' * 24}"],
)  # fmt: skip
def test_what_names_no_trace_is_none(header):
    assert Trace.parse(header) is None


@given(st.text(st.sampled_from("Rot=Pane;Smpld-015ab \r\n"), max_size=120))
def test_whatever_the_header_is_what_is_passed_on_is_well_formed(header):
    trace = Trace.parse(header)
    if trace is not None and trace.traceparent is not None:
        version, trace_id, parent, flags = trace.traceparent.split("-")
        assert (version, len(trace_id), len(parent)) == ("00", 32, 16)
        assert flags in {"00", "01"}


def test_each_invocation_has_its_own():
    environ = {"_X_AMZN_TRACE_ID": HEADER}
    current = CurrentTrace(environ)
    assert (current.trace_id, current.traceparent()) == (ROOT, TRACEPARENT)
    del environ["_X_AMZN_TRACE_ID"]
    assert (current.trace_id, current.traceparent()) == (None, None)


def test_that_of_the_process_is_read_as_its_environment_has_it(monkeypatch):
    current = CurrentTrace(os.environ)
    for header in (HEADER, f"Root={ROOT}", f"Root={ROOT};\udc80", "\udc80", ""):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        plain = Trace.parse(header)
        expected = (plain.trace_id, plain.traceparent) if plain else (None, None)
        assert (current.trace_id, current.traceparent()) == expected
    monkeypatch.delenv("_X_AMZN_TRACE_ID")
    assert (current.trace_id, current.traceparent()) == (None, None)


def run(build: Build, headers: list[str | None]) -> tuple[list[list[bytes]], list[dict[str, Any]]]:
    """Return the requests to servers in each of some invocations, and the lines of the log."""
    lines: list[str] = []
    environ = {"APIGW_OAUTH_DPOP_NONCE_SECRET": NONCE_SECRET}
    asked = []
    with AnsweringServer() as server:
        scenario = server.scenario = build(server.url, NOW + 600)
        content = {
            "format": 1, "event": "request", "cache": "off", "refusals": "static-401", "context": ["sub"],
            "routes": [{"route": "POST /lambda-request", "any_of": [["profile"]]}], "public_base_urls": [API],
            "verifiers": [{**table, "positive_ttl": 0} for table in scenario.verifiers], **scenario.settings,
        }  # fmt: skip
        for header in headers:  # each has a cold start, so that it asks for keys and metadata too
            handler = make_handler(
                content,
                environ=environ,
                clock=lambda: float(NOW),
                write=lines.append,
                secrets=Secrets(Point(lambda: "s")),
            )
            environ |= {"_X_AMZN_TRACE_ID": header} if header else {}
            before = len(server.requests)
            handler(scenario.event, LambdaContext())
            asked.append(server.requests[before:])
            environ.pop("_X_AMZN_TRACE_ID", None)
    return asked, [line for line in map(json.loads, lines) if "reason" in line]


def traceparents(request: bytes) -> list[str]:
    fields = [line.decode().partition(": ") for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n")]
    return [value for name, _, value in fields if name.lower() == "traceparent"]


@pytest.mark.parametrize("build", SCENARIOS, ids=lambda build: str(build.__name__))
def test_whoever_is_asked_and_whatever_for_is_told_the_trace_of_this_invocation(build: Build):
    other = HEADER.replace("5759e988", "00000001")
    (traced, untraced, wrong, another), lines = run(build, [HEADER, None, "Root=1-a-b\r\nX: y", other])
    assert len(traced) == len(untraced) == len(wrong) == len(another) > 0
    assert [traceparents(request) for request in traced] == [[TRACEPARENT]] * len(traced)
    assert [traceparents(request) for request in another] == [[TRACEPARENT.replace("5759e988", "00000001")]] * len(
        another
    )
    assert [traceparents(request) for request in [*untraced, *wrong]] == [[]] * 2 * len(traced)
    assert [line.get("trace_id") for line in lines] == [ROOT, None, None, ROOT.replace("5759e988", "00000001")]
    assert "trace_id" not in lines[1]
