"""Functions are invoked by the event loop itself: quick ones, slow ones, and those that take too long."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apigw_oauth.gateway.invocations import Invocations
from apigw_oauth.gateway.lambda_runtime import Function, FunctionError, FunctionTimeoutError, PythonFunction

pytestmark = pytest.mark.anyio


class Gate:
    """A function that answers when it is let, and tells the thread that it runs in."""

    def __init__(self, **options: Any) -> None:
        self.threads: list[threading.Thread] = []
        self.entered, self.opened = threading.Event(), threading.Event()
        self.function = PythonFunction(lambda: self._handle, name="gate", **options)

    def _handle(self, event: dict[str, Any], _context: object) -> object:
        self.threads.append(threading.current_thread())
        if event.get("wait"):
            self.entered.set()
            assert self.opened.wait(10)
        if event.get("error"):
            raise SystemExit("ended")
        return event


@pytest.fixture
def gates() -> Iterator[Callable[..., Gate]]:
    made: list[Gate] = []

    def make(**options: Any) -> Gate:
        made.append(Gate(**options))
        return made[-1]

    yield make
    for gate in made:
        gate.opened.set()


async def invoke(function: Function, limit: float | None = None, **event: Any) -> object:
    return await Invocations().invoke(function, event, limit=limit)


async def entered(gate: Gate) -> None:
    await asyncio.to_thread(gate.entered.wait, 10)


async def test_a_warm_function_is_invoked_in_the_thread_that_it_lives_in(gates: Callable[..., Gate]) -> None:
    gate = gates()
    assert [await invoke(gate.function, number=number) for number in range(3)] == [{"number": n} for n in range(3)]
    assert len(set(gate.threads)) == 1
    assert gate.threads[0] is not threading.current_thread()


async def test_the_loop_goes_on_while_a_function_is_slow(gates: Callable[..., Gate]) -> None:
    gate = gates()
    await invoke(gate.function)
    slow = asyncio.create_task(invoke(gate.function, wait=True))
    await entered(gate)
    assert not slow.done()
    gate.opened.set()
    assert await slow == {"wait": True}
    assert await invoke(gate.function) == {}


async def test_a_function_that_was_slow_is_not_waited_for_in_the_loop(gates: Callable[..., Gate]) -> None:
    gate = gates()
    await invoke(gate.function)
    slow_until = asyncio.get_running_loop().time() + 60
    gate.function.slow_until = slow_until
    slow = asyncio.create_task(invoke(gate.function, wait=True))
    await entered(gate)
    gate.opened.set()
    assert await slow == {"wait": True}
    assert gate.function.slow_until == slow_until  # put off whenever it was waited for in vain


async def test_the_gateway_loses_patience_before_the_function_ends_and_has_it_again_afterwards(
    gates: Callable[..., Gate],
) -> None:
    gate = gates(timeout=60)
    await invoke(gate.function)
    with pytest.raises(TimeoutError):
        await invoke(gate.function, limit=0.01, wait=True)
    assert gate.entered.is_set()
    later = asyncio.create_task(invoke(gate.function, number=2))  # waits until the function is free
    gate.opened.set()
    assert await later == {"number": 2}
    assert len(set(gate.threads)) == 1


@pytest.mark.parametrize("limit", [None, 60, 0.005])
async def test_a_function_that_takes_too_long_loses_its_environment(
    gates: Callable[..., Gate], limit: float | None
) -> None:
    gate = gates(timeout=0.02)
    await invoke(gate.function)
    with pytest.raises(TimeoutError if limit == 0.005 else FunctionTimeoutError):
        await invoke(gate.function, limit=limit, wait=True)
    assert await invoke(gate.function) == {}
    gate.opened.set()
    assert await invoke(gate.function) == {}  # the answer that came too late is nobody's
    assert len(set(gate.threads)) == 2


async def test_a_function_that_ends_its_process_gets_a_new_one(gates: Callable[..., Gate]) -> None:
    gate = gates()
    await invoke(gate.function)
    with pytest.raises(FunctionError) as failed:
        await invoke(gate.function, error=True)
    assert failed.value.error_type == "Runtime.ExitError"
    assert await invoke(gate.function) == {}
    assert len(set(gate.threads)) == 2


async def test_an_invocation_that_nobody_waits_for_any_more_leaves_the_function_usable(
    gates: Callable[..., Gate],
) -> None:
    gate = gates()
    await invoke(gate.function)
    given_up = asyncio.create_task(invoke(gate.function, wait=True))
    await entered(gate)
    given_up.cancel()
    gate.opened.set()
    assert await invoke(gate.function, number=1) == {"number": 1}
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_the_event_becomes_the_functions(gates: Callable[..., Gate]) -> None:
    gate, event = gates(), {"number": 1}
    await invoke(gate.function)
    answer = await Invocations().invoke(gate.function, event)
    assert answer == event
    assert answer is not event  # what a function returns is copied: it may keep it


async def test_nobody_waits_for_a_function_that_is_free_because_others_have_waited(
    gates: Callable[..., Gate],
) -> None:
    gate, invocations, order = gates(), Invocations(), list[int]()

    async def request(number: int, **event: Any) -> None:
        await invocations.turn(gate.function)
        await invocations.invoke(gate.function, event)
        order.append(number)

    await request(0)
    slow = asyncio.create_task(request(1, wait=True))
    await entered(gate)
    waiting = [asyncio.create_task(request(number)) for number in range(2, 6)]
    await asyncio.sleep(0)
    gate.opened.set()
    await slow
    await request(6)
    assert order[:2] == [0, 1]
    assert sorted(order) == list(range(7))
    assert [number for number in order if 2 <= number <= 5] == [2, 3, 4, 5]  # those who wait keep their order
    await asyncio.gather(*waiting)
