"""Where the stack tells what goes on."""

from collections.abc import Mapping
from typing import Any, Protocol


class Display(Protocol):
    """Where the stack tells what goes on."""

    def ready(self, document: Mapping[str, Any]) -> None:
        """Everything runs."""
        ...

    def requests(self, lines: str) -> None:
        """The gateway has answered requests: a line of JSON for each, ended by a newline."""
        ...

    def authorizer_log(self, line: Mapping[str, Any]) -> None:
        """The authorizer has logged a line."""
        ...

    def notice(self, text: str) -> None:
        """Something that the developer should know."""
        ...

    def problem(self, text: str) -> None:
        """Something is wrong, and what ran before goes on."""
        ...
