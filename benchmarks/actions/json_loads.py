"""Reading the same event: what happens before any function is asked."""

import itertools
import json
from typing import Any


class Action:
    """The standard library's JSON."""

    def __init__(self, material: dict[str, Any]) -> None:
        self._texts = itertools.cycle(material["events"])

    def inputs(self, times: int) -> list[str]:
        """Return texts."""
        return list(itertools.islice(self._texts, times))

    def once(self, text: str) -> Any:
        """Read one."""
        return json.loads(text)

    def is_right(self, event: Any) -> bool:
        """Say whether this is an event."""
        return event["type"] in {"TOKEN", "REQUEST"}
