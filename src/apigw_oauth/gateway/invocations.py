"""Run functions beside the event loop."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from apigw_oauth.gateway.lambda_runtime import Function, FunctionError, PythonFunction


class Invocations:
    """Invokes functions, each once at a time: further requests wait, as they do not on AWS."""

    def __init__(self) -> None:
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, function: Function) -> asyncio.Lock:
        """Return the lock to hold while the function is invoked."""
        return self._locks[id(function)]

    @staticmethod
    async def invoke(function: Function, event: dict[str, Any], *, limit: float | None = None) -> object:
        """Return what the function returns. Raises FunctionError, and TimeoutError after `limit` seconds."""
        if isinstance(function, PythonFunction) and (limit is None or limit > function.timeout):
            # One change of threads there and one back: with a thread that waits it took 180 µs more.
            loop = asyncio.get_running_loop()
            answered: asyncio.Future[str | FunctionError | None] = loop.create_future()
            if function.begin(event, partial(_settle_soon, loop, answered)):
                return await _end(function, answered)
        return await asyncio.wait_for(_in_thread(lambda: function.invoke(event)), limit)


async def _end(function: PythonFunction, answered: "asyncio.Future[str | FunctionError | None]") -> object:
    timer = answered.get_loop().call_later(function.timeout, _settle, answered, None)
    try:
        answer = await answered
    except asyncio.CancelledError:
        function.abandon()
        raise
    finally:
        timer.cancel()
    return function.end(answer)


def _settle_soon(
    loop: asyncio.AbstractEventLoop,
    answered: "asyncio.Future[str | FunctionError | None]",
    answer: str | FunctionError,
) -> None:
    # The loop is gone when the gateway was stopped meanwhile.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, answered, answer)


def _settle(answered: "asyncio.Future[str | FunctionError | None]", answer: str | FunctionError | None) -> None:
    if not answered.done():
        answered.set_result(answer)


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
