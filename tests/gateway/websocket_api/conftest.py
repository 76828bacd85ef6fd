from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apigw_oauth.gateway.websocket_api.api import WebSocketApi
from tests.gateway.websocket_api.websocket_apis import RunningWebSocketGateway

ServeWebSocket = Callable[..., RunningWebSocketGateway]


@pytest.fixture(scope="session")
def stopping_websockets() -> Iterator[list[RunningWebSocketGateway]]:
    """Collect gateways that were told to stop: they take a moment, and nobody needs to wait for it meanwhile."""
    gateways: list[RunningWebSocketGateway] = []
    yield gateways
    for gateway in gateways:
        gateway.close()


@pytest.fixture
def serve_websocket(stopping_websockets: list[RunningWebSocketGateway]) -> Iterator[ServeWebSocket]:
    """Return a function that serves an API over real sockets until the test ends."""
    started: list[RunningWebSocketGateway] = []

    def start(api: WebSocketApi, **options: Any) -> RunningWebSocketGateway:
        started.append(RunningWebSocketGateway(api, **options))
        return started[-1]

    yield start
    for gateway in started:
        gateway.stop()
    stopping_websockets += started
