"""Coroutines that are begun without a task."""

import asyncio
from contextvars import ContextVar

import pytest

from apigw_oauth.gateway import first_step

pytestmark = pytest.mark.anyio

SAID: ContextVar[str] = ContextVar("SAID", default="")


async def test_what_does_not_wait_is_over_at_once() -> None:
    done: list[str] = []

    async def running() -> None:
        done.append("all of it")

    assert first_step.begin(running()) is None
    assert done == ["all of it"]


async def test_what_waits_goes_on_in_a_task_with_what_it_has_waited_for() -> None:
    found: list[object] = []
    answers = [asyncio.get_running_loop().create_future() for _ in range(2)]

    async def running() -> None:
        SAID.set("mine")
        found.append(await answers[0])
        async with asyncio.timeout(10):
            found.append(await answers[1])
        await asyncio.sleep(0)
        found.append(SAID.get())

    task = first_step.begin(running())
    assert task is not None
    assert SAID.get() == ""
    answers[0].set_result(1)
    await asyncio.sleep(0)
    answers[1].set_result(2)
    await task
    assert found == [1, 2, "mine"]


async def test_a_failure_of_what_it_waits_for_is_its_own() -> None:
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    found: list[str] = []

    async def running() -> None:
        try:
            await answer
        except ValueError as error:
            found.append(str(error))
        await asyncio.sleep(0)

    task = first_step.begin(running())
    assert task is not None
    answer.set_exception(ValueError("wrong"))
    await task
    assert found == ["wrong"]


async def test_it_can_be_cancelled() -> None:
    found: list[str] = []

    async def running() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            found.append("ended")

    task = first_step.begin(running())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert found == ["ended"]


async def test_a_failure_before_it_waits_is_the_callers() -> None:
    async def running() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        first_step.begin(running())
