"""Functions that take turns under Lambda's runtime client, cold and warm: every answer must allow the request."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from benchmarks import progress
from benchmarks.comparison import Samples
from benchmarks.function_process import Cost, Function, FunctionFailedError, FunctionProcess
from benchmarks.functions import NO_WORK, is_allowed
from benchmarks.part import Effort
from benchmarks.processors import Split


def cold_starts(
    functions: Mapping[str, Function], effort: Effort, processors: Split, events: Iterator[bytes]
) -> Samples:
    """Start each function once a round, and give it one event."""
    samples: Samples = {name: [] for name in functions}
    for counts in progress.rounds("cold starts", effort):
        for name, function in functions.items():
            with FunctionProcess(function, processors.measured) as process:
                answer, cost = process.first(next(events))
            require_allowed(name, answer)
            if counts:
                samples[name].append(cost)
    return samples


def warm_invocations(
    functions: Mapping[str, Function], effort: Effort, processors: Split, events: Iterator[bytes]
) -> Samples:
    """Start each function, and give it a batch of events a round: a sample is the mean of a batch."""
    samples: Samples = {name: [] for name in functions}
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(FunctionProcess(function, processors.measured))
            for name, function in functions.items()
        }
        for counts in progress.rounds("warm invocations", effort):
            for name, process in processes.items():
                cost = _batch(name, process, effort.batch, events)
                if counts:
                    samples[name].append(cost)
    return samples


def _batch(name: str, process: FunctionProcess, size: int, events: Iterator[bytes]) -> Cost:
    process.wait()
    before, wall = process.cpu(), 0.0
    for _ in range(size):
        answer, seconds = process.next(next(events))
        wall += seconds
        require_allowed(name, answer)
    process.wait()
    return Cost(wall / size, (process.cpu() - before) / size)


def require_allowed(name: str, answer: bytes) -> None:
    """Raise FunctionFailedError for any other answer."""
    if not is_allowed(answer):
        raise FunctionFailedError(f"{name} does not allow a request that it should: {answer.decode()}")


def require_refused(functions: Mapping[str, Function], event: bytes) -> None:
    """Raise FunctionFailedError where one of them does something else with an event than to refuse it.

    Those that do no work are not asked.
    """
    for name, function in functions.items():
        if name != NO_WORK and _is_let_through(function, event):
            raise FunctionFailedError(f"{name} allows a request that it should not")


def _is_let_through(function: Function, event: bytes) -> bool:
    with FunctionProcess(function) as process:
        try:
            answer, _ = process.first(event)
        except FunctionFailedError as error:
            if '"errorMessage": "Unauthorized"' in str(error):
                return False
            raise
    return is_allowed(answer)
