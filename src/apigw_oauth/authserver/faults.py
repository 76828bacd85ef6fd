"""A switch that makes endpoints fail, so that clients can be tried when the server is ill."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from apigw_oauth.authserver.api_calls import ApiError, Parameters

# In this order: the first pattern that fits a path names the endpoint.
_ENDPOINTS: Mapping[str, re.Pattern[str]] = {
    "authlete": re.compile(r"/api(?:/[^/]+)?/auth/introspection"),
    "token": re.compile(r"/token|/api/auth/token/direct/[^/]+"),
    "introspect": re.compile(r"/introspect"),
    "revoke": re.compile(r"/revoke|/api/auth/revocation/direct/[^/]+"),
    "authorize": re.compile(r"/authorize(?:/decision)?|/api/auth/authorization/direct/[^/]+(?:/decision)?"),
    "jwks": re.compile(r"/jwks|/api/service/jwks/get/direct/[^/]+"),
    "metadata": re.compile(r"/\.well-known/[^/]+"),
}
ENDPOINTS = tuple(_ENDPOINTS)
KINDS = ("slow", "fail", "garbage", "hang_up", "none")
_LONGEST_WAIT = 300  # seconds
_DEFAULT_STATUS = 503
_DEFAULT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong. `seconds` is how long a slow answer takes, or what a failure says in Retry-After.

    `times` is how many requests it is for; None is for all.
    """

    kind: str
    status: int
    seconds: int
    times: int | None


class Faults:
    """The faults that are switched on, by endpoint; none at start. Knows no paths but those of this server."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._lock = threading.Lock()

    def switch(self, parameters: Parameters) -> None:
        """Switch a fault on, or off with `none`. Raises ApiError."""
        endpoint, kind = parameters.text("endpoint"), parameters.text("fault")
        if endpoint not in ENDPOINTS:
            raise ApiError(400, "DEV104", "endpoint", f"one of {', '.join(ENDPOINTS)}")
        if kind not in KINDS:
            raise ApiError(400, "DEV104", "fault", f"one of {', '.join(KINDS)}")
        fault = Fault(
            kind,
            _within(parameters, "status", _DEFAULT_STATUS, least=400, most=599),
            _within(parameters, "seconds", _DEFAULT_SECONDS, least=0, most=_LONGEST_WAIT),
            parameters.integer("times", least=1) if parameters.has("times") else None,
        )
        with self._lock:
            self._faults.pop(endpoint, None)
            if kind != "none":
                self._faults[endpoint] = fault

    def take(self, path: str) -> Fault | None:
        """Return what goes wrong with a request for a path, and count it."""
        if not self._faults:
            return None
        endpoint = next((name for name, pattern in _ENDPOINTS.items() if pattern.fullmatch(path)), None)
        if endpoint is None:
            return None
        with self._lock:
            fault = self._faults.get(endpoint)
            if fault is not None and fault.times is not None:
                left = replace(fault, times=fault.times - 1)
                self._faults = {**self._faults, endpoint: left}
                if not left.times:
                    del self._faults[endpoint]
            return fault

    def switched_on(self) -> dict[str, dict[str, object]]:
        """List the faults."""
        with self._lock:
            return {
                endpoint: {
                    "fault": fault.kind,
                    "status": fault.status,
                    "seconds": fault.seconds,
                    "times": fault.times,
                }
                for endpoint, fault in self._faults.items()
            }


def _within(parameters: Parameters, name: str, default: int, *, least: int, most: int) -> int:
    value = parameters.integer(name) if parameters.has(name) else default
    if not least <= value <= most:
        raise ApiError(400, "DEV104", name, f"a whole number from {least} to {most}")
    return value
