"""Requests a second through local gateways: routes without an authorizer and with each kind of it.

The load comes from a process of its own, on another processor than the gateway and all its processes. Within each
round all gateways take turns.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import http_load, process_tree, progress
from benchmarks.bar_chart import number_of
from benchmarks.gateways import GATEWAYS, ROWS, Address, Addresses, Gateway, running
from benchmarks.part import OURS, Chart, Effort, Section
from benchmarks.peer_environments import Libraries, libraries
from benchmarks.processors import on, split
from benchmarks.summary import Spread, ratio

CONNECTIONS = (1, 16)
PEER, GOAL = "serverless-offline", 5.0
_ABOUT = "Requests a second over kept connections; function and authorizer are in Python, and the same for all."
_HOW = "Medians, quartiles in brackets; ratios are medians of ratios within a round."
EXPECTED = '{"Hello":"World"}'
_SECONDS = 0.016
"""What one of a batch lasts: 0.4 seconds for a measurement, unless told otherwise."""

_SETTLING = 5
"""How many times as long the first load of each route lasts, until all processes of a gateway are there."""


class Rate(NamedTuple):
    """What came out of one load: answers a second, how many seconds they took, and what all processes could do.

    `per_core`: answers by second of the processors that all processes of the gateway took for them.
    """

    rate: float
    p50: float
    p99: float
    per_core: float


class Case(NamedTuple):
    """A row of the results."""

    row: str
    connections: int


Samples = dict[Case, dict[str, list[Rate]]]
"""By case and name of the gateway; those at the same place were measured side by side."""


class LoadFailedError(Exception):
    """A gateway did not answer as it should."""


class Load:
    """The process that asks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a program of our own
            [sys.executable, "-I", http_load.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def put(self, address: Address, connections: int, seconds: float) -> Rate:
        """Ask for some time. Raises LoadFailedError."""
        if self._process.stdin is None or self._process.stdout is None:
            raise LoadFailedError("the process of the load has no pipes")
        task = {
            "port": address.port,
            "request": _request(address.port, address.path),
            "expected": EXPECTED,
            "connections": connections,
            "seconds": seconds,
        }
        before = process_tree.cpu(address.process)
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise LoadFailedError(answer["error"])
        number = answer.pop("number")
        return Rate(**answer, per_core=number / (process_tree.cpu(address.process) - before))

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def _request(port: int, path: str) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "User-Agent: benchmark", "Accept: */*"]
    return "\r\n".join([*lines, "Authorization: Bearer let-me-in", "", ""])


@contextmanager
def _load() -> Iterator[Load]:
    load = Load()
    try:
        yield load
    finally:
        load.end()


def sections(
    effort: Effort, find: Libraries = libraries, gateways: tuple[Gateway, ...] = GATEWAYS
) -> list[Section]:
    """Measure. `find` returns where a set of libraries is."""
    processors = split()
    with (
        tempfile.TemporaryDirectory() as name,
        on(processors.others),
        _load() as load,
        on(processors.measured),
        running(gateways, Path(name), find) as (addresses, missing),
    ):
        samples = measured(load, addresses, missing, effort)
    notes = [f"{one.name}: {one.lacks}" for one in gateways if one.lacks and one.name in addresses]
    return [section(samples, missing, notes)]


def measured(load: Load, addresses: dict[str, Addresses], missing: dict[str, str], effort: Effort) -> Samples:
    """Put a load on each gateway in turn; one that fails is measured no further, and why is put down."""
    seconds = _SECONDS * effort.batch
    for name in [*addresses]:
        progress.say(f"{name} settles")
        try:
            for row in addresses[name]:
                for connections in CONNECTIONS:
                    load.put(addresses[name][row], connections, seconds * _SETTLING)
        except LoadFailedError as error:
            missing[name] = str(error)
            del addresses[name]
    samples: Samples = {Case(row, connections): {} for row in ROWS for connections in CONNECTIONS}
    counted = Effort(-(-effort.runs // 5), 0, effort.batch)
    for _ in progress.rounds("gateways", counted):
        for case, found in samples.items():
            for name, at in addresses.items():
                if case.row in at:
                    found.setdefault(name, []).append(load.put(at[case.row], case.connections, seconds))
    return samples


def section(samples: Samples, missing: Mapping[str, str], notes: Sequence[str]) -> Section:
    """Tell what came out."""
    rounds = max(len(rates) for found in samples.values() for rates in found.values())
    parts = [
        _ABOUT,
        table(samples),
        reached(samples),
        *notes,
        *(f"Missing: {name} ({why})." for name, why in missing.items()),
        f"{rounds} round{'' if rounds == 1 else 's'}. {_HOW}",
    ]
    return Section("Local gateway", "\n\n".join(filter(None, parts)), charts(samples))


def table(samples: Samples) -> str:
    """Return a row for each case and gateway."""
    lines = [
        f"| route | connections | gateway | requests/s | p50 ms | p99 ms | per core | × {PEER} | per core |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for case, found in samples.items():
        for name, rates in found.items():
            spread = Spread.of([one.rate for one in rates])
            times = [Spread.of([one[place] for one in rates]).median * 1e3 for place in (1, 2)]
            cells = [
                case.row,
                str(case.connections),
                name,
                f"{spread.median:.0f} ({spread.low:.0f} … {spread.high:.0f})",
                *(number_of(one) for one in times),
                f"{Spread.of([one.per_core for one in rates]).median:.0f}",
                *(f"{of_peer(rates, found[PEER], place):.1f}" if PEER in found else "" for place in (0, 3)),
            ]
            lines += [f"| {' | '.join(cells)} |"]
    return "\n".join(lines)


def reached(samples: Samples) -> str:
    """Say whether the goal is reached in every row: as the clock has it, and per core."""
    compared = {case: found for case, found in samples.items() if {OURS, PEER} <= found.keys()}
    if not compared:
        return ""
    lines = []
    for place, what in ((0, "requests/s"), (3, "per core")):
        ratios = {case: of_peer(found[OURS], found[PEER], place) for case, found in compared.items()}
        case, least = min(ratios.items(), key=lambda pair: pair[1])
        said = "reached" if least >= GOAL else "**missed**"
        where = f"{case.row}, {case.connections} connection{'' if case.connections == 1 else 's'}"
        lines += [
            f"* to reach: {what} ≥ {GOAL:.0f} × {PEER} in every row; the least: {least:.1f} ({where}), {said}"
        ]
    return "\n".join(lines)


def of_peer(ours: list[Rate], theirs: list[Rate], place: int = 0) -> float:
    """Return how many times the rate of another gateway one has, or another number of it by its place."""
    return ratio([one[place] for one in ours], [one[place] for one in theirs])


def charts(samples: Samples) -> tuple[Chart, ...]:
    """Draw the rates with most connections."""
    return tuple(
        Chart(
            f"gateway-{ROWS[case.row]}",
            f"Local gateway, {case.row}",
            f"requests/s over {case.connections} connections (more is better)",
            tuple((name, Spread.of([one.rate for one in rates])) for name, rates in found.items()),
        )
        for case, found in samples.items()
        if case.connections == max(CONNECTIONS) and found
    )
