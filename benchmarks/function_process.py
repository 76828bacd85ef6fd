"""One Lambda function in a process of its own, under Lambda's runtime client; its caller is the Runtime API.

Nothing stands between the clock and the client: no thread, no server, one write for an event, one read for an
answer.
See "Using the Lambda runtime API for custom runtimes" in the Lambda Developer Guide.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from apigw_oauth.gateway.lambda_zip.settings import FunctionSettings, Runtime
from benchmarks.http_by_hand import HttpRequest, read_request, response
from benchmarks.part import MeasurementError
from benchmarks.processors import on

_PATIENCE = 30.0  # seconds
_GLANCE = 0.05  # seconds after which one looks whether a process is still there
EXECUTABLE = os.path.realpath(sys.executable)
"""Not that of a virtual environment, whose files would be looked for and read."""
TRACE = "Root=1-66704feb-118151122b2ad2d3488844e7;Parent=53995c3f42cd8ad8;Sampled=0"
"""Which there is in every invocation, whether it is recorded or not."""
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:authorizer"

_State = Literal["working", "answered", "waiting"]


class FunctionFailedError(MeasurementError):
    """The function ended, or answered with an error."""


class Function(NamedTuple):
    """What is deployed: a directory, as /var/task, and the variables of the function."""

    task: Path
    runtime: Path
    """Where the runtime client is."""
    environ: Mapping[str, str]
    handler: str = "lambda_function.handler"
    archive: Path | None = None
    """The ZIP file, where there is one: else what is in the directory would be zipped."""


class Cost(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float
    """Of the function's process, on all its threads."""


class FunctionProcess:
    """A function that was just started."""

    def __init__(self, function: Function, processors: frozenset[int] = frozenset()) -> None:
        """Start the process on some processors, and the clock."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(_GLANCE)
        self._connection: socket.socket | None = None
        self._invocations = 0
        self._state: _State = "working"
        self._log = function.task.parent / "log"
        environ = _environment(function, "127.0.0.1:{1}".format(*self._listening.getsockname()))
        with self._log.open("wb") as log, on(processors):
            self._started = time.perf_counter()
            # No site-packages and their start-up hooks, no user's packages, and nothing written.
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter that runs this
                [EXECUTABLE, "-S", "-s", "-P", "-B", "-m", "awslambdaric", environ["_HANDLER"]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environ,
                cwd=function.task,
            )

    def first(self, event: bytes) -> tuple[bytes, Cost]:
        """Return the answer to the first event, and what it took since the process was started."""
        self.wait()
        answer = self._answer(event)
        return answer, Cost(time.perf_counter() - self._started, self.cpu())

    def next(self, event: bytes) -> tuple[bytes, float]:
        """Return the answer to a further event, and the seconds between the two."""
        self.wait()
        started = time.perf_counter()
        answer = self._answer(event)
        return answer, time.perf_counter() - started

    def cpu(self) -> float:
        """Return the seconds of processors that the process has used. See clock_getcpuclockid(3)."""
        return time.clock_gettime(~self._process.pid << 3 | 2)

    def peak(self) -> int:
        """Return the most bytes that the process has ever had in memory. See VmHWM in proc_pid_status(5)."""
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        (line,) = [line for line in told.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        if self._connection is not None:
            self._connection.close()
        self._listening.close()

    def wait(self) -> None:
        """Wait until the function asks for an event, which is when the work for the last one is done."""
        if self._state == "waiting":
            return
        if self._state == "answered" and self._connection is not None:
            self._connection.sendall(response("202 Accepted", b"{}"))
        asked = self._request()
        if b" /2018-06-01/runtime/invocation/next " not in asked.head:
            raise FunctionFailedError(asked.body.decode())
        self._state = "waiting"

    def _answer(self, event: bytes) -> bytes:
        if self._connection is None:
            raise FunctionFailedError(self._last_words())
        self._state = "working"
        self._invocations += 1
        headers = (
            f"Lambda-Runtime-Aws-Request-Id: {self._invocations}",
            f"Lambda-Runtime-Deadline-Ms: {int((time.time() + _PATIENCE) * 1000)}",
            f"Lambda-Runtime-Invoked-Function-Arn: {_ARN}",
            f"Lambda-Runtime-Trace-Id: {TRACE}",
        )
        self._connection.sendall(response("200 OK", event, *headers))
        answer = self._request()
        if b"/response " not in answer.head:
            raise FunctionFailedError(f"{answer.body.decode()}\n{self._last_words()}")
        self._state = "answered"  # and the client waits: what it does next is not on the clock
        return answer.body

    def _request(self) -> HttpRequest:
        """Return what the client says next, on another connection if need be."""
        while True:
            if self._connection is None:
                self._connection = self._accepted()
            with suppress(ConnectionError):
                if request := read_request(self._connection):
                    return request
            self._connection.close()
            self._connection = None

    def _accepted(self) -> socket.socket:
        until = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            with suppress(TimeoutError):
                connection, _ = self._listening.accept()
                connection.settimeout(_PATIENCE)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
        raise FunctionFailedError(self._last_words())

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def _environment(function: Function, runtime_api: str) -> dict[str, str]:
    """Return the variables of a function, none of them from the shell."""
    python = "{}.{}".format(*sys.version_info)
    settings = FunctionSettings(
        name="authorizer",
        handler=function.handler,
        runtime=Runtime(EXECUTABLE, python, ()),
        environ=function.environ,
        timeout=_PATIENCE,
    )
    return settings.environment(
        {"PATH": os.defpath},
        task_root=function.task,
        packages=function.runtime,
        runtime_api=runtime_api,
        log_stream="benchmark",
    )
