"""Runs a scenario, in which one collaborator is at fault from some moment on."""

import json
import math
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from apigw_oauth.authorizer import settings
from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, _Environment
from apigw_oauth.authorizer.log import Log
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.verifier import Surroundings
from tests.authorizer.fault_scenarios import API, NONCE_SECRET, NOW, Build, Scenario
from tests.authorizer.lambda_environment import LambdaContext
from tests.scripted_server import Behaviour, ScriptedServer

Fault = Callable[[], object]
"""Raises, or returns what is none."""

RAISED: tuple[Callable[[], Exception], ...] = (
    ValueError, OSError, TimeoutError, KeyError, RecursionError, MemoryError, AssertionError, StopIteration, UnicodeError,
)  # fmt: skip
NO_NUMBERS: tuple[Any, ...] = (
    None,
    math.nan,
    math.inf,
    -math.inf,
    "1700000000",
    b"",
    [],
    {},
    object(),
    1j,
    10**400,
)


class Point:
    """A function that the authorizer is given; from its call number `begin` on, the fault takes its place."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.calls = 0
        self.begin: int | None = None
        self.fault: Fault | None = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        number, self.calls = self.calls, self.calls + 1
        if self.fault is not None and self.begin is not None and number >= self.begin:
            return self.fault()
        return self._function(*arguments, **named)


class Environ(Mapping[str, str]):
    """The environment's variables, looked up through a point."""

    def __init__(self, point: Point) -> None:
        self._look_up = point

    def __getitem__(self, name: str) -> str:
        value: str = self._look_up(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _variable(name: str) -> str:
    return {"APIGW_OAUTH_DPOP_NONCE_SECRET": NONCE_SECRET, "SECRET": "s"}[name]


class Secrets:
    """Whoever keeps secrets."""

    def __init__(self, point: Point) -> None:
        self._point = point

    def read(self, _source: Source, *, when: str) -> Any:
        return self._point()


class Context(LambdaContext):
    """What Lambda hands over beside the event."""

    def __init__(self, point: Point) -> None:
        self._point = point

    def __getattribute__(self, name: str) -> Any:
        if name == "aws_request_id":
            return object.__getattribute__(self, "_point")()
        return object.__getattribute__(self, name)


class AnsweringServer(ScriptedServer):
    """Answers as the scenario has it; from request number `begin` on as the fault has it."""

    def __init__(self) -> None:
        self.scenario: Scenario | None = None
        self.on_request: Callable[[], object] = lambda: None
        self.begin: int | None = None
        self.fault: Callable[[bytes, str], Behaviour] | None = None
        super().__init__(self._say)

    def __enter__(self) -> Self:
        return self

    def _say(self, connection: socket.socket) -> object:
        assert self.scenario is not None
        request = self.requests[-1]
        head, _, body = request.partition(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.on_request()
        say = self.scenario.answers.get(path)
        if say is None:
            return typed_answer(b"{}", "application/json", status="404 Not Found")(connection)
        media_type, content = say(body)
        if self.fault is not None and self.begin is not None and len(self.requests) > self.begin:
            return self.fault(content, media_type)(connection)
        return typed_answer(content, media_type)(connection)


def typed_answer(content: bytes, media_type: str, *, status: str = "200 OK", headers: str = "") -> Behaviour:
    whole = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    return lambda connection: connection.sendall(whole.encode() + content)


class World:
    """One run: everything that the authorizer gets from outside goes through a point, or comes from the server."""

    def __init__(self, build: Build, *, ends_in: int = 600, monotonic: Callable[[], float] = lambda: 0.0) -> None:
        self.points = {
            "clock": Point(lambda: float(NOW)),
            "monotonic": Point(monotonic),
            "random": Point(bytes),
            "environ": Point(_variable),
            "write": Point(lambda _line: None),
            "request id": Point(lambda: "request-1"),
            "secrets": Point(lambda: "s"),
        }
        self.server = AnsweringServer()
        self._build = build
        self._end = NOW + ends_in

    def run(self) -> str:
        """Return the effect; for a failure, what is raised."""
        with self.server:
            scenario = self.server.scenario = self._build(self.server.url, self._end)
            try:
                made = self._environment(scenario)
                said = made.handle(scenario.event, Context(self.points["request id"]))
            except (UnauthorizedError, AuthorizerFailedError, SettingsError) as error:
                return str(error)
            except Exception as error:  # noqa: BLE001 - at cold start anything may be raised: nothing starts then
                return f"{type(error).__name__} {error}"
            return ", ".join(one["Effect"] for one in said["policyDocument"]["Statement"])

    def _environment(self, scenario: Scenario) -> _Environment:
        content = {
            "format": 1, "event": "request", "cache": "off", "refusals": "static-401", "context": ["sub"],
            "routes": [{"route": "POST /lambda-request", "any_of": [["profile"]]}], "public_base_urls": [API],
            "verifiers": scenario.verifiers, **scenario.settings,
        }  # fmt: skip
        environ = Environ(self.points["environ"])
        surroundings = Surroundings(
            clock=self.points["clock"],
            monotonic=self.points["monotonic"],
            random=self.points["random"],
            public_base_urls=(API,),
        )
        loaded = settings.load(json.loads(json.dumps(content)), environ=environ, directory="/nowhere")
        lines = Log.from_environ(self.points["write"], environ=environ, clock=self.points["clock"])
        return _Environment(
            loaded,
            surroundings,
            environ=environ,
            directory="/nowhere",
            lines=lines,
            secrets=Secrets(self.points["secrets"]),
        )


def raising(error: Callable[[], Exception]) -> Fault:
    def fault() -> object:
        raise error()

    return fault


def returning(value: object) -> Fault:
    return lambda: value
