"""Comparison: what functions cost beside one another, as medians and ratios, with what is to be reached."""

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.bar_chart import number_of
from benchmarks.function_process import Cost
from benchmarks.part import OURS, Chart, Section
from benchmarks.summary import Spread, ratio

Samples = dict[str, list[Cost]]
"""By names of functions; those at the same place were measured side by side."""


class Unit(NamedTuple):
    """What times are told in."""

    name: str
    of_a_second: float


MILLISECONDS, MICROSECONDS = Unit("ms", 1e3), Unit("µs", 1e6)


class Goal(NamedTuple):
    """At most this many times what a peer takes."""

    peer: str
    most: float


class Comparison(NamedTuple):
    """One line of the table of what is to be measured."""

    slug: str
    title: str
    about: str
    goals: tuple[Goal, ...]
    limit: str | None
    unit: Unit = MILLISECONDS
    ours: tuple[str, ...] = (OURS,)
    """What is to reach the goals."""

    def section(self, samples: Samples, missing: Mapping[str, str]) -> Section:
        """Tell what came out."""
        parts = [self.about, self.table(samples), self.reached(samples)]
        parts += [f"Missing: {name} ({why})." for name, why in missing.items()]
        parts += [f"{_runs(samples)} Medians, quartiles in brackets; ratios are medians of ratios within a round."]
        return Section(self.title, "\n\n".join(filter(None, parts)), (self.chart(samples),))

    def table(self, samples: Samples) -> str:
        """Return a row for each function."""
        compared = [goal.peer for goal in self.goals if goal.peer in samples]
        heads = [
            "function",
            f"wall {self.unit.name}",
            f"CPU {self.unit.name}",
            *(f"× {peer}: {kind}" for peer in compared for kind in ("wall", "CPU")),
        ]
        rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
        for name, costs in samples.items():
            ratios = [f"{of(costs, samples[peer]):.2f}" for peer in compared for of in (wall_ratio, cpu_ratio)]
            times = [self._told([cost.wall for cost in costs]), self._told([cost.cpu for cost in costs])]
            rows += [[name, *times, *ratios]]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def reached(self, samples: Samples) -> str:
        """Say for each goal, which is one of wall time, whether it is reached."""
        lines = []
        for goal in self.goals:
            for name in self.ours if goal.peer in samples else ():
                found = wall_ratio(samples[name], samples[goal.peer])
                said = "reached" if found <= goal.most else "**missed**"
                who = "measured" if len(self.ours) == 1 else name
                lines += [f"* to reach: ≤ {goal.most:.2f} × {goal.peer}; {who}: {found:.2f}, {said}"]
        return "\n".join(lines)

    def chart(self, samples: Samples) -> Chart:
        """Draw wall times."""
        bars = tuple(
            (name, Spread.of([cost.wall for cost in costs]).times(self.unit.of_a_second))
            for name, costs in samples.items()
        )
        return Chart(self.slug, self.title, f"{self.unit.name} (less is better)", bars, self.limit)

    def _told(self, seconds: list[float]) -> str:
        spread = Spread.of(seconds).times(self.unit.of_a_second)
        return f"{number_of(spread.median)} ({number_of(spread.low)} … {number_of(spread.high)})"


def wall_ratio(ours: list[Cost], theirs: list[Cost]) -> float:
    """Return how many times the wall time of another function one takes."""
    return ratio([cost.wall for cost in ours], [cost.wall for cost in theirs])


def cpu_ratio(ours: list[Cost], theirs: list[Cost]) -> float:
    """Return how many times the CPU time of another function one takes."""
    return ratio([cost.cpu for cost in ours], [cost.cpu for cost in theirs])


def _runs(samples: Samples) -> str:
    rounds = len(next(iter(samples.values())))
    return f"{rounds} round{'' if rounds == 1 else 's'}."
