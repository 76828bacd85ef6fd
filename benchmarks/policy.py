"""What policies cost: `python -m benchmarks.policy`, or `make bench BENCH=policy`.

Compile time, decisions and policy size for tables of several shapes and sizes. Times are medians of several
runs, in which the tables take turns; beside them stands how often `json.loads` could have read the event in the
same time, which says more on another machine.
"""

import argparse
import json
import platform
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from benchmarks.measuring import Case, Times, matching
from benchmarks.part import Effort, Section
from benchmarks.tables import SHAPES

SIZES = (10, 100, 1_000, 10_000)
DEPTHS = (1, 2, 4, 8, 16, 32)

_RUNS = 5  # tables of 10,000 routes take seconds
_ABOUT = "Tables of routes of several shapes and sizes: medians, in one process that asks nobody."

_COLUMNS = (
    ("table", "shape", str),
    ("routes", "routes", "{:,}".format),
    ("open", "open", "{:,}".format),
    ("compile ms", "compile_ms", "{:,.1f}".format),
    ("first ms", "first_ms", "{:,.1f}".format),
    ("again µs", "again_us", "{:,.0f}".format),
    ("x json", "again_ratio", "{:.0f}".format),
    ("policy µs", "policy_us", "{:,.0f}".format),
    ("route µs", "route_us", "{:,.0f}".format),
    ("x json", "route_ratio", "{:.0f}".format),
    ("match µs", "match_us", "{:.1f}".format),
    ("resources", "resources", str),
    ("bytes", "bytes", "{:,}".format),
    ("fits", "fits", lambda fits: "yes" if fits else "no"),
)
_LEGEND = """\
flat       /res{i} and /res{i}/{id}, CRUD
nested     /t{i}/{a}/sub and /t{i}/{a}/sub/{b}, CRUD
tenant     /{tenant}/r{i}, GET and PUT
areas      /area{a}/r{i}/{id}, GET and PUT; an area is open or closed as a whole
open       routes that the token opens: all but those of every tenth resource
compile    the route table and its spills, for cache mode token
first      a whole decision in mode token, for scopes that were not seen before
again      the same for scopes that were seen; policy: writing the answer alone
route      a whole decision in mode route
match      finding the route of a path
resources  of the policy in mode token, with its size; where it does not fit, it is for the literal request
x json     how often json.loads reads the event in the same time"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description="What policies cost.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of routes")
    parser.add_argument("--runs", type=int, default=_RUNS, help="how often everything is measured")
    parser.add_argument("--times", type=int, default=300, help="how often in a run, if it takes microseconds")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    chosen = parser.parse_args(arguments)
    tables = measured_tables(chosen.sizes, runs=chosen.runs, times=chosen.times)
    depths = measured_depths(DEPTHS, runs=chosen.runs, times=chosen.times)
    if chosen.json:
        print(json.dumps({"python": platform.python_version(), "tables": tables, "depths": depths}))
        return
    print(told(tables, depths))


def sections(effort: Effort) -> list[Section]:
    """Measure everything, as one part of the benchmarks."""
    runs = min(effort.runs, _RUNS)
    tables = measured_tables(SIZES, runs=runs, times=effort.batch * 12)
    depths = measured_depths(DEPTHS, runs=runs, times=effort.batch * 12)
    return [Section("Policies", f"{_ABOUT}\n\n```text\n{told(tables, depths)}\n```")]


def told(tables: Sequence[dict[str, Any]], depths: Sequence[dict[str, Any]]) -> str:
    """Return both tables, with what the columns mean."""
    matched = table([("depth", "depth", str), ("match µs", "match_us", "{:.2f}".format)], depths)
    return f"{table(_COLUMNS, tables)}\n\n{_LEGEND}\n\n{matched}"


def measured_tables(sizes: Iterable[int], *, runs: int, times: int) -> list[dict[str, Any]]:
    """Return what tables of these sizes cost, of each shape."""
    cases = [Case.of(shape, size) for size in sizes for shape in SHAPES]
    found: list[list[Times]] = [[] for _ in cases]
    for run in range(runs):
        for case, timed in zip(cases, found, strict=True):
            timed.append(case.measure(run, times=times))
    return [_told(case, timed) for case, timed in zip(cases, found, strict=True)]


def _told(case: Case, timed: Sequence[Times]) -> dict[str, Any]:
    def microseconds(name: str) -> float:
        return round(median(run[name] for run in timed) * 1e6, 2)

    def ratio(name: str, of: str) -> float:
        return round(median(run[name] / run[of] for run in timed), 1)

    return {
        "shape": case.shape,
        "routes": case.size,
        "compile_ms": round(microseconds("compile") / 1000, 2),
        "first_ms": round(microseconds("first") / 1000, 3),
        "again_us": microseconds("again"),
        "again_ratio": ratio("again", "json"),
        "policy_us": microseconds("policy"),
        "route_us": microseconds("route"),
        "route_ratio": ratio("route", "route_json"),
        "match_us": microseconds("match"),
        **case.sizes(),
    }


def measured_depths(depths: Sequence[int], *, runs: int, times: int) -> list[dict[str, Any]]:
    """Return how long it takes to match paths of these depths."""
    found = [[matching(depth, times=times)["match"] for depth in depths] for _ in range(runs)]
    medians = (median(column) for column in zip(*found, strict=True))
    return [
        {"depth": depth, "match_us": round(time * 1e6, 2)} for depth, time in zip(depths, medians, strict=True)
    ]


def table(columns: Sequence[tuple[str, str, Callable[[Any], str]]], rows: Iterable[dict[str, Any]]) -> str:
    """Return rows below their headings, each column as wide as it must be."""
    lines = [[head for head, _, _ in columns]]
    lines += [[show(row[key]) for _, key, show in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = []
    for first, *others in lines:
        right = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        padded.append("  ".join((first.ljust(widths[0]), *right)))
    return "\n".join(padded)


if __name__ == "__main__":
    main()
