"""What a part of the benchmarks is, and what it has to say."""

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.summary import Spread

OURS = "apigw-oauth"
"""The name of what is ours, in tables and charts."""


class MeasurementError(Exception):
    """What is to be measured does not do what it should; the message says who, and what it said."""


class Effort(NamedTuple):
    """How often things are measured."""

    runs: int = 40
    """Rounds in which all peers take turns."""
    warm_up: int = 3
    """Rounds before these, which do not count."""
    batch: int = 25
    """How often in a round, if it takes microseconds or a few milliseconds."""


class Chart(NamedTuple):
    """A bar for each peer, and one of them as a line through all."""

    slug: str
    """The name of its file, without the ending."""
    title: str
    unit: str
    bars: tuple[tuple[str, Spread], ...]
    limit: str | None = None
    """The bar that is the limit."""


class Section(NamedTuple):
    """What a part has measured: text in Markdown, and charts below it."""

    title: str
    text: str
    charts: tuple[Chart, ...] = ()


class Part(NamedTuple):
    """One line of the table of parts."""

    name: str
    about: str
    run: Callable[[Effort], list[Section]]
