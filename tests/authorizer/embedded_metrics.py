"""CloudWatch's embedded metric format, read as its specification has it.

See "Specification: Embedded metric format" in the CloudWatch User Guide.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

UNITS = {"Milliseconds", "Count"}
"""Of CloudWatch's units, those that are used here."""


class Metric(NamedTuple):
    """One value that CloudWatch takes out of a line."""

    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    timestamp: int


def metrics_of(line: str) -> list[Metric]:
    """Return what CloudWatch extracts; nothing from a line that is not of the format. Fails where one is wrong."""
    root = json.loads(line)
    assert isinstance(root, dict)
    if "_aws" not in root:
        return []
    assert len(line.encode()) <= 256 * 1024
    metadata = _exactly(root["_aws"], {"Timestamp", "CloudWatchMetrics"})
    timestamp = metadata["Timestamp"]
    assert type(timestamp) is int
    assert 1_000_000_000_000 < timestamp < 10_000_000_000_000, "milliseconds since the epoch, and not seconds"
    return [
        metric
        for directive in metadata["CloudWatchMetrics"]
        for metric in _of_directive(directive, root, timestamp)
    ]


def _of_directive(directive: Any, root: Mapping[str, Any], timestamp: int) -> Iterator[Metric]:
    _exactly(directive, {"Namespace", "Dimensions", "Metrics"})
    namespace, sets, definitions = directive["Namespace"], directive["Dimensions"], directive["Metrics"]
    assert isinstance(namespace, str)
    assert 1 <= len(namespace) <= 255
    assert len(sets) >= 1
    assert 1 <= len(definitions) <= 100
    for names in sets:
        assert len(names) <= 30
        dimensions = tuple((name, _dimension(root, name)) for name in names)
        for definition in definitions:
            assert definition.keys() <= {"Name", "Unit", "StorageResolution"}
            assert definition["Unit"] in UNITS
            value = root[definition["Name"]]
            assert type(value) in {int, float}
            assert math.isfinite(value)
            yield Metric(namespace, definition["Name"], definition["Unit"], dimensions, value, timestamp)


def _dimension(root: Mapping[str, Any], name: str) -> str:
    value = root[name]
    assert isinstance(value, str)
    assert value.isascii()
    assert value.strip()
    assert len(value) <= 1024
    return value


def _exactly(found: Any, names: set[str]) -> Mapping[str, Any]:
    assert isinstance(found, dict)
    assert found.keys() == names
    return found
