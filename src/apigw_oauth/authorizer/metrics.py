"""Metrics in the lines of the log: CloudWatch counts what a line's `_aws` member names, and nobody has to ask.

See "Specification: Embedded metric format" in the CloudWatch User Guide. Every value of a dimension is a metric
that is paid for, so that there are two: the function, and for decisions their reason. See docs/operations.md.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

FUNCTION_VARIABLE = "AWS_LAMBDA_FUNCTION_NAME"

_NAMESPACE = re.compile(r"(?!AWS/)[A-Za-z0-9._/#:-][A-Za-z0-9._/#: -]{0,254}")
_FUNCTION, _REASON = "FunctionName", "reason"
_DECISIONS = {"Dimensions": [[_FUNCTION, _REASON]], "Metrics": [{"Name": "Decisions", "Unit": "Count"}]}
_MILLISECONDS = frozenset({"VerificationTime", "InitTime"})


class Metrics:
    """What is counted in one Lambda environment."""

    __slots__ = ("_clock", "_function", "_namespace", "_same")

    def __init__(self, namespace: str, *, function: str, clock: Callable[[], float]) -> None:
        """Set up. `clock` gives seconds since the epoch."""
        self._namespace = namespace
        self._function = function
        self._clock = clock
        self._same: dict[tuple[str, ...], str] = {}

    @classmethod
    def from_environ(
        cls, environ: Mapping[str, str], *, namespace: str, clock: Callable[[], float]
    ) -> "Metrics | None":
        """Set up for the function that the environment names; None if CloudWatch has no such namespaces."""
        if _NAMESPACE.fullmatch(namespace) is None:
            return None
        return cls(namespace, function=environ.get(FUNCTION_VARIABLE) or "local", clock=clock)

    def members(self, line: Mapping[str, Any], *, alone: bool) -> str:
        """Return what makes CloudWatch count a line, as JSON members; empty where there is nothing to count.

        `alone`: the line itself is not told, so that what the members refer to has to be among them.
        """
        values = _values(line)
        if not values:
            return ""
        same = self._same.get(names := tuple(values))
        if same is None:
            same = self._same[names] = self._always_the_same(names)
        dimension = f', "{_REASON}": "{line[_REASON]}"' if alone and _REASON in line else ""
        numbers = "".join(f', "{name}": {value}' for name, value in values.items())
        return f'"_aws": {{"Timestamp": {int(self._clock() * 1000)}, {same}{dimension}{numbers}'

    def _always_the_same(self, names: Iterable[str]) -> str:
        """Return the part of the members that depends on their names alone: it takes the longest to print."""
        others = [
            {"Name": name, "Unit": "Milliseconds" if name in _MILLISECONDS else "Count"}
            for name in names
            if name != "Decisions"
        ]
        directives = [_DECISIONS] if "Decisions" in names else []
        if others:
            directives = [*directives, {"Dimensions": [[_FUNCTION]], "Metrics": others}]
        told = json.dumps([{"Namespace": self._namespace, **one} for one in directives])
        return f'"CloudWatchMetrics": {told}}}, "{_FUNCTION}": {json.dumps(self._function)}'


def _values(line: Mapping[str, Any]) -> dict[str, float]:
    if _REASON in line:
        return _of_decision(line)
    if line.get("circuit") == "open":
        return {"CircuitOpened": 1}
    return {"InitTime": line["init_ms"]} if "init_ms" in line else {}


def _of_decision(line: Mapping[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {"Decisions": 1}
    refused_here = line[_REASON] == "circuit_open"
    if line.get("cache") == "hit":
        values["CacheHits"] = 1
    elif line.get("verifier") is not None:
        if line["cache"] == "miss":
            values["CacheMisses"] = 1
        if not refused_here:
            values["VerificationTime"] = line["ms"]
    if refused_here:
        values["CircuitRefusals"] = 1
    if line.get("failure") == "outage":
        values["AuthorizationServerUnreachable"] = 1
    return values
