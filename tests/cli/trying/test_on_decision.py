"""What is only tried, the project's hook is not told of; and whatever the log hides, the reason is there."""

import sys
from pathlib import Path

import pytest

from tests.cli.trying.attempts import PETS, TOKEN, attempt, write_project


@pytest.mark.parametrize("level", ["info", "error"])
def test_a_hook_is_not_told_of_what_is_only_tried(
    tmp_path: Path, authlete, monkeypatch: pytest.MonkeyPatch, level: str
):
    monkeypatch.setenv("APIGW_OAUTH_LOG_LEVEL", level)
    (tmp_path / "telemetry.py").write_text("raise SystemExit\ndef on_decision(facts): ...")
    write_project(tmp_path, authlete().url, PETS, on_decision="telemetry.py:on_decision", context=["sub"])
    told = attempt(tmp_path, "GET", "/pets/7", token=TOKEN)
    assert (told["answer"]["status"], told["answer"]["reason"]) == (200, "authorized")
    assert "telemetry" not in sys.modules
