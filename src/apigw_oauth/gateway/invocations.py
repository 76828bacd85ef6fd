"""Run functions beside the event loop."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
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
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, function: Function) -> asyncio.Lock:
        """Return the lock to hold while the function is invoked."""
        return self._locks[id(function)]

    @staticmethod
    async def invoke(function: Function, event: dict[str, Any], *, limit: float | None = None) -> object:
        """Return what the function returns. Raises FunctionError, and TimeoutError after `limit` seconds.

        The event was made for this invocation alone, of JSON only: it is not copied, which would take 20 µs.
        """
        if isinstance(function, PythonFunction):
            # One change of threads there and one back: with a thread that waits it took 400 µs more.
            desk = function.begin(event)
            if desk is not None:
                answer = _answer_at_once(function, desk)
                return await _Slow(function, desk, limit).outcome if answer is NOTHING else function.end(answer)
        await asyncio.sleep(0)  # what has a limit needs a task, see first_step
        return await asyncio.wait_for(_in_thread(lambda: function.invoke(event)), limit)


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


async def _in_thread(call: Callable[[], object]) -> object:
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
