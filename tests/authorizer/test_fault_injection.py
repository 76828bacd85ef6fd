"""Whatever any collaborator does, the outcome is never Allow: every point at which one is called, every fault."""

from collections.abc import Callable

import pytest

from tests.authorizer.fault_injection import NO_NUMBERS, RAISED, World, raising, returning, typed_answer
from tests.authorizer.fault_scenarios import (
    SCENARIOS,
    Build,
    bound_to_a_key,
    discovered_introspection,
    signed,
    signed_and_discovered,
    signed_and_introspected,
    signed_introspection,
)
from tests.scripted_server import Behaviour, hang_up, raw

EVERY = pytest.mark.parametrize("build", SCENARIOS, ids=lambda build: str(build.__name__))

ASKS_FOR_KEYS = (
    signed_introspection,
    discovered_introspection,
    signed,
    signed_and_discovered,
    signed_and_introspected,
    bound_to_a_key,
)


def called(build: Build) -> dict[str, int]:
    """How often each point is called where nothing goes wrong."""
    world = World(build)
    assert world.run() == "Allow"
    return {name: point.calls for name, point in world.points.items()}


@EVERY
def test_where_everything_works_the_request_is_allowed_and_with_an_expired_token_it_is_not(build: Build):
    calls = called(build)
    assert min(calls["clock"], calls["monotonic"], calls["random"], calls["write"], calls["request id"]) > 0
    assert "Allow" not in World(build, ends_in=-3600).run()


@pytest.mark.rule("L5", "I16", "I17")
@EVERY
def test_whichever_collaborator_raises_and_whenever_nobody_is_let_in(build: Build):
    for name, calls in called(build).items():
        for begin in range(calls):
            for error in RAISED if begin == 0 else (RAISED[begin % len(RAISED)], OSError):
                if name == "environ" and error is KeyError:  # the variable is not set, and none of these has to be
                    continue
                world = World(build)
                world.points[name].begin, world.points[name].fault = begin, raising(error)
                assert "Allow" not in world.run(), (name, begin, error)


@pytest.mark.rule("R21", "I16")
@EVERY
def test_a_clock_that_gives_no_number_lets_nobody_in(build: Build):
    for begin in range(called(build)["clock"]):
        for value in NO_NUMBERS:
            world = World(build, ends_in=-3600)
            world.points["clock"].begin, world.points["clock"].fault = begin, returning(value)
            assert "Allow" not in world.run(), (begin, value)
    for value in NO_NUMBERS:
        world = World(build)
        world.points["clock"].begin, world.points["clock"].fault = 0, returning(value)
        assert "Allow" not in world.run(), value


@pytest.mark.rule("I16")
@EVERY
def test_whatever_the_other_collaborators_return_an_expired_token_stays_expired(build: Build):
    for name, calls in called(build).items():
        for begin in range(calls) if name != "clock" else ():
            for value in NO_NUMBERS:
                world = World(build, ends_in=-3600)
                world.points[name].begin, world.points[name].fault = begin, returning(value)
                assert "Allow" not in world.run(), (name, begin, value)


def cut(share: float) -> Callable[[bytes, str], Behaviour]:
    """Close in the middle of an answer."""

    def fault(content: bytes, media_type: str) -> Behaviour:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
        whole = head.encode() + content
        return raw(whole[: int(len(whole) * share)])

    return fault


def instead(
    body: bytes, media_type: str | None = None, status: str = "200 OK"
) -> Callable[[bytes, str], Behaviour]:
    return lambda _content, given: typed_answer(body, media_type or given, status=status)


def with_status(status: str) -> Callable[[bytes, str], Behaviour]:
    def fault(content: bytes, media_type: str) -> Behaviour:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n"
        return raw(head.encode() + b"Location: /introspect\r\nRetry-After: 1\r\n\r\n" + content)

    return fault


def dripping(content: bytes, media_type: str) -> Behaviour:
    """Promise more than there is."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(content) + 9}\r\n\r\n"
    return raw(head.encode() + content)


SERVER_FAULTS: dict[str, Callable[[bytes, str], Behaviour]] = {
    "closes": lambda _content, _type: hang_up,
    "promises more": dripping,
    **{f"closes after {share:.0%}": cut(share) for share in (0.01, 0.2, 0.4, 0.5, 0.7, 0.9, 0.99)},
    **{
        f"HTTP {status}": with_status(f"{status} x")
        for status in (100, 101, 201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 429, 500, 502, 503, 999)
    },
    "is of another type": lambda content, _given: typed_answer(content, "text/html"),
    "says nothing": instead(b""),
    "says null": instead(b"null"),
    "says true": instead(b"true"),
    "says a list": instead(b"[]"),
    "says an empty object": instead(b"{}"),
    "says active as text": instead(b'{"active":"true","action":"ok","keys":{}}'),
    "says active as a number": instead(b'{"active":1,"action":1,"keys":1}'),
    "says both": instead(b'{"active":false,"active":true,"keys":[],"keys":[]}'),
    "is deep": instead(b"[" * 60_000),
    "is long": instead(b'{"active":true,"scope":"' + b"x" * 70_000 + b'"}'),
    "is no UTF-8": instead(b'{"active":true,"scope":"\xff"}'),
    "has a NaN": instead(b'{"active":true,"action":"OK","scope":"profile","scopes":["profile"],"exp":NaN,"expiresAt":NaN}'),
    "is a web page": instead(b"<html>login</html>", "text/html"),
    "is no HTTP": lambda _content, _type: raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "has no head": lambda content, _type: raw(content),
    "has chunks that are none": lambda _content, _type: raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}"
    ),
}  # fmt: skip


@pytest.mark.rule("I16", "I17", "R19", "R28", "R34")
@EVERY
def test_however_the_authorization_server_fails_and_whenever_nobody_is_let_in(build: Build):
    control = World(build)
    assert control.run() == "Allow"
    for begin in range(len(control.server.requests)):
        for name, fault in SERVER_FAULTS.items():
            world = World(build)
            world.server.begin, world.server.fault = begin, fault
            assert "Allow" not in world.run(), (begin, name)


@pytest.mark.rule("I16", "I17", "R28")
@EVERY
def test_where_the_authorization_server_hangs_nobody_is_let_in(build: Build):
    looks: list[int] = []  # at the monotonic clock, until each request had arrived
    control = World(build)
    control.server.on_request = lambda: looks.append(control.points["monotonic"].calls)
    assert control.run() == "Allow"
    for begin, before in enumerate(looks):
        # Nearly all of the deadline has passed when the answer is waited for, so that nobody waits for long.
        world = World(build, monotonic=passing(before - 1, to=2.45 if build in ASKS_FOR_KEYS else 2.95))
        server = world.server
        server.begin, server.fault = begin, hanging(server.hang)
        assert "Allow" not in world.run(), begin


def hanging(hang: Behaviour) -> Callable[[bytes, str], Behaviour]:
    return lambda _content, _type: hang


def passing(looks: int, *, to: float) -> Callable[[], float]:
    """A clock that stands at zero for some looks, and then somewhere else."""
    left = iter([0.0] * looks)
    return lambda: next(left, to)


def test_the_faults_are_what_they_are_called():
    with pytest.raises(ValueError, match="x"):
        raising(lambda: ValueError("x"))()
    assert returning(5)() == 5
