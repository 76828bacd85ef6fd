"""A Python function as Lambda runs it: one environment, one invocation at a time, JSON in and JSON out."""

import os
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from apigw_oauth.gateway.function_loader import load_handler
from apigw_oauth.gateway.identifier_stock import UuidStock
from apigw_oauth.gateway.identifiers import RandomBytes
from apigw_oauth.gateway.json_values import copied
from apigw_oauth.gateway.lambda_context import LambdaContext

Handler = Callable[[dict[str, Any], object], object]
INIT_LIMIT = 10.0
NOTHING = object()
"""What a function has answered that did not answer in time."""
_NOW = False


class FunctionError(Exception):
    """The function failed. `stack_trace` is for the console of whoever runs it, never for its callers."""

    def __init__(self, error_type: str, message: str, stack_trace: str = "") -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = stack_trace


class FunctionTimeoutError(FunctionError):
    """The function did not answer in time."""


class Function(Protocol):
    """Something that can be invoked as a Lambda function."""

    @property
    def name(self) -> str:
        """Return the function's name."""
        ...

    def invoke(self, event: dict[str, Any]) -> object:
        """Return what the function answers, as it looks after a round trip through JSON. Raises FunctionError."""
        ...


class Desk:
    """What the thread of a function and those who invoke it hand one another: one call, and then its answer.

    `answers` has a FunctionError, or what was returned as it looks after a round trip through JSON. `on_answer` is
    called in the function's thread when there is one: a hint, that may come late.
    """

    __slots__ = ("answers", "call", "on_answer")

    def __init__(self) -> None:
        self.call: tuple[dict[str, Any], LambdaContext]
        self.answers: SimpleQueue[object] = SimpleQueue()
        self.on_answer: Callable[[], None] | None = None


class _Environment:
    """One cold start: a thread that makes the handler and then runs it, call after call."""

    def __init__(self, start: Callable[[], Handler], name: str) -> None:
        self.desk = Desk()
        # To write to a pipe lets go of Python's lock, so that the thread runs at once; the queue would wake it to
        # find the lock taken. On one processor a call takes two changes of threads so, not six: 5 µs, not 23.
        bell, self._ring = os.pipe()
        # A daemon: a function that hangs must not keep the gateway from ending.
        threading.Thread(target=_work, args=(start, bell, self.desk), name=f"lambda {name}", daemon=True).start()
        self.abandon = weakref.finalize(self, os.close, self._ring)

    def send(self, event: dict[str, Any], context: LambdaContext) -> None:
        self.desk.call = event, context
        os.write(self._ring, b"1")


def _work(start: Callable[[], Handler], bell: int, desk: Desk) -> None:
    answers = desk.answers
    with open(bell, "rb", buffering=0) as rung:
        try:
            handler = start()
        except BaseException as error:  # noqa: BLE001 an import may raise anything, SystemExit included
            failure = _function_error(error)
            # Never exactly "Unauthorized", whatever was raised: a function that cannot start has not decided.
            message = f"Unable to start the function: {failure.message}"
            answers.put(FunctionError(failure.error_type, message, failure.stack_trace))
            return
        answers.put(None)
        while rung.read(1):  # nothing: abandoned
            answers.put(_run(handler, *desk.call))
            tell = desk.on_answer
            if tell is not None:
                tell()


def _run(handler: Handler, event: dict[str, Any], context: LambdaContext) -> object:
    try:
        answer = handler(event, context)
    except BaseException as error:  # noqa: BLE001 sys.exit() in a handler ends the function, not the gateway
        return _function_error(error)
    try:
        return copied(answer)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(answer, Coroutine):
            answer.close()  # of an `async def`, which Lambda does not run either
        return FunctionError("Runtime.MarshalError", f"Unable to marshal response: {error}")


def _function_error(error: BaseException) -> FunctionError:
    if not isinstance(error, Exception):
        return FunctionError("Runtime.ExitError", f"Runtime exited ({type(error).__name__})")
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 the exception is the function's own
        message = "(the exception cannot be printed)"
    return FunctionError(type(error).__name__, message, "".join(traceback.format_exception(error)))


