from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from apigw_oauth.gateway.api import RestApi
from tests.gateway.running_gateway import RunningGateway

Serve = Callable[..., RunningGateway]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves an API over real HTTP until the test ends."""
    with ExitStack() as stack:

        def start(api: RestApi, **options: Any) -> RunningGateway:
            running = RunningGateway(api, **options)
            stack.callback(running.close)
            return running

        yield start
