"""`apigw-oauth serve` in a process of its own, for the demo: what it prints, line by line."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from apigw_oauth.cli.local_stack.display import Display
from apigw_oauth.cli.options import WrongUsageError

_START_TIMEOUT = 60  # seconds
_RECORD_TIMEOUT = 10  # seconds


class RunningServe:
    """The process: its documents on standard output, and its messages on standard error, shown when asked for."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._messages: list[str] = []
        self._show_messages = threading.Event()
        self._threads = [
            threading.Thread(target=read, daemon=True) for read in (self._read_lines, self._read_messages)
        ]
        for thread in self._threads:
            thread.start()

    def ready(self) -> Mapping[str, Any]:
        """Return its first line. Raises WrongUsageError, with its own message, if it ends instead."""
        line = self._next(_START_TIMEOUT)
        if line is None:
            self._process.wait()
            self._threads[1].join()
            raise WrongUsageError(
                "".join(self._messages).removeprefix("error: ").strip() or "the servers did not start"
            )
        return line

    def record_of(self, request_id: str) -> Mapping[str, Any]:
        """Return its line about a request. Raises WrongUsageError."""
        while (line := self._next(_RECORD_TIMEOUT)) is not None:
            if line.get("request_id") == request_id:
                return line
        raise WrongUsageError("the servers ended")

    def show_messages(self) -> None:
        """Show what it has said on standard error, and what it will say."""
        self._show_messages.set()
        sys.stderr.write("".join(self._messages))

    def show_requests(self, display: Display) -> None:
        """Show a line a request until it ends."""
        self._show_messages.set()
        while (line := self._lines.get()) is not None:
            display.requests(line)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _next(self, timeout: float) -> dict[str, Any] | None:
        try:
            line = self._lines.get(timeout=timeout)
        except Empty:
            raise WrongUsageError("the servers do not answer") from None
        return None if line is None else json.loads(line)

    def _read_lines(self) -> None:
        for line in self._process.stdout or ():
            if line.endswith("\n"):  # not what a process that was killed had just begun
                self._lines.put(line)
        self._lines.put(None)

    def _read_messages(self) -> None:
        for line in self._process.stderr or ():
            if self._show_messages.is_set():
                sys.stderr.write(line)
            else:
                self._messages.append(line)


@contextmanager
def running_serve(project: Path, *options: str) -> Iterator[RunningServe]:
    """Run `apigw-oauth serve --json` for as long as the context lasts."""
    options = ("--json", "--end-with-stdin", "--project", str(project), *options)
    # -P: a file of the project must not take the place of a module of the standard library.
    command = [sys.executable, "-P", "-m", "apigw_oauth.cli", "serve", *options]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    server = RunningServe(process)
    try:
        yield server
    finally:
        server.stop()
