"""What a server process tells the command that started it: one JSON document a line, on its standard output.

Standard output of the process itself becomes standard error, so that what functions print cannot be mistaken for
an event.
"""

import json
import os
import signal
import sys
import threading
from typing import Any


class EventStream:
    """The process's side: events out, one document of settings in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(self, event: str, **fields: Any) -> None:
        """Tell the command; silently if it has gone."""
        line = json.dumps({"event": event, **fields}) + "\n"
        with self._lock:
            try:
                self._file.write(line)
                self._file.flush()
            except BrokenPipeError:
                pass


def read_settings() -> Any:
    """Return the document on standard input, and end this process when the command that holds it open has gone."""
    line = sys.stdin.readline()
    if not line:
        raise SystemExit(0)
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    return json.loads(line)


def _end_with_the_command() -> None:
    while sys.stdin.readline():
        pass
    os.kill(os.getpid(), signal.SIGTERM)
