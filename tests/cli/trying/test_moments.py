"""Time in words."""

import pytest

from apigw_oauth.cli.trying import moments


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 seconds"), (1, "1 second"), (89, "89 seconds"), (90, "1 minute"), (23 * 60 + 59, "23 minutes"),
        (90 * 60, "1 hour"), (36 * 3600 - 1, "35 hours"), (36 * 3600, "1 day"), (10 * 86_400, "10 days"), (-5, "0 seconds"),
    ],
)  # fmt: skip
def test_spans(seconds: float, told: str):
    assert moments.span(seconds) == told


def test_ends_and_times_of_day():
    assert moments.relative(1000, 400) == "ends in 10 minutes"
    assert moments.relative(1000, 1000) == "ended 0 seconds ago"
    assert moments.moment_of(43_205.9) == "1970-01-01 12:00:05"
