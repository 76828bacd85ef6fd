"""An authorization server that somebody else wrote: a process on loopback, told what to do line by line."""

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

LIMIT = 60
"""Seconds for one answer, which takes one at most; a process that hangs is ended, and the test fails."""


class AuthorizationServer:
    """A running server."""

    def __init__(self, command: Sequence[str | Path], settings: Mapping[str, Any]) -> None:
        """Start it with its clients and scopes; it listens on a free port when this returns."""
        self._messages = TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages, text=True
        )
        self.issuer: str = self._tell(json.dumps(settings))["issuer"]

    @contextmanager
    def down(self) -> Iterator[None]:
        """Let the server be out of reach for a while; what it knows, it still knows afterwards."""
        self._tell("down")
        try:
            yield
        finally:
            self._tell("up")

    @contextmanager
    def clock(self, seconds: float) -> Iterator[None]:
        """Let the server's clock be this far from the machine's for a while."""
        self._tell(f"clock {seconds:g}")
        try:
            yield
        finally:
            self._tell("clock 0")

    def stop(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._messages.close()

    def _tell(self, line: str) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        watch = threading.Timer(LIMIT, self._process.kill)
        watch.start()
        try:
            stdin.write(line + "\n")
            stdin.flush()
            answer = stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            watch.cancel()
        if not answer:
            self._messages.seek(0)
            raise AssertionError(f"the server has ended: {self._messages.read()}")
        document: dict[str, Any] = json.loads(answer)
        return document
