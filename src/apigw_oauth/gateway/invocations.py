"""Run functions beside the event loop."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from apigw_oauth.gateway.lambda_runtime import Function


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
        return await asyncio.wait_for(_in_thread(lambda: function.invoke(event)), limit)


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
