"""Medians, quartiles and ratios are those of the values, and goals are read off them."""

import pytest
from benchmarks.comparison import MICROSECONDS, Comparison, Goal
from benchmarks.function_process import Cost
from benchmarks.part import OURS
from benchmarks.processors import Split, shared_out
from benchmarks.summary import Spread, ratio

COMPARISON = Comparison(
    slug="cold", title="Cold", about="It is cold.", goals=(Goal("port", 0.5), Goal("limit", 1.1)), limit="limit"
)
SAMPLES = {
    OURS: [Cost(0.1, 0.05), Cost(0.3, 0.06), Cost(0.2, 0.04)],
    "port": [Cost(0.4, 0.1), Cost(0.5, 0.1), Cost(0.5, 0.2)],
    "limit": [Cost(0.1, 0.05), Cost(0.15, 0.05), Cost(0.1, 0.05)],
}


def test_a_spread_is_the_median_and_the_quartiles():
    assert Spread.of([5, 1, 4, 2, 3]) == (3, 2, 4)
    assert Spread.of([7.5]) == (7.5, 7.5, 7.5)
    assert Spread.of([1, 3]).times(1000) == (2000, 1500, 2500)


def test_a_ratio_is_the_median_of_the_ratios_of_rounds_and_not_the_ratio_of_medians():
    assert ratio([1, 10, 6], [2, 10, 4]) == 1.0  # of 0.5, 1 and 1.5
    assert ratio([1, 1, 100], [2, 2, 200]) == 0.5


def test_a_ratio_needs_as_many_runs_of_both():
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1])


def test_the_table_has_a_row_for_each_function_and_ratios_to_those_it_is_compared_with():
    head, line, *rows = COMPARISON.table(SAMPLES).splitlines()
    assert head == "| function | wall ms | CPU ms | × port: wall | × port: CPU | × limit: wall | × limit: CPU |"
    assert head.count("|") == line.count("|")
    assert rows == [
        "| apigw-oauth | 200 (150 … 250) | 50.0 (45.0 … 55.0) | 0.40 | 0.50 | 2.00 | 1.00 |",
        "| port | 500 (450 … 500) | 100 (100 … 150) | 1.00 | 1.00 | 4.00 | 2.00 |",
        "| limit | 100 (100 … 125) | 50.0 (50.0 … 50.0) | 0.25 | 0.50 | 1.00 | 1.00 |",
    ]


def test_a_goal_is_reached_or_missed_in_wall_time():
    assert COMPARISON.reached(SAMPLES).splitlines() == [
        "* to reach: ≤ 0.50 × port; measured: 0.40, reached",
        "* to reach: ≤ 1.10 × limit; measured: 2.00, **missed**",
    ]


def test_several_may_have_to_reach_a_goal_and_times_may_be_microseconds():
    comparison = COMPARISON._replace(goals=(Goal("port", 0.5),), unit=MICROSECONDS, ours=(OURS, "limit"))
    assert comparison.reached(SAMPLES).splitlines() == [
        "* to reach: ≤ 0.50 × port; apigw-oauth: 0.40, reached",
        "* to reach: ≤ 0.50 × port; limit: 0.25, reached",
    ]
    head, _, first, *_ = comparison.table(SAMPLES).splitlines()
    assert head.startswith("| function | wall µs | CPU µs |")
    assert first.startswith("| apigw-oauth | 200,000 (150,000 … 250,000) |")


def test_who_is_missing_is_named_and_not_compared_with():
    samples = {name: costs for name, costs in SAMPLES.items() if name != "port"}
    section = COMPARISON.section(samples, {"port": "pip failed"})
    assert "Missing: port (pip failed)." in section.text
    assert "× port" not in section.text
    assert "× limit" in section.text
    assert "3 rounds." in section.text


def test_functions_have_a_processor_for_themselves_where_there_are_several():
    assert shared_out({0, 1, 2, 5}) == Split(frozenset({5}), frozenset({0, 1, 2}))
    assert shared_out({3}) == Split(frozenset(), frozenset())
