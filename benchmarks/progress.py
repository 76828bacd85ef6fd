"""How far a part is, for those who wait: on standard error, where nothing else is written."""

import sys
from collections.abc import Iterator

from benchmarks.part import Effort


def say(text: str) -> None:
    """Say what is done now."""
    print(f"  {text}", file=sys.stderr)


def rounds(about: str, effort: Effort) -> Iterator[bool]:
    """Return for each round whether it counts; a terminal shows which one it is."""
    total = effort.warm_up + effort.runs
    say(f"{about}: {total} round{'' if total == 1 else 's'}")
    for number in range(total):
        if sys.stderr.isatty():
            print(f"\r  round {number + 1} of {total} ", end="", file=sys.stderr, flush=True)
        yield number >= effort.warm_up
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
