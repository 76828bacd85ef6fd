"""Who runs where: what is measured has the last processor for itself, where the system lets us choose."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Split(NamedTuple):
    """Two sets of processors; both are empty where there is no choice."""

    measured: frozenset[int]
    others: frozenset[int]


def split() -> Split:
    """Share out the processors that this process may use."""
    if not hasattr(os, "sched_getaffinity"):
        return Split(frozenset(), frozenset())
    return shared_out(os.sched_getaffinity(0))


def shared_out(allowed: set[int]) -> Split:
    """Return the last of some processors, and the others."""
    if len(allowed) < 2:
        return Split(frozenset(), frozenset())
    last = frozenset({max(allowed)})
    return Split(last, frozenset(allowed) - last)


@contextmanager
def on(processors: frozenset[int]) -> Iterator[None]:
    """Keep this thread, and what it starts, on some processors; on any if there are none."""
    if not processors:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
