"""What `serve --json` prints."""

import json

import pytest

from apigw_oauth.cli.displays import display_of


def test_requests_are_a_document_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    display_of(as_json=True).requests([{"status": 200, "path": "/ü"}, {"status": 403, "path": "/"}])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told == [
        {"event": "request", "status": 200, "path": "/ü"},
        {"event": "request", "status": 403, "path": "/"},
    ]
