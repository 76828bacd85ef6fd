"""Memory: the most that the process of a function has ever had, after thousands of different tokens.

Functions are the ones whose time is measured, with the same server. Here several of them run at once.
"""

import itertools
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import introspection, jwt_cold, progress
from benchmarks.footprints import Footprints, Rows
from benchmarks.function_process import Function, FunctionProcess
from benchmarks.functions import NO_WORK
from benchmarks.invocations import require_allowed
from benchmarks.issuer import Issuer
from benchmarks.part import OURS, Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries

COUNTS = (1_000, 10_000)
_BOUNDED = 1.02
"""How much more the second may be than the first."""


def sections(
    _effort: Effort, find: Libraries = libraries, *, wheels: Path | None = None, counts: Sequence[int] = COUNTS
) -> list[Section]:
    """Measure, once: memory hardly differs from run to run."""
    return [of_introspection(find, counts), of_jwt(find, counts, wheels=wheels)]


def of_introspection(find: Libraries, counts: Sequence[int]) -> Section:
    """Measure functions that introspect each token."""
    told = _footprints("introspection", introspection.LIMIT, counts)
    with tempfile.TemporaryDirectory() as name, introspection.server_of(Path(name)) as server:
        try:
            deployed = introspection.deployed_in(Path(name), server, find)
        except NotInstallableError as error:
            return Section(told.title, f"Not measured: {error}.")
        rows = measured(deployed.functions, introspection.events(), counts)
        return told.section(rows, deployed.missing, further=[_bounded(rows, counts)])


def of_jwt(find: Libraries, counts: Sequence[int], *, wheels: Path | None = None) -> Section:
    """Measure functions that verify JWTs."""
    told, issuer = _footprints("JWT", jwt_cold.LIMIT, counts), Issuer()
    with tempfile.TemporaryDirectory() as name, jwt_cold.server_of(Path(name), issuer) as server:
        try:
            deployed = jwt_cold.deployed_in(Path(name), server, find, wheels=wheels)
        except NotInstallableError as error:
            return Section(told.title, f"Not measured: {error}.")
        rows = measured(deployed.functions, jwt_cold.events(issuer), counts)
        return told.section(rows, deployed.missing, further=[_bounded(rows, counts)])


def measured(functions: Mapping[str, Function], events: Iterator[bytes], counts: Sequence[int]) -> Rows:
    """Return megabytes after the first token, and after as many as are asked for: the same for all functions."""
    each = list(itertools.islice(events, max(counts)))
    working = {name: function for name, function in functions.items() if name != NO_WORK}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = {name: threads.submit(_peaks, name, function, each, counts) for name, function in working.items()}
        return {name: future.result() for name, future in found.items()}


def _peaks(name: str, function: Function, events: Sequence[bytes], counts: Sequence[int]) -> list[float]:
    peaks = []
    with FunctionProcess(function) as process:
        for number, event in enumerate(events, 1):
            answer, _ = process.next(event)
            require_allowed(name, answer)
            if number == 1 or number in counts:
                process.wait()
                peaks.append(process.peak() / 1e6)
    progress.say(f"{name}: {max(counts):,} tokens")
    return peaks


def _footprints(about: str, limit: str, counts: Sequence[int]) -> Footprints:
    return Footprints(
        slug=f"memory-{about.lower()}",
        title=f"Memory, {about}",
        about="Peak of what the process holds in memory (VmHWM), the interpreter included.",
        columns=("MB after one token", *(f"MB after {count:,}" for count in counts)),
        charted=len(counts),
        form="{:.1f}",
        limit=limit,
        compared=(len(counts),),
    )


def _bounded(rows: Rows, counts: Sequence[int]) -> str:
    grown = rows[OURS][-1] / rows[OURS][-2]
    said = "reached" if grown <= _BOUNDED else "**missed**"
    fewer, more = counts[-2:]
    return (
        f"* to reach: bounded, after {more:,} tokens ≤ {_BOUNDED:.2f} × after {fewer:,};"
        f" measured: {grown:.3f}, {said}"
    )
