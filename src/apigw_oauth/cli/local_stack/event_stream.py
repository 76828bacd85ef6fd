"""What a server process tells the command that started it: one JSON document a line, on its standard output.

Standard output of the process itself becomes standard error, so that what functions print cannot be mistaken for
an event.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class EventStream:
    """The process's side: events out, one document of settings in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(self, event: str, **fields: Any) -> None:
        """Tell the command; silently if it has gone."""
        self.put(event, fields)
        self.flush()

    def put(self, event: str, fields: dict[str, Any]) -> None:
        """Tell the command with whatever is told next, or at the next `flush`."""
        line = json.dumps({"event": event, **fields}) + "\n"
        with self._lock, suppress(BrokenPipeError):
            self._file.write(line)

    def flush(self) -> None:
        """Tell the command what was put."""
        with self._lock, suppress(BrokenPipeError):
            self._file.flush()


def read_settings() -> Any:
    """Return the first document on standard input; ends this process if there is none."""
    line = sys.stdin.readline()
    if not line:
        raise SystemExit(0)
    return json.loads(line)


def listen(on_settings: Callable[[Any], object] = lambda _: None) -> None:
    """Take further documents, and end this process when the command that holds standard input open has gone."""
    threading.Thread(target=_listen, args=(on_settings,), daemon=True).start()


def _listen(on_settings: Callable[[Any], object]) -> None:
    while line := sys.stdin.readline():
        on_settings(json.loads(line))
    os.kill(os.getpid(), signal.SIGTERM)
