"""The Runtime API, asked by a client that does what it is told."""

import http.client
import json
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from apigw_oauth.gateway.lambda_runtime import FunctionError
from apigw_oauth.gateway.lambda_zip.runtime_api import (
    LARGEST_RESPONSE,
    Answered,
    Failed,
    Invocation,
    Report,
    RuntimeApi,
    Waiting,
)

BASE = "/2018-06-01/runtime"
FIRST = Invocation("first", b'{"a": 1}', {"Lambda-Runtime-Aws-Request-Id": "first"})
SECOND = Invocation("second", b"{}", {})


class Client:
    def __init__(self) -> None:
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self.api = RuntimeApi(self.reports.put)
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.api.address, timeout=30)

    def get(self, path: str, connection: http.client.HTTPConnection | None = None) -> http.client.HTTPResponse:
        connection = connection or self.connection
        connection.request("GET", BASE + path)
        return connection.getresponse()

    def post(self, path: str, body: bytes | str, **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", BASE + path, body, sent)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def report(self) -> Report:
        return self.reports.get(timeout=30)

    def failure(self) -> Failed:
        report = self.report()
        assert isinstance(report, Failed)
        return report


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    yield made
    made.connection.close()
    made.api.close()


@pytest.fixture
def busy(client: Client) -> Client:
    """A client that has an event to answer."""
    client.api.send(FIRST)
    client.get("/invocation/next").read()
    assert client.report() == Waiting()
    return client


def test_an_event_is_handed_over_with_what_is_known_of_the_invocation(client: Client):
    client.api.send(FIRST)
    response = client.get("/invocation/next")
    assert (response.status, response.read()) == (200, FIRST.payload)
    assert response.headers["Lambda-Runtime-Aws-Request-Id"] == "first"
    assert client.report() == Waiting()


def test_the_client_waits_until_there_is_an_event(client: Client):
    threading.Timer(0.05, client.api.send, [FIRST]).start()
    assert client.get("/invocation/next").read() == FIRST.payload


def test_an_answer_is_passed_on_as_it_is_and_the_next_event_follows(busy: Client):
    assert busy.post("/invocation/first/response", '{"ok": 1.0}') == (202, {"status": "OK"})
    assert busy.report() == Answered(b'{"ok": 1.0}')
    busy.api.send(SECOND)
    assert busy.get("/invocation/next").read() == SECOND.payload
    with pytest.raises(Empty):
        busy.reports.get_nowait()  # only the first question says that the function has started


def test_an_error_is_passed_on_with_its_own_words(busy: Client):
    told = {"errorMessage": "Unauthorized", "errorType": "Refused", "stackTrace": ["  File a\n", "  File b\n", 3]}
    assert busy.post("/invocation/first/error", json.dumps(told))[0] == 202
    error, final = busy.failure()
    assert (error.error_type, error.message, final) == ("Refused", "Unauthorized", False)
    assert error.stack_trace == "Traceback (most recent call last):\n  File a\n  File b\n"


@pytest.mark.parametrize("body", ["", "[]", "not JSON", "{}", '{"stackTrace": "x"}'])
def test_an_error_may_say_next_to_nothing(busy: Client, body: str):
    header = {"Lambda_Runtime_Function_Error_Type": "Extension.Failed"}
    assert busy.post("/invocation/first/error", body, **header)[0] == 202
    error = busy.failure().error
    assert (error.error_type, error.message, error.stack_trace) == ("Extension.Failed", "", "")


def test_an_error_without_any_type_has_an_unknown_reason(busy: Client):
    busy.post("/invocation/first/error", "{}")
    assert busy.failure().error.error_type == "Runtime.UnknownReason"


def test_a_start_that_fails_is_reported_and_never_says_unauthorized_alone(client: Client):
    assert client.post("/init/error", '{"errorMessage": "Unauthorized", "errorType": "E"}')[0] == 202
    error, final = client.failure()
    assert (error.error_type, error.message, final) == ("E", "Unable to start the function: Unauthorized", True)


def test_a_function_that_has_started_cannot_fail_to_start(busy: Client):
    status, document = busy.post("/init/error", "{}")
    assert (status, document["errorType"]) == (403, "InvalidStateTransition")


def test_an_answer_that_is_too_long_is_refused_and_is_the_functions_error(busy: Client):
    status, document = busy.post("/invocation/first/response", b"x" * (LARGEST_RESPONSE + 1))
    assert (status, document["errorType"]) == (413, "RequestEntityTooLarge")
    error, final = busy.failure()
    assert (error.error_type, final) == ("Function.ResponseSizeTooLarge", True)
    assert error.message == "Response payload size exceeded maximum allowed payload size (6291556 bytes)."


def test_the_longest_answer_is_taken(busy: Client):
    longest = b"x" * LARGEST_RESPONSE
    assert busy.post("/invocation/first/response", longest)[0] == 202
    assert busy.report() == Answered(longest)


@pytest.mark.parametrize("kind", ["response", "error"])
def test_nobody_answers_another_event_or_twice(busy: Client, kind: str):
    assert busy.post(f"/invocation/other/{kind}", "{}") == (
        400,
        {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"},
    )
    assert busy.post("/invocation/first/response", "1")[0] == 202
    assert busy.post(f"/invocation/first/{kind}", "2")[0] == 400
    assert busy.report() == Answered(b"1")


def test_there_is_no_second_event_before_the_first_is_answered(busy: Client):
    assert busy.get("/invocation/next").status == 403


def test_one_client_alone_waits_for_an_event(client: Client):
    client.connection.request("GET", f"{BASE}/invocation/next")
    assert client.report() == Waiting()
    other = client.connect()
    assert client.get("/invocation/next", other).status == 403
    other.close()
    client.api.send(FIRST)
    assert client.connection.getresponse().read() == FIRST.payload


def test_a_client_that_waits_is_left_alone_when_it_ends(client: Client):
    client.connection.request("GET", f"{BASE}/invocation/next")
    assert client.report() == Waiting()
    client.api.close()
    with pytest.raises(http.client.RemoteDisconnected):
        client.connection.getresponse()


@pytest.mark.parametrize("path", ["/other", "/invocation/first", "/restore/next"])
def test_there_is_nothing_else(client: Client, path: str):
    assert client.post(path, "{}")[0] == 404
    assert client.get(path).status == 404


def test_other_versions_of_the_api_are_not_there(client: Client):
    client.connection.request("POST", "/2099-01-01/runtime/init/error", "{}")
    assert client.connection.getresponse().status == 404


def test_a_failure_is_a_function_error(busy: Client):
    busy.post("/invocation/first/error", '{"errorMessage": "m", "errorType": "t"}')
    assert isinstance(busy.failure().error, FunctionError)
