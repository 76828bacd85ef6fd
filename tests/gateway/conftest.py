from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.http_api.api import HttpApi
from tests.gateway.running_gateway import RunningGateway

Serve = Callable[..., RunningGateway]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def stopping() -> Iterator[list[RunningGateway]]:
    """Collect gateways that were told to stop: they take a moment, and nobody needs to wait for it meanwhile."""
    gateways: list[RunningGateway] = []
    yield gateways
    for gateway in gateways:
        gateway.close()


@pytest.fixture
def serve(stopping: list[RunningGateway]) -> Iterator[Serve]:
    """Return a function that serves an API over real HTTP until the test ends."""
    started: list[RunningGateway] = []

    def start(api: RestApi | HttpApi, **options: Any) -> RunningGateway:
        started.append(RunningGateway(api, **options))
        return started[-1]

    yield start
    for gateway in started:
        gateway.stop()
    stopping += started
