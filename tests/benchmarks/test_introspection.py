"""Functions are measured under Lambda's runtime client, the package of this project among them."""

import re
from pathlib import Path

import pytest
from benchmarks.bar_chart import svg
from benchmarks.function_process import Function, FunctionFailedError, FunctionProcess
from benchmarks.functions import PEERS as SOURCES
from benchmarks.part import Effort
from benchmarks.peer_environments import REQUIREMENTS, Libraries, NotInstallableError, libraries

from benchmarks import introspection, jwt_cold
from tests.gateway.lambda_zip.zips import needs_runtime_client


@needs_runtime_client
def test_cold_starts_and_warm_invocations_are_measured_and_who_cannot_be_installed_is_named(offline: Libraries):
    sections = introspection.sections(Effort(1, 0, 2), offline)
    assert [section.title for section in sections] == ["Cold start, introspection", "Warm, introspection"]
    for section in sections:
        rows = re.findall(r"^\| (\S.*?) \| ([0-9.]+) \(.*?\) \| ([0-9.]+) \(", section.text, re.MULTILINE)
        assert [row[0] for row in rows] == ["apigw-oauth", "http.client", "no work"]
        assert all(float(wall) > 0 and float(cpu) > 0 for _, wall, cpu in rows)
        assert "≤ 1.10 × http.client; measured: " in section.text
        missing = re.findall(r"^Missing: (.+?) \(there is no network\)\.$", section.text, re.MULTILINE)
        assert missing == ["requests", "requests, session", "Powertools"]
        (chart,) = section.charts
        assert "the limit" in svg(chart)


@needs_runtime_client
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('at start')", "at start"),
        ("def handler(event, context): raise ValueError('later')", "later"),
        ("import os; print('last words', flush=True); os._exit(3)", "last words"),
    ],
    ids=["start", "event", "exit"],
)
def test_a_function_that_fails_is_not_measured(runtime: Path, tmp_path: Path, source: str, message: str):
    task = tmp_path / "task"
    task.mkdir()
    (task / "lambda_function.py").write_text(source)
    with (
        FunctionProcess(Function(task, runtime, {})) as process,
        pytest.raises(FunctionFailedError, match=message),
    ):
        process.first(b"{}")


def test_without_the_runtime_client_nothing_is_measured():
    def nothing(name: str) -> Path:
        raise NotInstallableError(f"pip has no {name}")

    (section,) = introspection.sections(Effort(1, 0, 1), nothing)
    assert section.text == "Not measured: pip has no runtime."


def test_libraries_are_installed_once_and_not_left_half_done(tmp_path: Path):
    asked: list[Path] = []

    def fails(_pins: Path, target: Path) -> None:
        (target / "half").mkdir(parents=True)
        raise NotInstallableError("no")

    def works(pins: Path, target: Path) -> None:
        asked.append(pins)
        target.mkdir()

    with pytest.raises(NotInstallableError):
        libraries("requests", within=tmp_path, install=fails)
    assert list(tmp_path.iterdir()) == []
    first = libraries("requests", within=tmp_path, install=works)
    assert libraries("requests", within=tmp_path, install=works) == first
    assert asked == [REQUIREMENTS / "requests.txt"]


def test_every_peer_is_there_and_what_it_is_made_of_has_versions():
    for peer in (*introspection.PEERS, *jwt_cold.PEERS):
        assert (SOURCES / f"{peer.source}.py").exists()
        assert peer.libraries is None or (REQUIREMENTS / f"{peer.libraries}.txt").exists()
    for file in REQUIREMENTS.glob("*.txt"):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        assert lines
        assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line) for line in lines)
