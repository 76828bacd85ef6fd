"""One action in a process of its own, which does it as often as it is told: see actions/timed_loop.py."""

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks import progress
from benchmarks.comparison import Samples
from benchmarks.function_process import EXECUTABLE, TRACE, Cost
from benchmarks.part import Effort, MeasurementError
from benchmarks.processors import Split, on

ACTIONS = Path(__file__).parent / "actions"
_OF_A_BATCH = 8
"""How many times as often as an invocation an action is done: it takes microseconds."""


class ActionFailedError(MeasurementError):
    """The process ended; the message is what it said."""


class Action(NamedTuple):
    """What is done, with what."""

    source: str
    """The file among the actions, without its ending."""
    paths: tuple[Path, ...]
    """Where its libraries are."""
    material: Mapping[str, Any]
    environ: Mapping[str, str] = {}


class ActionProcess:
    """An action that can be done."""

    def __init__(self, action: Action, processors: frozenset[int] = frozenset()) -> None:
        """Start the process on some processors, and give it what it works on."""
        (taking, giving), (reading, writing) = os.pipe(), os.pipe()
        self._open = ExitStack()
        self._log = self._open.enter_context(os.fdopen(os.memfd_create("log"), "w+b"))
        script = [str(ACTIONS / "timed_loop.py"), str(ACTIONS / f"{action.source}.py"), str(writing)]
        with on(processors):
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter that runs this
                [EXECUTABLE, "-S", "-s", "-P", "-B", *script],
                stdin=taking,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=environment(action),
                pass_fds=[writing],
            )
        os.close(taking)
        os.close(writing)
        self._orders = os.fdopen(giving, "w")
        self._answers = self._open.enter_context(os.fdopen(reading))
        self._say(json.dumps(action.material))

    def measure(self, times: int) -> Cost:
        """Return what one time costs, as the mean of some. Raises ActionFailedError."""
        self._say(str(times))
        if not (line := self._answers.readline()):
            raise ActionFailedError(self._last_words())
        return Cost(*json.loads(line))

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # of what it has not read
            self._orders.close()
        self._open.close()

    def _say(self, line: str) -> None:
        try:
            self._orders.write(line + "\n")
            self._orders.flush()
        except BrokenPipeError:
            raise ActionFailedError(self._last_words()) from None

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:]


def environment(action: Action) -> dict[str, str]:
    """Return the variables of a process, none of them from the shell."""
    paths = os.pathsep.join(map(str, action.paths))
    return {"PATH": os.defpath, "PYTHONPATH": paths, "_X_AMZN_TRACE_ID": TRACE, **action.environ}


def measured(about: str, actions: Mapping[str, Action], effort: Effort, processors: Split) -> Samples:
    """Start all actions, and let them take turns: a sample is the mean of a batch."""
    samples: Samples = {name: [] for name in actions}
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(ActionProcess(action, processors.measured))
            for name, action in actions.items()
        }
        for counts in progress.rounds(about, effort):
            for name, process in processes.items():
                cost = process.measure(effort.batch * _OF_A_BATCH)
                if counts:
                    samples[name].append(cost)
    return samples
