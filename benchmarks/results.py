"""benchmarks/results.md: a chapter for each part. One that was not run stays as it was."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import bar_chart
from benchmarks.part import Section

CHARTS = "charts"
"""The directory with the charts, beside the results."""

_HEAD = """\
# Results

Written by `make bench`. Numbers are comparable within one chapter, which is one run on one machine; look at the
ratios. What is measured and how is told in [docs/performance.md](../docs/performance.md).
"""
_CHAPTER = re.compile(r"^<!-- part: (\S+) -->\n", re.MULTILINE)


def write(file: Path, new: Mapping[str, str], *, order: Sequence[str]) -> None:
    """Replace chapters of the results, by the names of their parts."""
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(merged(old, new, order=order), encoding="utf-8")


def merged(old: str, new: Mapping[str, str], *, order: Sequence[str]) -> str:
    """Return the results with some chapters replaced. What `order` does not name is left out."""
    _, *pieces = _CHAPTER.split(old)
    chapters = {**dict(zip(pieces[::2], pieces[1::2], strict=True)), **new}
    parts = [f"<!-- part: {name} -->\n{chapters[name].strip()}\n" for name in order if name in chapters]
    return "\n".join([_HEAD, *parts])


def chapter(sections: Sequence[Section], facts: Mapping[str, str]) -> str:
    """Return the chapter of one part, which begins with what it was measured on."""
    told = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    return "\n\n".join([*(_markdown(section) for section in sections), f"Measured on\n\n{told}"])


def write_charts(directory: Path, sections: Sequence[Section]) -> None:
    """Write the charts of sections."""
    directory.mkdir(parents=True, exist_ok=True)
    for section in sections:
        for chart in section.charts:
            (directory / f"{chart.slug}.svg").write_text(bar_chart.svg(chart), encoding="utf-8")


def _markdown(section: Section) -> str:
    pictures = [f"![{chart.title}]({CHARTS}/{chart.slug}.svg)" for chart in section.charts]
    return "\n\n".join([f"## {section.title}", section.text.strip(), *pictures])
