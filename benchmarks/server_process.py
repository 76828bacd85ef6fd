"""A server in a process of its own: told its settings in a line, ready when it says so in another."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.processors import on

_REST = 0.005  # seconds


class ServerFailedError(Exception):
    """The server ended before it was ready; the message is its last words."""


class Command(NamedTuple):
    """How a server is started."""

    words: Sequence[str | Path]
    environ: Mapping[str, str] = {}
    """Variables beside those of the shell."""
    inherited: tuple[int, ...] = ()
    """Sockets that it gets."""


class ServerProcess:
    """A running server, on processors of its own."""

    def __init__(self, command: Command, settings: object, processors: frozenset[int]) -> None:
        """Start it, and wait until it is ready. Raises ServerFailedError."""
        with ExitStack() as stack:
            self._log = stack.enter_context(tempfile.TemporaryFile())
            with on(processors):
                self._process = subprocess.Popen(  # noqa: S603 - programs of the benchmark
                    command.words,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._log,
                    env={**os.environ, **command.environ},
                    pass_fds=command.inherited,
                )
            stack.callback(self._end)
            self.said = self._told(settings)
            self._stack = stack.pop_all()

    def cpu(self) -> float:
        """Wait until it rests; return the seconds of processors that it has used, on all its threads."""
        time.sleep(_REST)  # Linux counts what a thread does when it is done with it, or at the next tick
        return time.clock_gettime(~self._process.pid << 3 | 2)  # see clock_getcpuclockid(3)

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._stack.close()

    def _told(self, settings: object) -> dict[str, Any]:
        """Return what it says when it is ready."""
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("a process has pipes")
        self._process.stdin.write(json.dumps(settings).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {}
        if said.get("event") != "ready":
            self._log.seek(0)
            last = said.get("message") or self._log.read().decode(errors="replace")[-2000:]
            raise ServerFailedError(str(last))
        return said

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
