"""What every request passes first: the Host header, and a net below for errors that nobody foresaw."""

import logging
import re
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from apigw_oauth.authserver.api_calls import ApiError

_LOOPBACK = frozenset(["127.0.0.1", "localhost", "[::1]"])
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(?::[0-9]{1,5})?", re.ASCII)
_log = logging.getLogger(__name__)


class Guard:
    """Answers only requests for this server by name, so that no web page reaches it by DNS rebinding.

    An error inside becomes a 500 without details; the log names its kind alone, since its text may hold a secret.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        host = urlsplit(base_url).hostname or ""
        self._app = app
        self._hosts = _LOOPBACK | {(f"[{host}]" if ":" in host else host).lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that names this server."""
        if scope["type"] != "http":
            return  # no lifespan, no WebSocket
        if not self._names_us(scope):
            await ApiError(421, "DEV301").response()(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            _log.debug("a client went away")
        except Exception as error:  # noqa: BLE001 - the last net: starlette has answered 500 and raises again
            _log.critical("a request failed: %s", type(error).__name__)

    def _names_us(self, scope: Scope) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        match = _HOST.fullmatch(hosts[0])
        return match is not None and match.group(1).lower() in self._hosts
