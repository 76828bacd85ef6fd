"""Metrics in the lines of the log: CloudWatch counts what a line's `_aws` member names, and nobody has to ask.

See "Specification: Embedded metric format" in the CloudWatch User Guide. Every value of a dimension is a metric
that is paid for, so that there are two: the function, and for decisions their reason. See docs/operations.md.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

FUNCTION_VARIABLE = "AWS_LAMBDA_FUNCTION_NAME"

_NAMESPACE = re.compile(r"(?!AWS/)[A-Za-z0-9._/#:-][A-Za-z0-9._/#: -]{0,254}")
_FUNCTION, _REASON = "FunctionName", "reason"
_DECISIONS = {"Dimensions": [[_FUNCTION, _REASON]], "Metrics": [{"Name": "Decisions", "Unit": "Count"}]}
_MILLISECONDS = frozenset({"VerificationTime", "InitTime"})


class Metrics:
    """What is counted in one Lambda environment."""

    __slots__ = ("_clock", "_directives", "_function", "_namespace")

    def __init__(self, namespace: str, *, function: str, clock: Callable[[], float]) -> None:
        """Set up. `clock` gives seconds since the epoch."""
        self._namespace = namespace
        self._function = function
        self._clock = clock
        self._directives: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    @classmethod
    def from_environ(
        cls, environ: Mapping[str, str], *, namespace: str, clock: Callable[[], float]
    ) -> "Metrics | None":
        """Set up for the function that the environment names; None if CloudWatch has no such namespaces."""
        if _NAMESPACE.fullmatch(namespace) is None:
            return None
        return cls(namespace, function=environ.get(FUNCTION_VARIABLE) or "local", clock=clock)

    def of(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members that make CloudWatch count a line; none where there is nothing to count."""
        values = _values(line)
        if not values:
            return {}
        directives = self._directives.get(names := tuple(values))
        if directives is None:
            directives = self._directives[names] = self._directives_of(names)
        counted = {
            "_aws": {"Timestamp": int(self._clock() * 1000), "CloudWatchMetrics": directives},
            _FUNCTION: self._function,
            **values,
        }
        if "Decisions" in values:
            counted[_REASON] = line[_REASON]
        return counted

    def _directives_of(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        others = [
            {"Name": name, "Unit": "Milliseconds" if name in _MILLISECONDS else "Count"}
            for name in names
            if name != "Decisions"
        ]
        directives = [_DECISIONS] if "Decisions" in names else []
        if others:
            directives = [*directives, {"Dimensions": [[_FUNCTION]], "Metrics": others}]
        return [{"Namespace": self._namespace, **one} for one in directives]


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
