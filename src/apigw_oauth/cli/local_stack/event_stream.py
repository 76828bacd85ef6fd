"""What a server process tells the command that started it: one JSON document a line, on its standard output.

Standard output of the process itself becomes standard error, so that what functions print cannot be mistaken for
an event. Requests come as the lines that `serve --json` prints, which nobody has to read on the way.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_SEPARATOR = "\x1e"  # begins each line about a request, as in RFC 7464; no JSON has it


class EventStream:
    """The process's side: events out, one document of settings in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(self, event: str, **fields: Any) -> None:
        """Tell the command; silently if it has gone."""
        line = json.dumps({"event": event, **fields}) + "\n"
        with self._lock, suppress(BrokenPipeError):
            self._file.write(self._of_requests() + line)
            self._file.flush()

    def keep(self, request: str) -> None:
        """Tell the command of a request, a line of JSON, before anything told later, or at the next `flush`."""
        with self._lock:
            self._requests.append(request)

    def flush(self) -> None:
        """Tell the command of the requests that were kept."""
        with self._lock, suppress(BrokenPipeError):
            self._file.write(self._of_requests())
            self._file.flush()

    def _of_requests(self) -> str:
        """Return one line for all: the command reads them at one go."""
        requests, self._requests = self._requests, []
        return f"{_SEPARATOR}{_SEPARATOR.join(requests)}\n" if requests else ""


def event_of(line: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the fields of what a process told; requests are lines still, a newline after each."""
    if line.startswith(_SEPARATOR):
        return "requests", {"lines": line[1:].replace(_SEPARATOR, "\n")}
    fields = json.loads(line)
    return fields.pop("event"), fields


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
