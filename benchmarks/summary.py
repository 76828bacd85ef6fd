"""Many runs → what is told of them."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple


class Spread(NamedTuple):
    """The middle of some values, and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Look at values, of which there is at least one."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(median(values), low, high)

    def times(self, factor: float) -> "Spread":
        """Return the same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the middle of the ratios of runs that stood side by side: what slowed the machine slowed both."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))
