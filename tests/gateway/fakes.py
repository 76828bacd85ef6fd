"""Stand-ins for functions, time and the console."""

from collections.abc import Callable
from typing import Any

from apigw_oauth.gateway.api import Authorizer, Method, Mock, RestApi

ALLOW_ALL = "arn:aws:execute-api:*"


class FakeFunction:
    """A function that runs in the caller's thread and remembers its events."""

    def __init__(self, answer: Callable[[dict[str, Any]], object], name: str = "fake") -> None:
        self.name = name
        self.answer = answer
        self.events: list[dict[str, Any]] = []

    def invoke(self, event: dict[str, Any]) -> object:
        self.events.append(event)
        return self.answer(event)


class FakeClock:
    """Time that moves when it is told to."""

    def __init__(self, now: float = 1_718_636_523.035) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def policy(effect: str = "Allow", resource: object = ALLOW_ALL, **more: object) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def answer(effect: str = "Allow", resource: object = ALLOW_ALL, **more: object) -> dict[str, Any]:
    """Return an authorizer's answer."""
    return {"principalId": "user", "policyDocument": policy(effect, resource), **more}


def request_authorizer(
    function: FakeFunction | None = None,
    *,
    sources: tuple[str, ...] = ("method.request.header.Authorization",),
    ttl: int = 300,
) -> Authorizer:
    return Authorizer("REQUEST", sources, None, ttl, function or FakeFunction(lambda _: answer()))


def token_authorizer(
    function: FakeFunction | None = None, *, validation: str | None = None, ttl: int = 300
) -> Authorizer:
    return Authorizer(
        "TOKEN",
        ("method.request.header.Authorization",),
        validation,
        ttl,
        function or FakeFunction(lambda _: answer()),
    )


def mock_methods(*routes: str, authorized: bool = False) -> tuple[Method, ...]:
    """Return methods for routes such as "GET /pets/{id}", each answering with its own route."""
    pairs = [route.split(" ", 1) for route in routes]
    return tuple(Method(verb, path, authorized, Mock(f'"{verb} {path}"')) for verb, path in pairs)


def api(*methods: Method, authorizer: Authorizer | None = None, **more: Any) -> RestApi:
    values: dict[str, Any] = {"name": "demo", "stage": "dev", "api_id": "puhdx84jy9", "region": "eu-west-1"}
    return RestApi(methods=methods, authorizer=authorizer, **{**values, **more})
