"""Functions that verify JWTs are measured, and each of them does verify."""

import re
import shutil
from pathlib import Path

import pytest
from benchmarks.function_process import Function, FunctionFailedError
from benchmarks.functions import NO_WORK, PEERS, token_event
from benchmarks.invocations import require_refused
from benchmarks.issuer import Issuer
from benchmarks.part import Effort
from benchmarks.peer_environments import Libraries, NotInstallableError

from benchmarks import jwt_cold
from tests.gateway.lambda_zip.zips import needs_runtime_client


@needs_runtime_client
def test_cold_starts_are_measured_and_who_cannot_be_installed_is_named(offline: Libraries, wheel_directory: Path):
    (section,) = jwt_cold.sections(Effort(1, 0, 1), offline, wheels=wheel_directory)
    rows = re.findall(r"^\| (\S.*?) \| ([0-9.]+) \(.*?\) \| ([0-9.]+) \(", section.text, re.MULTILINE)
    assert [row[0] for row in rows] == ["apigw-oauth", "cryptography", "no work"]
    missing = re.findall(r"^Missing: (.+?) \(there is no network\)\.$", section.text, re.MULTILINE)
    assert missing == ["PyJWT", "joserfc", "Powertools, auth_alpha"]
    assert "≤ 1.15 × cryptography; measured: " in section.text


@needs_runtime_client
def test_who_allows_a_token_that_somebody_else_has_signed_is_not_measured(runtime: Path, tmp_path: Path):
    task = tmp_path / "task"
    task.mkdir()
    shutil.copyfile(PEERS / "nothing.py", task / "lambda_function.py")
    event = token_event(next(Issuer().tokens("RS256")))
    with pytest.raises(FunctionFailedError, match="anything goes allows a request that it should not"):
        require_refused({"anything goes": Function(task, runtime, {})}, event)
    require_refused({NO_WORK: Function(task, runtime, {})}, event)


def test_without_the_runtime_client_nothing_is_measured(wheel_directory: Path):
    def nothing(name: str) -> Path:
        raise NotInstallableError(f"pip has no {name}")

    (section,) = jwt_cold.sections(Effort(1, 0, 1), nothing, wheels=wheel_directory)
    assert section.text == "Not measured: pip has no runtime."
