"""Counts what a process does: instructions by Valgrind, system calls by strace."""

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_WORKLOAD = Path(__file__).parent / "workload.py"
TIMES = 40
"""The difference between no event and so many is what they cost."""


class Task(NamedTuple):
    """A packaged function, unpacked, with its events beside it."""

    directory: Path

    def run(self, work: str, times: int, counted: str = "", *, under: tuple[str, ...] = ()) -> str:
        """Do the work in a process whose hashes are those of any other; return what it says of itself."""
        done = subprocess.run(
            [*under, sys.executable, "-I", "-S", str(_WORKLOAD), str(self.directory), work, str(times), counted],
            env={"PYTHONHASHSEED": "0", "LAMBDA_TASK_ROOT": str(self.directory), "SECRET": "geheim", "LD_LIBRARY_PATH": ""},
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    def instructions(self, work: str, times: int) -> int:
        """Return how many instructions a process takes for so many events, its start and a first one included."""
        return _instructions(self, work, times)

    def calls(self, work: str) -> float:
        """Return how many functions are called for an event, in Python and below it."""
        return float(self.run(work, TIMES, "calls"))

    def octets(self, work: str) -> float:
        """Return how much memory an event takes."""
        return float(self.run(work, TIMES, "octets"))

    def system_calls(self, work: str) -> dict[str, float]:
        """Return how many system calls of each kind an event takes."""
        none, some = self._system_calls(work, 0), self._system_calls(work, TIMES)
        return {
            name: (count - none.get(name, 0)) / TIMES
            for name, count in some.items()
            if count - none.get(name, 0) >= TIMES // 10  # memory is asked for now and then
        }

    def _system_calls(self, work: str, times: int) -> dict[str, int]:
        told = self.run(work, times, under=("strace", "-f", "-c", "-U", "calls,name"))
        return {
            name: int(count)
            for count, name in re.findall(r"^ *([0-9]+) (?!total)([a-z_0-9]+) *$", told, re.MULTILINE)
        }


@functools.cache
def _instructions(task: Task, work: str, times: int) -> int:
    valgrind = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    found = re.search(r"I +refs: +([0-9,]+)", task.run(work, times, under=valgrind))
    assert found is not None
    return int(found[1].replace(",", ""))


def is_there(program: str) -> bool:
    """Say whether a program can be run."""
    return shutil.which(program) is not None
