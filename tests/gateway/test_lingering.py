"""The loop is kept awake by one callback, for a moment after the last answer, and no longer."""

from collections.abc import Callable
from typing import Any

import pytest

from apigw_oauth.gateway.lingering import Lingering


class FakeLoop:
    """Whose time is what it is told, and whose callbacks are run by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.ready: list[Callable[[], Any]] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable[..., Any], *args: Any) -> None:
        self.ready.append(lambda: callback(*args))

    def turn(self) -> None:
        ready, self.ready = self.ready, []
        for callback in ready:
            callback()


@pytest.fixture
def loop() -> Any:
    return FakeLoop()


def test_it_ends_a_moment_after_the_last_answer(loop: Any):
    lingering = Lingering()
    lingering.answered(loop, loop.now)
    loop.turn()
    loop.now += 20e-6
    lingering.answered(loop, loop.now)
    loop.turn()
    loop.now += 20e-6
    loop.turn()
    assert len(loop.ready) == 1
    loop.now += 10e-6
    loop.turn()
    assert not loop.ready


def test_there_is_one_callback_for_all_answers(loop: Any):
    lingering = Lingering()
    for _ in range(16):
        lingering.answered(loop, loop.now)
    assert len(loop.ready) == 1


def test_it_begins_again(loop: Any):
    lingering = Lingering()
    for _ in range(2):
        lingering.answered(loop, loop.now)
        loop.now += 1
        loop.turn()
        assert not loop.ready
