"""The local gateway answers the same request again and again, all in memory, and the functions called are counted.

A client that asks the same over one connection is what most load is. Routes and functions are the smallest there are,
so that what is counted is the gateway's own.
"""

import asyncio
import sys
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from apigw_oauth.gateway.api import Authorizer, LambdaProxy, Method, RestApi
from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.lambda_runtime import function_from_callable
from apigw_oauth.gateway.lingering import Lingering
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.original_headers import OriginalHeadersProtocol
from apigw_oauth.gateway.server import create_app

REQUEST = b"GET /dev/pets HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\nAccept: */*\r\nAuthorization: Bearer a\r\n\r\n"


class Transport(asyncio.Transport):
    """Keeps the last response."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8080)})
        self.written = b""
        self.answered = asyncio.Event()

    def is_closing(self) -> bool:
        return False

    def write(self, data: Any) -> None:
        self.written = data
        self.answered.set()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


def gateway(ttl: int | None) -> LocalGateway:
    """Return a gateway whose route is open, or has an authorizer that is asked each time, or remembered."""
    hello = LambdaProxy(function_from_callable(lambda: lambda _event, _context: {"body": "hello"}, name="hello"))
    methods = (Method("GET", "/pets", authorized=ttl is not None, integration=hello),)
    return LocalGateway(RestApi("pets", "dev", methods, None if ttl is None else authorizer(ttl)))


def authorizer(ttl: int) -> Authorizer:
    allow = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    answer = {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
    return Authorizer(
        type="REQUEST",
        identity_sources=("method.request.header.Authorization",),
        identity_validation=None,
        ttl=ttl,
        function=function_from_callable(lambda: lambda _event, _context: answer, name="authorizer"),
    )


async def calls(ttl: int | None, times: int = 60) -> int:
    """Return how many functions are called for a request, in Python and below it, threads of functions excluded.

    It is the least of several requests: on a busy machine a function may take longer than it is waited for.
    """
    app = create_app(gateway(ttl))
    config = Config(app, log_config=None)
    config.load()
    protocol = OriginalHeadersProtocol(
        config, ServerState(), {}, ending=Ending(1.0), respond=app.respond, lingering=Lingering()
    )
    transport = Transport()
    protocol.connection_made(transport)
    return min([await _calls(protocol, transport) for _ in range(times)])


async def _calls(protocol: OriginalHeadersProtocol, transport: Transport) -> int:
    found = 0

    def profile(_frame: object, kind: str, _argument: object) -> None:
        nonlocal found
        found += kind in {"call", "c_call"}

    transport.answered.clear()
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        protocol.data_received(REQUEST)
        if not transport.answered.is_set():
            await transport.answered.wait()
    finally:
        sys.setprofile(before)
    if not transport.written.startswith(b"HTTP/1.1 200 OK"):
        raise AssertionError(transport.written)
    return found
