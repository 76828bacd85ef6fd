"""Challenge: the `WWW-Authenticate` value of a refusal. See RFC 6750 §3."""

import re
from typing import NamedTuple

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.errors import BearerTokenError, InsufficientScopeError

_NOT_IN_DESCRIPTION = re.compile(r"[^\x20\x21\x23-\x5B\x5D-\x7E]")


class Challenge(NamedTuple):
    """What the client is told about the token that it should have sent."""

    error: str | None = None
    description: str | None = None
    required_scopes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, error: BearerTokenError) -> "Challenge":
        """Say to the client why its request is refused; without credentials, no error code (RFC 6750 §3.1)."""
        if error.error is None:
            return cls()
        required = error.required_scopes if isinstance(error, InsufficientScopeError) else frozenset()
        return cls(error.error, str(error), required)

    def __str__(self) -> str:
        """Print the header value: `Bearer error="…", error_description="…", scope="…"`."""
        attributes = {
            "error": self.error,
            "error_description": _NOT_IN_DESCRIPTION.sub("", self.description or ""),
            "scope": scopes.to_wire(filter(scopes.is_scope, self.required_scopes)),
        }
        printed = ", ".join(f'{name}="{value}"' for name, value in attributes.items() if value)
        return f"Bearer {printed}" if printed else "Bearer"


EXPIRED = Challenge("invalid_token", "The access token expired.")
"""What an Allow carries for the moment when its token has ended and the cached answer has not."""

FOR_ANY_ROUTE = Challenge("insufficient_scope")
"""What an answer carries that may be replayed on another route: it names no scope."""
