"""Footprints: what functions take up, a row for each and a column for each kind; the least is the best."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.part import OURS, Chart, Section
from benchmarks.summary import Spread

Rows = Mapping[str, Sequence[float]]
"""By names of functions, with a value for each column."""


class Footprints(NamedTuple):
    """A table, and a chart of one of its columns."""

    slug: str
    title: str
    about: str
    columns: tuple[str, ...]
    charted: int
    """The column of the chart."""
    form: str
    """Of values."""
    limit: str
    """Who is not compared: it leaves out what others do."""
    compared: tuple[int, ...]
    """The columns in which ours is to be the smallest."""

    def section(self, rows: Rows, missing: Mapping[str, str], *, further: Sequence[str] = ()) -> Section:
        """Tell what came out; `further` are goals of another kind."""
        goals = "\n".join([*self.reached(rows), *further])
        parts = [
            self.about,
            self.table(rows),
            goals,
            *(f"Missing: {name} ({why})." for name, why in missing.items()),
        ]
        return Section(self.title, "\n\n".join(filter(None, parts)), (self.chart(rows),))

    def table(self, rows: Rows) -> str:
        """Return a row for each function."""
        lines = [["function", *self.columns], ["---", *["---:"] * len(self.columns)]]
        lines += [[name, *(self.form.format(value) for value in values)] for name, values in rows.items()]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def reached(self, rows: Rows) -> list[str]:
        """Say for each column whether ours has the smallest value of all that do the work."""
        others = {name: values for name, values in rows.items() if name not in {OURS, self.limit}}
        lines = []
        for column in self.compared if others else ():
            least = min(others, key=lambda name: others[name][column])
            ours, theirs = rows[OURS][column], others[least][column]
            found = f"{ours / theirs:.2f} × {least}, the next one"
            said = "reached" if ours < theirs else "**missed**"
            lines += [f"* to reach: fewest {self.columns[column]}; measured: {found}, {said}"]
        return lines

    def chart(self, rows: Rows) -> Chart:
        """Draw a column."""
        bars = tuple((name, Spread.of([values[self.charted]])) for name, values in rows.items())
        return Chart(self.slug, self.title, f"{self.columns[self.charted]} (less is better)", bars, self.limit)
