"""ExecutionEnvironment: one cold start of a function, and the invocations that follow it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from apigw_oauth.gateway.lambda_runtime import FunctionError, FunctionTimeoutError
from apigw_oauth.gateway.lambda_zip.process import FunctionProcess
from apigw_oauth.gateway.lambda_zip.runtime_api import Answered, Failed, Invocation, Report, RuntimeApi


class Exited(NamedTuple):
    """The process has ended."""

    reason: str


class ExecutionEnvironment:
    """A process and the Runtime API that it talks to. Where it has ended, it answers no more."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Callable[[str], Mapping[str, str]],
        directory: Path,
        log: Callable[[str], object],
    ) -> None:
        """Start; `environ` gets the address of the Runtime API."""
        self._reports: SimpleQueue[Report | Exited] = SimpleQueue()
        self._ended = False
        self._ending = threading.Lock()
        self._api = RuntimeApi(self._reports.put)
        try:
            self._process = FunctionProcess(
                command,
                environ=environ(self._api.address),
                directory=directory,
                log=log,
                on_exit=self._on_exit,
            )
        except BaseException:
            self._api.close()
            raise

    @property
    def has_ended(self) -> bool:
        """Say whether it takes no further event."""
        return self._ended

    def wait_until_started(self, limit: float, deadline: float) -> None:
        """Wait until the function asks for its first event. Raises FunctionError, FunctionTimeoutError."""
        self._report(limit, deadline, "")

    def answer(self, invocation: Invocation, deadline: float, limit: float) -> bytes:
        """Return the function's answer to an event. Raises FunctionError, FunctionTimeoutError."""
        self._api.send(invocation)
        report = self._report(limit, deadline, f"RequestId: {invocation.request_id} Error: ")
        return report.body if isinstance(report, Answered) else b""

    def end(self) -> None:
        """End the process, whatever it does, and whoever waits for it; a second time does nothing."""
        self._on_exit("Runtime exited: the execution environment was ended")
        if self._ending.acquire(blocking=False):  # and never released
            self._process.kill()
            self._api.close()

    def _report(self, limit: float, deadline: float, prefix: str) -> Report:
        """Return what comes next of the client, until a moment of the monotonic clock."""
        try:
            report = self._reports.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            self._ended = True
            raise FunctionTimeoutError("Sandbox.Timedout", f"Task timed out after {limit:.2f} seconds") from None
        match report:
            case Failed(error, final):
                self._ended = self._ended or final
                raise error
            case Exited(reason):
                self._ended = True
                raise FunctionError("Runtime.ExitError", f"{prefix}{reason}")
        return report

    def _on_exit(self, reason: str) -> None:
        self._ended = True
        self._reports.put(Exited(reason))
