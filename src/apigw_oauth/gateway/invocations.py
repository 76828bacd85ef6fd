"""Run functions beside the event loop."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from apigw_oauth.gateway.lambda_runtime import Function, FunctionError, PythonFunction, Returned

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
            begun = _Begun(function, limit)
            if function.begin(event, begun.answered):
                answer = begun.at_once()
                if answer is not None:
                    return function.end(answer)
                begun.watch()
                return await begun.outcome
        await asyncio.sleep(0)  # what has a limit needs a task, see first_step
        return await asyncio.wait_for(_in_thread(lambda: function.invoke(event)), limit)


class _Begun:
    """An invocation that the event loop itself waits for. It lasts as long as the function may, `limit` or not."""

    def __init__(self, function: PythonFunction, limit: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._function = function
        self._limit = limit
        self._answers: SimpleQueue[Returned | FunctionError] = SimpleQueue()
        self._watched = False
        self._over = False
        self._timer: asyncio.TimerHandle | None = None

    def at_once(self) -> Returned | FunctionError | None:
        """Return the answer of a quick function; the event loop waits for it, a millisecond at most.

        To be woken by the function takes more system calls and three more turns of the loop, a third of all that a
        request costs. A function that was too slow for that is not waited for again for a while.
        """
        function, now = self._function, self._loop.time()
        if now >= function.slow_until:
            try:
                return self._answers.get(timeout=_MOMENT)
            except Empty:
                function.slow_until = now + _WHILE
        self.outcome: asyncio.Future[object] = self._loop.create_future()
        self._watched = True
        with suppress(Empty):  # it may have come after the moment, and before it knew that it is watched
            answer = self._answers.get_nowait()
            self._over = True
            return answer
        return None

    def watch(self) -> None:
        """Begin to measure the time."""
        if self._limit is None or self._limit >= self._function.timeout:
            self._timer = self._loop.call_later(self._function.timeout, self._end, None)
        else:
            self._timer = self._loop.call_later(self._limit, self._lose_patience, self._limit)

    def answered(self, answer: Returned | FunctionError) -> None:
        """Take the function's answer, in the function's own thread."""
        self._answers.put(answer)
        if not self._watched:
            return
        # The loop is gone when the gateway was stopped meanwhile.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, answer)

    def _lose_patience(self, limit: float) -> None:
        self._timer = self._loop.call_later(self._function.timeout - limit, self._end, None)
        if not self.outcome.done():
            self.outcome.set_exception(TimeoutError())

    def _end(self, answer: Returned | FunctionError | None) -> None:
        if self._over:
            return  # too late
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
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
