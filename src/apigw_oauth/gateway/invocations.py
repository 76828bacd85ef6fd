"""Run functions beside the event loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from queue import Empty
from time import monotonic
from typing import Any

from apigw_oauth.gateway.lambda_runtime import NOTHING, Desk, Function, PythonFunction

_MOMENT, _WHILE = 0.001, 0.1  # seconds


class Invocations:
    """Invokes functions, each once at a time: further requests wait, as they do not on AWS."""

    def __init__(self) -> None:
        self._busy: dict[int, asyncio.Event] = {}

    async def turn(self, function: Function) -> None:
        """Wait until the function is free; nothing may be awaited between this and `invoke`.

        This is no lock: all who wait go on as soon as it is free. In the queue of a lock each new request would
        have to stand as long as there is one, and the queue would not end while there is load.
        """
        while (free := self._busy.get(id(function))) is not None:
            await free.wait()

    async def invoke(self, function: Function, event: dict[str, Any], *, limit: float | None = None) -> object:
        """Return what the function returns. Raises FunctionError, and TimeoutError after `limit` seconds.

        The event was made for this invocation alone, of JSON only: it is not copied, which would take 20 µs.
        """
        outcome: Awaitable[object]
        if isinstance(function, PythonFunction) and (desk := function.begin(event)) is not None:
            # One change of threads there and one back: with a thread that waits it took 400 µs more.
            answer = _answer_at_once(function, desk)
            if answer is not NOTHING:
                return function.end(answer)
            outcome = _Slow(function, desk, limit).outcome
        else:
            outcome = _in_thread(function, event, limit)
        free = self._busy[id(function)] = asyncio.Event()
        try:
            return await outcome
        finally:
            del self._busy[id(function)]
            free.set()


def _answer_at_once(function: PythonFunction, desk: Desk) -> object:
    """Return the answer of a quick function, or NOTHING; the event loop waits for it, a millisecond at most.

    To be woken by the function takes more system calls and three more turns of the loop, a third of all that a
    request costs. A function that was too slow for that is not waited for again for a while.
    """
    now = monotonic()
    patient = now >= function.slow_until
    try:
        return desk.answers.get(timeout=_MOMENT if patient else 0.0)
    except Empty:
        if patient:
            function.slow_until = now + _WHILE
        return NOTHING


class _Slow:
    """An invocation that the event loop itself waits for. It lasts as long as the function may, `limit` or not."""

    def __init__(self, function: PythonFunction, desk: Desk, limit: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._function = function
        self._desk = desk
        self._over = False
        self.outcome: asyncio.Future[object] = self._loop.create_future()
        if limit is None or limit >= function.timeout:
            self._timer = self._loop.call_later(function.timeout, self._end, NOTHING)
        else:
            self._timer = self._loop.call_later(limit, self._lose_patience, limit)
        desk.on_answer = self._answered
        self._look()  # it may have come before it was known that somebody watches

    def _answered(self) -> None:
        """Tell the loop, in the function's own thread."""
        # The loop is gone when the gateway was stopped meanwhile.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        if not self._over:
            with suppress(Empty):
                self._end(self._desk.answers.get_nowait())

    def _lose_patience(self, limit: float) -> None:
        self._timer = self._loop.call_later(self._function.timeout - limit, self._end, NOTHING)
        if not self.outcome.done():
            self.outcome.set_exception(TimeoutError())

    def _end(self, answer: object) -> None:
        self._over = True
        self._timer.cancel()
        self._desk.on_answer = None
        try:
            returned = self._function.end(answer)
        except Exception as error:  # noqa: BLE001 handed on to whoever awaits
            if not self.outcome.done():
                self.outcome.set_exception(error)
        else:
            if not self.outcome.done():
                self.outcome.set_result(returned)


async def _in_thread(function: Function, event: dict[str, Any], limit: float | None) -> object:
    await asyncio.sleep(0)  # what has a limit needs a task, see first_step
    return await asyncio.wait_for(_called(lambda: function.invoke(event)), limit)


async def _called(call: Callable[[], object]) -> object:
    """Run a call in a daemon thread: unlike an executor's, it never keeps the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[object] = loop.create_future()

    def deliver(settle: Callable[[], None]) -> None:
        if not future.done():
            settle()

    def work() -> None:
        try:
            settle = partial(future.set_result, call())
        except Exception as error:  # noqa: BLE001 handed on to whoever awaits
            settle = partial(future.set_exception, error)
        # The loop is gone when the gateway was stopped meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver, settle)

    threading.Thread(target=work, name="lambda invocation", daemon=True).start()
    return await future
