"""Do one thing as often as one is told, and tell how long it took: `timed_loop.py ACTION.py FILE_DESCRIPTOR`.

The first line of standard input is what the action works on, as JSON; each further line is a number of times. The
answers are lines of JSON, on the file descriptor: seconds by the clock and of the processor, for one time.
"""

import importlib.util
import json
import os
import sys
import time
from typing import Any


def main() -> None:
    """Serve until standard input ends. An output that is wrong ends it, too."""
    with os.fdopen(int(sys.argv[2]), "w", buffering=1) as answers:
        action = _made(sys.argv[1], json.loads(sys.stdin.readline()))
        for line in sys.stdin:
            json.dump(_timed(action, int(line)), answers)
            answers.write("\n")


def _made(path: str, material: Any) -> Any:
    spec = importlib.util.spec_from_file_location("action", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Action(material)


def _timed(action: Any, times: int) -> list[float]:
    """Return seconds of wall and processor, without those that it takes to prepare what goes in."""
    inputs, once, output = action.inputs(times), action.once, None
    cpu, wall = time.process_time(), time.perf_counter()
    for one in inputs:
        output = once(one)
    took = [(time.perf_counter() - wall) / times, (time.process_time() - cpu) / times]
    if not action.is_right(output):
        raise ValueError("this is not what should come out")
    return took


if __name__ == "__main__":
    main()
