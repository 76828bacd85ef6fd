"""One process whose cost is counted: a bare interpreter runs this file with a directory, the work, and how often.

`decide` answers events with the packaged function. `import` is what that is compared with: `ssl`, which no function that
asks over TLS does without.
"""

import json
import sys
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def main(directory: str, work: str, times: int, counted: str) -> None:
    """Do the work; `counted` is what is counted here, on standard error: calls or octets, or nothing."""
    sys.path.insert(0, directory)
    events: list[Any] = json.loads(Path(directory, "events.json").read_text(encoding="utf-8"))
    once = {"decide": _decide, "import": _import}[work]()
    count = {"calls": _calls, "octets": _octets}.get(counted, _uncounted)
    once(events[-1])  # the first time is another matter
    found = count(once, events[:times])
    if found is not None:
        sys.stderr.write(str(found))


def _decide() -> Callable[[Any], object]:
    handler = import_module("lambda_function").handler

    def decide(event: Any) -> None:
        answer = handler(event, None)
        if answer["policyDocument"]["Statement"][0]["Effect"] != "Allow":
            raise AssertionError(answer)

    return decide


def _import() -> Callable[[Any], object]:
    import ssl

    return lambda _event: ssl


def _uncounted(once: Callable[[Any], object], events: list[Any]) -> None:
    for event in events:
        once(event)


def _calls(once: Callable[[Any], object], events: list[Any]) -> float:
    """Return how many functions are called, in Python and below it."""
    calls = 0

    def profile(_frame: object, kind: str, _argument: object) -> None:
        nonlocal calls
        calls += kind in {"call", "c_call"}

    sys.setprofile(profile)
    for event in events:
        once(event)
    sys.setprofile(None)
    return calls / len(events)


def _octets(once: Callable[[Any], object], events: list[Any]) -> float:
    """Return how much memory one event takes at most, beyond what was in use before."""
    tracemalloc.start()
    most = 0
    for event in events:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        once(event)
        most = max(most, tracemalloc.get_traced_memory()[1] - before)
    return most


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "")
