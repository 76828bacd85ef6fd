"""The Lambda Runtime API on this machine: a runtime client takes events from it, and leaves answers with it.

See "Using the Lambda runtime API for custom runtimes" in the Lambda Developer Guide.
"""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, Literal, NamedTuple

from apigw_oauth.gateway.lambda_runtime import FunctionError

LARGEST_RESPONSE = 6 * 1024 * 1024 + 100
"""Bytes of an answer that Lambda takes."""

_RUNTIME = "/2018-06-01/runtime/"
_ACCEPTED = (202, {"status": "OK"})
_NOT_FOUND = (404, {"errorMessage": "there is no such operation", "errorType": "NotFound"})
_WRONG_STATE = (403, {"errorMessage": "State transition is not allowed", "errorType": "InvalidStateTransition"})
_WRONG_ID = (400, {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"})
_TOO_LARGE = (
    413,
    {
        "errorMessage": f"Exceeded maximum allowed payload size ({LARGEST_RESPONSE} bytes).",
        "errorType": "RequestEntityTooLarge",
    },
)

_Answer = tuple[int, dict[str, str]]
_State = Literal["starting", "waiting", "busy", "idle"]


class Invocation(NamedTuple):
    """One event for the function. `headers` tell the client about the invocation."""

    request_id: str
    payload: bytes
    headers: Mapping[str, str]


class Waiting(NamedTuple):
    """The function has started: its client asks for the first event."""


class Answered(NamedTuple):
    """What the function returned, as the client wrote it."""

    body: bytes


class Failed(NamedTuple):
    """What the function, or its start, ended in. After `final` the client does not go on."""

    error: FunctionError
    final: bool = False


Report = Waiting | Answered | Failed


class RuntimeApi:
    """The API for one execution environment, on a port of its own; it takes one event at a time."""

    def __init__(self, report: Callable[[Report], object]) -> None:
        """Listen; `report` is called from another thread."""
        self._report = report
        self._lock = threading.Lock()
        self._events: SimpleQueue[Invocation | None] = SimpleQueue()
        self._state: _State = "starting"
        self._current: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Conversation, self))
        self._server.daemon_threads, self._server.block_on_close = True, False
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        threading.Thread(target=serve, name="Lambda Runtime API", daemon=True).start()

    @property
    def address(self) -> str:
        """Return what the client finds in AWS_LAMBDA_RUNTIME_API."""
        return "127.0.0.1:{1}".format(*self._server.server_address)

    def send(self, invocation: Invocation) -> None:
        """Let the client have an event when it asks for one."""
        self._events.put(invocation)

    def close(self) -> None:
        """Stop listening; a client that waits is left alone."""
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def next(self) -> Invocation | _Answer | None:
        """Return the next event once there is one; None when there will be none."""
        with self._lock:
            before = self._state
            if before not in {"starting", "idle"}:  # one client, which has answered what it was given
                return _WRONG_STATE
            self._state = "waiting"
        if before == "starting":
            self._report(Waiting())
        invocation = self._events.get()
        if invocation is not None:
            with self._lock:
                self._state, self._current = "busy", invocation.request_id
        return invocation

    def post(self, operation: str, body: bytes | None, error_type: str) -> _Answer:
        """Take what the client says; the body is None if it is too long. Return status and answer."""
        match operation.split("/"):
            case ["init", "error"]:
                return self._start_failed(_error(body or b"", error_type))
            case ["invocation", request_id, "response" | "error" as kind]:
                with self._lock:
                    if request_id != self._current:
                        return _WRONG_ID
                    self._state, self._current = "idle", None
                if body is None:
                    self._report(Failed(_too_large(), final=True))
                    return _TOO_LARGE
                self._report(Answered(body) if kind == "response" else Failed(_error(body, error_type)))
                return _ACCEPTED
        return _NOT_FOUND

    def _start_failed(self, error: FunctionError) -> _Answer:
        with self._lock:
            if self._state != "starting":
                return _WRONG_STATE
        # Never exactly "Unauthorized", whatever was raised: a function that cannot start has not decided.
        message = f"Unable to start the function: {error.message}"
        self._report(Failed(FunctionError(error.error_type, message, error.stack_trace), final=True))
        return _ACCEPTED


class _Conversation(BaseHTTPRequestHandler):
    """One connection of the client. It inherits because the standard library's HTTP server works that way."""

    protocol_version = "HTTP/1.1"
    # Head and body of an answer are two writes; with Nagle's algorithm the second one would wait for some 40 ms.
    disable_nagle_algorithm = True

    def __init__(self, api: RuntimeApi, *connection: Any) -> None:
        self._api = api
        super().__init__(*connection)

    def handle(self) -> None:
        """Answer until the client goes, as it does when its process is ended."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Hand over the next event, when there is one."""
        match self._api.next() if self.path == f"{_RUNTIME}invocation/next" else _NOT_FOUND:
            case None:
                self.close_connection = True
            case Invocation(_, payload, headers):
                self._write(200, headers, payload)
            case (status, document):
                self._answer(status, document)

    def do_POST(self) -> None:
        """Take an answer or an error."""
        length = int(self.headers.get("Content-Length") or 0)
        body = None if length > LARGEST_RESPONSE else self.rfile.read(length)
        if body is None:
            self._skip(length)
        operation = self.path.removeprefix(_RUNTIME) if self.path.startswith(_RUNTIME) else ""
        error_type = self.headers.get("Lambda-Runtime-Function-Error-Type") or "Runtime.UnknownReason"
        self._answer(*self._api.post(operation, body, error_type))

    def log_message(self, *_: object) -> None:
        """Say nothing: the function's own lines are the log."""

    def _skip(self, length: int) -> None:
        """Read what is too long, so that the client reads why it is refused."""
        while length > 0 and (chunk := self.rfile.read(min(length, 65536))):
            length -= len(chunk)

    def _answer(self, status: int, document: dict[str, str]) -> None:
        self._write(status, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def _write(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _error(body: bytes, error_type: str) -> FunctionError:
    """Return the error that a client describes. See "Errors" of the Runtime API: all keys are optional."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return FunctionError(error_type, "")
    trace = told.get("stackTrace")
    lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
    return FunctionError(
        str(told.get("errorType") or error_type),
        str(told.get("errorMessage") or ""),
        "Traceback (most recent call last):\n" + "".join(lines) if lines else "",
    )


def _too_large() -> FunctionError:
    message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_RESPONSE} bytes)."
    return FunctionError("Function.ResponseSizeTooLarge", message)
