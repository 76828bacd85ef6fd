"""What the authorizer was asked, and what it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apigw_oauth.gateway.lambda_runtime import Function, FunctionError

LogLine = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One invocation: the event, and an answer, or the failure that takes its place."""

    event: Mapping[str, Any]
    answer: object
    failure: FunctionError | None
    log: tuple[LogLine, ...]


class Log:
    """The lines that the authorizer writes."""

    def __init__(self) -> None:
        self._lines: list[LogLine] = []

    def write(self, line: LogLine) -> None:
        """Take a line."""
        self._lines.append(line)

    def take(self) -> tuple[LogLine, ...]:
        """Return the lines since the last time."""
        taken, self._lines = tuple(self._lines), []
        return taken


class Recorder:
    """A function that hands its event to the authorizer, and keeps what was said.

    With `captured`, the authorizer gets that event in the place of the first one that the gateway builds.
    """

    def __init__(self, function: Function, log: Log, *, captured: dict[str, Any] | None = None) -> None:
        self._function = function
        self._log = log
        self._captured = captured
        self._last: Asked | None = None

    @property
    def name(self) -> str:
        """Return the function's name."""
        return self._function.name

    def invoke(self, event: dict[str, Any]) -> object:
        """Return what the authorizer answers. Raises FunctionError."""
        if self._captured is not None:
            event, self._captured = self._captured, None
        try:
            answer = self._function.invoke(event)
        except FunctionError as error:
            self._last = Asked(event, None, error, self._log.take())
            raise
        self._last = Asked(event, answer, None, self._log.take())
        return answer

    def take(self) -> Asked | None:
        """Return the last invocation, once."""
        taken, self._last = self._last, None
        return taken


class Repeater:
    """A function that gives one answer once more, and then fails: nobody is asked."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    @property
    def name(self) -> str:
        """Return the function's name."""
        return "repeated"

    def invoke(self, _event: dict[str, Any]) -> object:
        """Return the answer. Raises FunctionError."""
        answer, self._answer = self._answer, None
        if answer is None:
            raise FunctionError("NotAsked", "the authorizer is not asked")
        return answer
