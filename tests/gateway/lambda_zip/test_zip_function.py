"""Deployment ZIPs under Lambda's own runtime client."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apigw_oauth.gateway.lambda_runtime import FunctionError, FunctionTimeoutError
from apigw_oauth.gateway.lambda_zip.task_root import ZipError
from apigw_oauth.gateway.lambda_zip.zip_function import ZipFunction
from tests.gateway.lambda_zip.zips import Lines, function, has_ended, needs_runtime_client, wait_until, zip_of

pytestmark = needs_runtime_client

SOURCE = """
import importlib, json, logging, os, sys, time
print("started", os.getpid())

class Refused(Exception):
    pass

def facts(context):
    return {
        "environ": dict(os.environ), "path": sys.path, "cwd": os.getcwd(), "pid": os.getpid(), "writes": sys.dont_write_bytecode,
        "id": context.aws_request_id, "arn": context.invoked_function_arn, "ms": context.get_remaining_time_in_millis(),
        "stream": context.log_stream_name, "memory": context.memory_limit_in_mb, "name": context.function_name,
    }

def handler(event, context):
    match event["do"]:
        case "facts": return facts(context)
        case "import": return importlib.import_module(event["module"]).__file__
        case "raise": raise Refused(event["message"])
        case "exit": os._exit(event["status"])
        case "kill": os.kill(os.getpid(), 9)
        case "sys.exit": sys.exit("Unauthorized")
        case "large": return "x" * 7_000_000
        case "nan": return float("nan")
        case "set": return {1, 2}
        case "bytes": return b"[1]"
        case "print":
            print("to standard output")
            print("to standard error", file=sys.stderr)
            logging.warning("to the logging module")
        case "loop":
            while True: pass
