"""Which interpreter compiles for a runtime."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from apigw_oauth.deploy.packaging import interpreters
from tests.deploy.packaging.packages import INSTALLED, host


def find(python: str, known: dict[str, str]) -> str | None:
    """Look among interpreters that say something of themselves; those that say nothing cannot be started."""

    def run(command: Sequence[str]) -> str:
        assert command[1:3] == ["-I", "-S"]
        said = known[command[0]]
        if said == "shim":
            raise subprocess.CalledProcessError(127, command)
        if not said:
            raise FileNotFoundError(command[0])
        return said + "\n"

    return interpreters.find(python, run=run, candidates=lambda _python: iter(known))


def test_the_first_that_is_that_python_is_taken():
    assert find("3.13", {"a": "cpython 3 12 final", "b": "cpython 3 13 final", "c": "cpython 3 13 final"}) == "b"


@pytest.mark.parametrize("said", ["cpython 3 13 alpha", "pypy 3 13 final", "cpython 3 12 final", "", "shim", "cpython 3 1 3 final"])  # fmt: skip
def test_others_are_passed_over(said: str):
    assert find("3.13", {"a": said}) is None


def test_the_running_one_is_asked_first():
    assert interpreters.find(host().python) == sys.executable
    assert host().python in INSTALLED


def test_a_python_that_nobody_has_is_not_found():
    assert interpreters.find("3.99") is None