class PythonFunction:
    """A Python function in a Lambda environment of its own.

    The environment starts at the first invocation. After a timeout, or when the function ends its process, the
    next invocation gets a new one; after a failed start every invocation tries again. `timeout` is in seconds and
    does not include the start, which has ten seconds of its own.
    """

    def __init__(
        self,
        start: Callable[[], Handler],
        *,
        name: str,
        timeout: float = 3.0,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        clock: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] | None = None,
    ) -> None:
        self.name = name
        self.slow_until = 0.0  # by the clock of whoever invokes it, and finds out
        self._start = start
        self.timeout = timeout
        self._arn = f"arn:aws:lambda:{region}:{account_id}:function:{name}"
        self._clock = clock
        self._random_bytes = random_bytes or RandomBytes()
        self._new_uuid = UuidStock(self._random_bytes)
        self._lock = threading.Lock()
        self._environment: _Environment | None = None
        self._log_stream = ""

    def invoke(self, event: dict[str, Any]) -> object:
        """Invoke the function and return its answer. Raises FunctionError and FunctionTimeoutError."""
        own: Any = copied(event)
        with self._lock:
            environment = self._environment or self._cold_start()
            self._environment = environment
            environment.send(own, self._context())
            try:
                answer = environment.desk.answers.get(timeout=self.timeout)
            except Empty:
                answer = NOTHING
            return self._outcome(environment, answer)

    def begin(self, event: dict[str, Any]) -> Desk | None:
        """Begin an invocation, if there is an environment that is free; `end` must follow with what it answers.

        The event becomes the function's: it is JSON, and nobody else has anything of it that can be changed.
        """
        if not self._lock.acquire(_NOW):
            return None
        environment = self._environment
        if environment is None:
            self._lock.release()
            return None
        environment.send(event, self._context())
        return environment.desk

    def end(self, answer: object) -> object:
        """Return what the function answered, or NOTHING. Raises FunctionError, FunctionTimeoutError."""
        try:
            return self._outcome(self._environment, answer)
        finally:
            self._lock.release()

    def _outcome(self, environment: _Environment | None, answer: object) -> object:
        if answer is NOTHING:
            raise self._timed_out(environment, self.timeout)
        if isinstance(answer, FunctionError):
            if answer.error_type == "Runtime.ExitError":
                self._forget(environment)
            raise answer
        return answer

    def _cold_start(self) -> _Environment:
        environment = _Environment(self._start, self.name)
        self._log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{self._random_bytes(16).hex()}"
        try:
            failure = environment.desk.answers.get(timeout=INIT_LIMIT)
        except Empty:
            raise self._timed_out(environment, INIT_LIMIT) from None
        if isinstance(failure, FunctionError):
            raise failure
        return environment

    def _context(self) -> LambdaContext:
        # By place: names of arguments take three thousand instructions.
        deadline = self._clock() + self.timeout
        return LambdaContext(self._new_uuid(), self.name, self._arn, self._log_stream, deadline, self._clock)

    def _forget(self, environment: _Environment | None) -> None:
        if environment is not None:
            environment.abandon()
        self._environment = None

    def _timed_out(self, environment: _Environment | None, seconds: float) -> FunctionTimeoutError:
        self._forget(environment)
        return FunctionTimeoutError("Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds")


def function_from_callable(start: Callable[[], Handler], *, name: str, timeout: float = 3.0) -> PythonFunction:
    """Return a function whose every cold start calls `start`, which returns the handler."""
    return PythonFunction(start, name=name, timeout=timeout)


def function_from_file(reference: str, directory: Path, *, timeout: float = 3.0) -> PythonFunction:
    """Return the function that a reference such as `functions.py:hello` names, in a file below `directory`.

    Nothing is loaded before the first invocation. Raises ValueError for a reference that has not this form.
    """
    file, separator, attribute = reference.rpartition(":")
    path = Path(file)
    inside = not path.is_absolute() and ".." not in path.parts
    if not separator or path.suffix != ".py" or not attribute.isidentifier() or not inside:
        raise ValueError(f"{reference!r} does not name a function: it should look like functions.py:hello")
    return PythonFunction(
        lambda: load_handler(path, attribute, directory),
        name=f"{path.stem}-{attribute}",
        timeout=timeout,
    )
