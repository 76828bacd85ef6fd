"""ZipFunction: runs a deployment ZIP, and starts its execution environments."""

import json
import os
import secrets
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from apigw_oauth.gateway.lambda_runtime import INIT_LIMIT, FunctionError
from apigw_oauth.gateway.lambda_zip.execution_environment import ExecutionEnvironment
from apigw_oauth.gateway.lambda_zip.runtime_api import Invocation
from apigw_oauth.gateway.lambda_zip.settings import FunctionSettings
from apigw_oauth.gateway.lambda_zip.task_root import unpack


class ZipFunction:
    """A function that runs from its deployment ZIP, in one execution environment at a time.

    The environment starts at the first invocation, within ten seconds; if it does not, it is started once more,
    on the time of the invocation. After a timeout, and when the process has ended, the next invocation starts
    another. It is not frozen between invocations, as it is on AWS.
    See "Understanding the Lambda execution environment lifecycle" in the Lambda Developer Guide.
    """

    def __init__(
        self,
        file: Path,
        settings: FunctionSettings,
        *,
        log: Callable[[str], object],
        host: Mapping[str, str] = os.environ,
        init_limit: float = INIT_LIMIT,
    ) -> None:
        """Unpack the ZIP; nothing runs yet. `log` gets what the function writes, line by line. Raises ZipError."""
        self.name = settings.name
        self._settings = settings
        self._log = log
        self._host = host
        self._init_limit = init_limit
        self._lock = threading.Lock()
        self._closed = False
        self._environment: ExecutionEnvironment | None = None
        self._directory = tempfile.TemporaryDirectory(prefix="apigw-oauth-lambda-")
        self._task_root = Path(self._directory.name) / "task"
        self._packages = Path(self._directory.name) / "runtime"
        try:
            self._task_root.mkdir()
            unpack(file, self._task_root)
        except BaseException:
            self._directory.cleanup()
            raise
        self._packages.mkdir()
        for package in settings.runtime.packages:
            (self._packages / package.name).symlink_to(package)

    def invoke(self, event: dict[str, Any]) -> object:
        """Invoke the function and return its answer. Raises FunctionError and FunctionTimeoutError."""
        payload = json.dumps(event).encode()
        with self._lock:
            deadline = time.monotonic() + self._settings.timeout
            if self._environment is not None and self._environment.has_ended:
                self._forget(self._environment)
            if self._environment is None:
                self._environment, deadline = self._cold_start()
            environment = self._environment
            try:
                answer = environment.answer(self._invocation(payload, deadline), deadline, self._settings.timeout)
            finally:
                if environment.has_ended:
                    self._forget(environment)
        try:
            return json.loads(answer, parse_constant=_refuse_constant)
        except ValueError:
            raise FunctionError("Runtime.MarshalError", "the function's answer is not JSON") from None

    def close(self) -> None:
        """End the execution environment, and remove what was unpacked."""
        self._closed = True
        environment = self._environment
        if environment is not None:
            environment.end()  # also while it is invoked
        with self._lock:
            if self._environment is not None:
                self._forget(self._environment)
            self._directory.cleanup()

    def _cold_start(self) -> tuple[ExecutionEnvironment, float]:
        """Return an environment that waits for events, and until when the first one may be answered."""
        environment = self._start()
        try:
            environment.wait_until_started(self._init_limit, time.monotonic() + self._init_limit)
        except FunctionError:
            self._forget(environment)
        else:
            return environment, time.monotonic() + self._settings.timeout
        deadline = time.monotonic() + self._settings.timeout
        environment = self._start()
        try:
            environment.wait_until_started(self._settings.timeout, deadline)
        except FunctionError:
            self._forget(environment)
            raise
        return environment, deadline

    def _start(self) -> ExecutionEnvironment:
        if self._closed:
            raise FunctionError("Runtime.ExitError", "the gateway ends")
        runtime = self._settings.runtime
        log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"
        self._environment = ExecutionEnvironment(
            # No site-packages, no user's packages, no current directory, and nothing written beside the sources.
            [runtime.executable, "-S", "-s", "-P", "-B", "-m", "awslambdaric", self._settings.handler],
            environ=lambda address: self._settings.environment(
                self._host,
                task_root=self._task_root,
                packages=self._packages,
                runtime_api=address,
                log_stream=log_stream,
            ),
            directory=self._task_root,
            log=self._log,
        )
        return self._environment

    def _invocation(self, payload: bytes, deadline: float) -> Invocation:
        request_id = str(uuid.uuid4())
        now = time.time()
        trace = f"Root=1-{int(now):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((now + deadline - time.monotonic()) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._settings.arn,
            "Lambda-Runtime-Trace-Id": trace,
        }
        return Invocation(request_id, payload, headers)

    def _forget(self, environment: ExecutionEnvironment) -> None:
        environment.end()
        self._environment = None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
