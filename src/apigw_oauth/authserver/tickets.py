"""Tickets: what ties the form of the login page to the browser that was shown it."""

import hashlib
import hmac
from collections.abc import Callable

from apigw_oauth.authserver.secret_hashes import base64url, from_base64url, new_token

LIFETIME = 600  # seconds
_NO_SESSION = ""  # what signs a session itself; no ticket is issued for it


class ForgedTicketError(Exception):
    """A ticket that this server did not issue to this browser."""


class ExpiredTicketError(Exception):
    """A ticket that is too old."""


class Tickets:
    """Signs authorization requests for one browser session.

    The request itself travels in the ticket, so that the server remembers nothing of pages it only showed.
    """

    def __init__(self, random: Callable[[int], bytes], clock: Callable[[], float]) -> None:
        self._random = random
        self._key = random(32)
        self._clock = clock

    def session(self, offered: str) -> str:
        """Go on with the session that a browser offers if it began here, else begin one."""
        value, _, mac = offered.partition(".")
        if value and self._is_mac(mac, _NO_SESSION, value):
            return offered
        value = new_token(self._random)
        return f"{value}.{self._mac(_NO_SESSION, value)}"

    def issue(self, session: str, query: bytes) -> str:
        """Write a ticket for the query string of an authorization request."""
        content = f"{int(self._clock()) + LIFETIME}.{base64url(query)}"
        return f"{content}.{self._mac(session, content)}"

    def open(self, session: str, ticket: str) -> bytes:
        """Return the query string again. Raises ForgedTicketError or ExpiredTicketError."""
        content, _, mac = ticket.rpartition(".")
        if not self._is_mac(mac, session, content):
            raise ForgedTicketError
        expires_at, _, query = content.partition(".")
        if self._clock() >= int(expires_at):
            raise ExpiredTicketError
        return from_base64url(query)

    def _is_mac(self, candidate: str, session: str, content: str) -> bool:
        return hmac.compare_digest(
            self._mac(session, content).encode("ascii"), candidate.encode("utf-8", "replace")
        )

    def _mac(self, session: str, content: str) -> str:
        message = f"{len(session)}:{session}:{content}".encode("utf-8", "replace")
        return base64url(hmac.digest(self._key, message, hashlib.sha256))
