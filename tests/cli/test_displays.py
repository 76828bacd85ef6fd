"""What `serve` shows of requests: as they were told to scripts, in words to people."""

import json

import pytest

from apigw_oauth.cli.displays import display_of

RECORD = {
    "event": "request",
    "method": "GET",
    "path": "/ü\u2028",
    "status": 403,
    "route": "GET /{id}",
    "authorizer": "cached",
    "decision": "deny",
    "reason": "the policy denies it",
    "ms": 2,
}
LINES = f"{json.dumps(RECORD)}\n{json.dumps({**RECORD, 'route': None, 'status': 200})}\n"


def test_scripts_get_the_lines_of_the_gateways_process(capsys: pytest.CaptureFixture[str]) -> None:
    display_of(as_json=True).requests(LINES)
    assert capsys.readouterr().out == LINES


def test_people_get_a_line_for_each_request(capsys: pytest.CaptureFixture[str]) -> None:
    display_of(as_json=False).requests(LINES)
    assert capsys.readouterr().out.split("\n") == [
        "403 GET /ü\u2028 · GET /{id} · deny (cached) · the policy denies it · 2 ms",
        "200 GET /ü\u2028 · no route · deny (cached) · the policy denies it · 2 ms",
        "",
    ]
