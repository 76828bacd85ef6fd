import gc
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.gateway.lambda_runtime import (
    FunctionError,
    FunctionTimeoutError,
    PythonFunction,
    function_from_callable,
    function_from_file,
)

Handler = Callable[[dict[str, Any], Any], object]


def function(handler: Handler, **options: Any) -> PythonFunction:
    return PythonFunction(lambda: handler, **{"name": "f", **options})


def failure(of: PythonFunction, event: dict[str, Any] | None = None) -> FunctionError:
    with pytest.raises(FunctionError) as caught:
        of.invoke(event or {})
    return caught.value


def test_events_and_answers_take_a_round_trip_through_json() -> None:
    seen: list[object] = []

    def handler(event: dict[str, Any], _context: object) -> object:
        seen.append(event)
        event["changed"] = True
        return {1: ("a", None)}

    event = {"list": (1, 2)}
    assert function(handler).invoke(event) == {"1": ["a", None]}
    assert seen == [{"list": [1, 2], "changed": True}]
    assert event == {"list": (1, 2)}


def test_one_cold_start_serves_many_invocations_in_one_thread() -> None:
    starts: list[int] = []
    threads: set[int] = set()

    def start() -> Handler:
        starts.append(1)
        threads.add(threading.get_ident())
        return lambda _event, _context: threads.add(threading.get_ident())

    made = function_from_callable(start, name="f")
    assert starts == []
    made.invoke({})
    made.invoke({})
    assert len(starts) == len(threads) == 1


def test_invocations_never_overlap() -> None:
    running = threading.Lock()

    def handler(_event: dict[str, Any], _context: object) -> object:
        assert running.acquire(blocking=False)
        running.release()
        return 1

    made, answers = function(handler), []
    callers = [threading.Thread(target=lambda: answers.append(made.invoke({}))) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [1] * 20


def test_the_context_is_lambdas() -> None:
    times = iter([100.0, 100.5])

    def handler(_event: dict[str, Any], context: Any) -> object:
        names = (
            "aws_request_id", "function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb",
            "log_group_name", "log_stream_name",
        )  # fmt: skip
        return {name: getattr(context, name) for name in names} | {"ms": context.get_remaining_time_in_millis()}

    made = function(handler, clock=lambda: next(times), random_bytes=bytes)
    found = made.invoke({})
    assert isinstance(found, dict)
    assert found.pop("log_stream_name").endswith("/[$LATEST]" + "0" * 32)
    assert found == {
        "aws_request_id": "00000000-0000-4000-8000-000000000000",
        "function_name": "f",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "memory_limit_in_mb": "128",
        "log_group_name": "/aws/lambda/f",
        "ms": 2500,
    }


def test_the_context_has_an_identity_a_log_and_room_for_more(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: dict[str, Any], context: Any) -> object:
        context.log("said so")
        context.of_its_own = 1
        identity = context.identity
        known = [identity.cognito_identity_id, identity.cognito_identity_pool_id, context.client_context]
        return [*known, context.tenant_id, context.of_its_own]

    assert function(handler).invoke({}) == [None, None, None, None, 1]
    assert capsys.readouterr().out == "said so\n"


def test_decimals_are_numbers() -> None:
    answer = [Decimal(7), Decimal("1.50"), Decimal("-1E+3"), {"a": Decimal(12345678901234567890)}]
    found = function(lambda _event, _context: answer).invoke({})
    assert found == [7, 1.5, -1000, {"a": 12345678901234567890}]


def raising(error: BaseException) -> PythonFunction:
    def handler(_event: dict[str, Any], _context: object) -> object:
        raise error

    return function(handler)


def test_an_exception_is_an_error_with_its_own_message() -> None:
    found = failure(raising(ValueError("Unauthorized")))
    assert (found.error_type, found.message) == ("ValueError", "Unauthorized")
    assert "Traceback" in found.stack_trace


@pytest.mark.parametrize("error", [SystemExit("Unauthorized"), KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_ending_the_process_is_an_error_and_the_environment_is_gone(error: BaseException) -> None:
    starts: list[int] = []

    def start() -> Handler:
        starts.append(1)

        def handler(_event: dict[str, Any], _context: object) -> object:
            raise error

        return handler

    made = function_from_callable(start, name="f")
    assert failure(made).error_type == "Runtime.ExitError"
    assert failure(made).message != "Unauthorized"
    assert len(starts) == 2


def test_an_exception_that_cannot_be_printed_is_an_error_too() -> None:
    class UnprintableError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert failure(raising(UnprintableError())).error_type == "UnprintableError"


@pytest.mark.parametrize(
    "result",
    [
        object(), {1, 2}, b"x", float("nan"), {("a",): 1}, Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"),
        Decimal("1E+999"),
    ],
    ids=lambda result: type(result).__name__,
)  # fmt: skip
def test_an_answer_that_is_not_json_is_a_marshal_error(result: object) -> None:
    found = failure(function(lambda _event, _context: result))
    assert found.error_type == "Runtime.MarshalError"
    assert found.message.startswith("Unable to marshal response")


def test_an_answer_that_contains_itself_is_a_marshal_error() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert failure(function(lambda _event, _context: endless)).error_type == "Runtime.MarshalError"


def test_a_coroutine_is_no_answer_and_is_not_left_behind() -> None:
    async def handle(_event: object, _context: object) -> None:
        """Never runs."""

    assert "coroutine" in failure(function(handle)).message
    gc.collect()  # would warn of one that was never awaited, which is an error here


def test_a_timeout_abandons_the_environment() -> None:
    release, starts = threading.Event(), []

    def start() -> Handler:
        starts.append(1)
        first = len(starts) == 1
        return lambda _event, _context: release.wait(30) if first else "fresh"

    made = function_from_callable(start, name="f", timeout=0.3)
    found = failure(made)
    assert isinstance(found, FunctionTimeoutError)
    assert found.message == "Task timed out after 0.30 seconds"
    assert made.invoke({}) == "fresh"
    release.set()


def test_a_failed_start_is_tried_again() -> None:
    attempts = iter([RuntimeError("Unauthorized"), SystemExit(1), None])

    def start() -> Handler:
        error = next(attempts)
        if error:
            raise error
        return lambda _event, _context: "works"

    made = function_from_callable(start, name="f")
    first = failure(made)
    assert first.message == "Unable to start the function: Unauthorized"
    assert failure(made).error_type == "Runtime.ExitError"
    assert made.invoke({}) == "works"


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "functions",
        "functions.py",
        "functions:hello",
        "functions.py:",
        "functions.py:a-b",
        "/a.py:b",
        "../a.py:b",
    ],
)
def test_a_reference_names_a_file_below_the_directory_and_a_function(reference: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"functions\.py:hello"):
        function_from_file(reference, tmp_path)


def test_a_function_from_a_file_is_named_after_both_and_loaded_late(tmp_path: Path) -> None:
    made = function_from_file("functions.py:hello", tmp_path)
    assert made.name == "functions-hello"
    (tmp_path / "functions.py").write_text(
        "def hello(event, context):\n    return [event, context.function_name]\n"
    )
    assert made.invoke({"a": 1}) == json.loads('[{"a": 1}, "functions-hello"]')


def test_the_thread_of_a_function_ends_with_it() -> None:
    threads: list[threading.Thread] = []
    made = function(lambda _event, _context: threads.append(threading.current_thread()))
    made.invoke({})
    del made
    gc.collect()
    threads[0].join(10)
    assert not threads[0].is_alive()
