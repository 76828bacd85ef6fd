"""What a client sees of the faults that are switched on, and the endpoint that switches them."""

import asyncio
import inspect
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from apigw_oauth.authserver.api_calls import ApiError, json_response, read_parameters
from apigw_oauth.authserver.api_credentials import authenticate_with_token
from apigw_oauth.authserver.faults import Fault, Faults
from apigw_oauth.authserver.service import Service

PATH = "/dev/faults"
_GARBAGE = b'{"active": tru\xff'


class FaultSwitch:
    """Lets the owner of the service switch faults on and off, and look at them."""

    def __init__(self, service: Service, faults: Faults) -> None:
        self._service = service
        self._faults = faults

    async def answer(self, request: Request) -> Response:
        """Answer with the faults that are on. Needs the service access token."""
        try:
            authenticate_with_token(request, self._service)
            if request.method == "POST":
                self._faults.switch(await read_parameters(request))
        except ApiError as error:
            return error.response(PATH)
        return json_response({"faults": self._faults.switched_on()})


class FaultInjection:
    """Stands before the endpoints and lets requests go wrong as the switch says."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, unless something is to go wrong with it."""
        fault = self._faults.take(scope["path"])
        if fault is not None and fault.kind == "hang_up":
            await _hang_up(receive, send)
            return
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        answer = _answer(fault) if fault is not None else None
        await (answer or self._app)(scope, receive, send)


def _answer(fault: Fault) -> Response | None:
    if fault.kind == "garbage":
        return Response(_GARBAGE, 200, {"Cache-Control": "no-store"}, media_type="application/json")
    if fault.kind == "fail":
        return ApiError(fault.status, "DEV302", headers={"Retry-After": str(fault.seconds)}).response()
    return None


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without a word, which ASGI has no message for.

    `send` is a method of what uvicorn keeps about a request, the connection included.
    """
    while (await receive()).get("more_body"):
        pass  # what is not read turns the end of a connection into a reset
    if inspect.ismethod(send):
        cycle: Any = send.__self__
        cycle.transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass  # uvicorn would complain of a request without an answer as long as it knows the client to be there
