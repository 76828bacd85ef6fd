"""Values on their way into a function and out of it."""

import enum
import json
import math
from decimal import Decimal
from typing import Any

import pytest

from apigw_oauth.gateway.json_values import copied


class Colour(enum.IntEnum):
    """Numbers with names."""

    RED = 1


class Text(str):
    """Text with more to it."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Tell it from a text alone."""
        return f"Text({str(self)!r})"


PLAIN: dict[str, Any] = {"a": [1, -1.5, True, False, None, "x", {}, [], {"b": {"c": ["d"]}}], "": ""}
NOT_PLAIN = [
    "é", {"é": 1}, {1: 2, None: 3, False: 4, 1.5: 5}, (1, (2,)), {"a": (1,)}, Colour.RED, Text("a"),
    {Text("a"): [Text("b")]}, {"a": Text("b")}, 2**70, -(2**63), "\ud83d\ude00", "\ud800", [Decimal("1.5")], 1e308, -0.0,
]  # fmt: skip


@pytest.mark.parametrize("value", [PLAIN, *PLAIN["a"], *NOT_PLAIN], ids=ascii)
def test_a_copy_is_what_a_round_trip_through_json_gives(value: Any) -> None:
    made, expected = copied(value), json.loads(json.dumps(value, default=float))
    assert made == expected
    assert repr(made) == repr(expected)  # of the same types, too


def test_a_copy_shares_nothing_that_can_be_changed() -> None:
    value: dict[str, Any] = {"a": {"b": [{"c": 1}]}}
    made: Any = copied(value)
    made["a"]["b"][0]["c"] = 2
    made["a"]["b"].append(3)
    made["d"] = 4
    assert value == {"a": {"b": [{"c": 1}]}}


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, {1}, b"x", object(), {"a": {b"b": 1}}], ids=lambda v: type(v).__name__
)
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        copied({"inside": [value]})


def test_what_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append({"again": endless})
    with pytest.raises(ValueError, match="Circular"):
        copied(endless)