"""


class Running(NamedTuple):
    function: ZipFunction
    lines: Lines

    def does(self, do: str, **event: Any) -> Any:
        return self.function.invoke({"do": do, **event})

    def fails(self, do: str, **event: Any) -> FunctionError:
        with pytest.raises(FunctionError) as caught:
            self.does(do, **event)
        return caught.value


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("zip")
    return zip_of(
        directory / "f.zip", lambda_function=SOURCE, beside="", broken="raise ValueError('Unauthorized')"
    )


@pytest.fixture(scope="module")
def running(file: Path) -> Iterator[Running]:
    lines = Lines()
    environ = {"OF_ITS_OWN": "1", "AWS_REGION": "eu-west-1"}
    made = function(file, lines, environ=environ, memory=256)
    yield Running(made, lines)
    made.close()


def test_nothing_of_the_host_is_in_the_environment_but_where_programs_are(running: Running):
    facts = running.does("facts")
    environ = facts["environ"]
    assert environ.pop("_X_AMZN_TRACE_ID").startswith("Root=1-")
    assert environ.pop("AWS_LAMBDA_RUNTIME_API").startswith("127.0.0.1:")
    task, runtime = environ.pop("PYTHONPATH").split(":")
    environ.pop("LC_CTYPE", None)  # Python's own doing, where the locale is not installed
    assert environ == {
        "PATH": "/usr/bin:/bin", "HOME": runtime, "LANG": "en_US.UTF-8", "TZ": ":UTC", "OF_ITS_OWN": "1",
        "_HANDLER": "lambda_function.handler", "LAMBDA_TASK_ROOT": task, "LAMBDA_RUNTIME_DIR": runtime,
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python{}.{}".format(*sys.version_info),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_NAME": "authorizer",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/authorizer", "AWS_LAMBDA_LOG_STREAM_NAME": facts["stream"],
    }  # fmt: skip


def test_the_context_tells_of_the_invocation(running: Running):
    first, second = running.does("facts"), running.does("facts")
    assert first["id"] != second["id"]
    assert first["pid"] == second["pid"]
    assert first["environ"]["_X_AMZN_TRACE_ID"] != second["environ"]["_X_AMZN_TRACE_ID"]
    assert first["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:authorizer"
    assert (first["name"], first["memory"]) == ("authorizer", "256")
    assert 0 < first["ms"] <= 20_000


def test_modules_come_from_the_zip_then_from_the_runtime_and_nowhere_else(running: Running):
    facts = running.does("facts")
    task, runtime = facts["environ"]["LAMBDA_TASK_ROOT"], facts["environ"]["LAMBDA_RUNTIME_DIR"]
    assert facts["path"][:2] == [task, runtime]
    assert not any("site-packages" in entry or "src" in Path(entry).parts for entry in facts["path"])
    assert (facts["cwd"], facts["writes"]) == (task, True)
    assert running.does("import", module="beside") == f"{task}/beside.py"
    assert running.does("import", module="awslambdaric").startswith(runtime)
    for module in ("cryptography", "apigw_oauth", "pytest", "typer", "pip"):
        assert running.fails("import", module=module).error_type == "ModuleNotFoundError"


def test_boto3_is_there_as_in_lambda(running: Running):
    assert running.does("import", module="boto3").endswith("/boto3/__init__.py")


def test_what_is_raised_is_reported_with_type_message_and_trace(running: Running):
    error = running.fails("raise", message="Unauthorized")
    assert (error.error_type, error.message) == ("Refused", "Unauthorized")
    assert "lambda_function.py" in error.stack_trace
    assert "in handler" in error.stack_trace
    logged = running.lines.wait_for(lambda line: line.startswith("[ERROR] Refused"))
    assert logged.startswith("[ERROR] Refused: Unauthorized\nTraceback (most recent call last):\n")


def test_what_is_printed_and_logged_comes_line_by_line(running: Running):
    assert running.does("print") is None
    lines = running.lines
    assert lines.wait_for(lambda line: line.startswith("to ")) == "to standard output"
    assert lines.wait_for(lambda line: line.startswith("to ")) == "to standard error"
    logged = lines.wait_for(lambda line: line.startswith("[WARNING]")).split("\t")
    assert logged[3] == "to the logging module"


@pytest.mark.parametrize("do", ["nan", "set"])
def test_an_answer_that_is_not_json_is_a_marshal_error(running: Running, do: str):
    assert running.fails(do).error_type == "Runtime.MarshalError"


def test_bytes_are_an_answer_as_they_are(running: Running):
    assert running.does("bytes") == [1]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"do": "exit", "status": 3}, "Runtime exited with error: exit status 3"),
        ({"do": "exit", "status": 0}, "Runtime exited without providing a reason"),
        ({"do": "sys.exit"}, "Runtime exited with error: exit status 1"),
        ({"do": "kill"}, "Runtime exited with error: signal: killed"),
    ],
    ids=["status", "no status", "sys.exit", "signal"],
)
def test_a_process_that_ends_is_an_error_and_the_next_event_gets_another(
    running: Running, event: dict[str, Any], reason: str
):
    before = running.does("facts")
    error = running.fails(**event)
    assert error.error_type == "Runtime.ExitError"
    assert error.message.startswith("RequestId: ")
    assert error.message.endswith(f" Error: {reason}")
    after = running.does("facts")
    assert after["pid"] != before["pid"]
    assert after["stream"] != before["stream"]


def test_an_answer_that_is_too_large_is_an_error_and_the_next_event_is_answered(running: Running):
    assert running.fails("large").error_type == "Function.ResponseSizeTooLarge"
    assert running.does("bytes") == [1]


def test_a_process_that_ends_between_events_is_replaced_without_a_word(running: Running):
    os.kill(running.does("facts")["pid"], 9)
    environment = running.function._environment
    assert environment is not None
    wait_until(lambda: environment.has_ended)
    assert running.does("bytes") == [1]


def test_a_function_that_takes_too_long_is_ended_and_the_next_event_gets_another(file: Path):
    lines = Lines()
    made = function(file, lines, timeout=0.5)
    try:
        with pytest.raises(FunctionTimeoutError, match=r"^Task timed out after 0\.50 seconds$"):
            made.invoke({"do": "loop"})
        first = int(lines.wait_for(is_start).split()[1])
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        assert made.invoke({"do": "bytes"}) == [1]
        assert int(lines.wait_for(is_start).split()[1]) != first
    finally:
        made.close()


def is_start(line: str) -> bool:
    return line.startswith("started")


@pytest.mark.parametrize(
    ("handler", "error_type", "message"),
    [
        ("broken.handler", "ValueError", "Unable to start the function: Unauthorized"),
        ("nowhere.handler", "Runtime.ImportModuleError", "Unable to import module 'nowhere'"),
        ("beside.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'beside'"),
    ],
)
def test_a_function_that_cannot_start_is_tried_twice_and_tells_why(
    file: Path, handler: str, error_type: str, message: str
):
    lines = Lines()
    made = function(file, lines, handler=handler)
    try:
        with pytest.raises(FunctionError) as caught:
            made.invoke({})
        assert caught.value.error_type == error_type
        assert message in caught.value.message
        for _ in range(2):
            assert message.removeprefix("Unable to start the function: ") in lines.wait_for(
                lambda line: line.startswith("[ERROR]")
            )
    finally:
        made.close()


def test_a_start_that_takes_too_long_is_tried_once_more_on_the_time_of_the_invocation(tmp_path: Path):
    slow = zip_of(tmp_path / "slow.zip", lambda_function="import time; print('started'); time.sleep(60)")
    lines = Lines()
    made = function(slow, lines, init_limit=0.5, timeout=0.6)
    try:
        with pytest.raises(FunctionTimeoutError, match=r"after 0\.60 seconds"):
            made.invoke({})
        assert [lines.wait_for(lambda line: line == "started") for _ in range(2)] == ["started"] * 2
    finally:
        made.close()


def test_what_ends_while_it_starts_is_an_error(tmp_path: Path):
    made = function(zip_of(tmp_path / "f.zip", lambda_function="import os; os._exit(7)"))
    try:
        with pytest.raises(FunctionError, match=r"^Runtime exited with error: exit status 7$"):
            made.invoke({})
    finally:
        made.close()


def test_closing_ends_an_invocation_and_removes_what_was_unpacked(file: Path):
    lines = Lines()
    made = function(file, lines)
    failures: list[FunctionError] = []

    def invoke() -> None:
        with pytest.raises(FunctionError) as caught:
            made.invoke({"do": "loop"})
        failures.append(caught.value)

    facts = made.invoke({"do": "facts"})
    assert isinstance(facts, dict)
    task = Path(facts["cwd"])
    caller = threading.Thread(target=invoke)
    caller.start()
    made.close()
    caller.join(30)
    assert [failure.error_type for failure in failures] == ["Runtime.ExitError"]
    assert not task.exists()
    with pytest.raises(FunctionError):
        made.invoke({"do": "bytes"})
    made.close()


def test_a_zip_that_cannot_be_unpacked_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ZipError):
        function(tmp_path / "nothing.zip")
    assert list(tmp_path.iterdir()) == []


GATEWAY_THAT_IS_KILLED = """
import sys, threading, os, signal
from pathlib import Path
from tests.gateway.lambda_zip.zips import function
def log(line):
    if line.startswith("started"):
        print(line, flush=True)
threading.Thread(target=function(Path(sys.argv[1]), log).invoke, args=({"do": "loop"},), daemon=True).start()
threading.Event().wait(60)
"""


def test_a_function_ends_with_a_gateway_that_is_killed(file: Path, tmp_path: Path):
    gateway = subprocess.Popen(
        [sys.executable, "-c", GATEWAY_THAT_IS_KILLED, str(file)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    assert gateway.stdout is not None
    with gateway.stdout:
        pid = int(gateway.stdout.readline().split()[1])
        gateway.kill()
        gateway.wait(30)
    wait_until(lambda: has_ended(pid))
