"""Challenge: the `WWW-Authenticate` value of a refusal. See RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3."""

from typing import NamedTuple

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.errors import (
    BearerTokenError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidRequestError,
    Scheme,
)


class Challenge(NamedTuple):
    """What the client is told about the token that it should have sent."""

    error: str | None = None
    description: str | None = None
    required_scopes: frozenset[str] = frozenset()
    acr_values: tuple[str, ...] = ()
    """In order of preference."""
    max_age: int | None = None
    """Seconds since the user authenticated."""
    schemes: tuple[Scheme, ...] = ("Bearer",)
    dpop_algorithms: tuple[str, ...] = ()
    """What proofs may be signed with."""
    resource_metadata: str | None = None
    """Where clients learn which authorization server to ask. See RFC 9728 §5.1."""

    @classmethod
    def of(
        cls, error: BearerTokenError, *, scheme: Scheme | None = None, dpop_algorithms: tuple[str, ...] = ()
    ) -> "Challenge":
        """Say to the client why its request is refused; without credentials, no error code (RFC 6750 §3.1).

        `scheme` is the one that it used; `dpop_algorithms` is empty where no proof can be checked. What is wrong
        is told on the scheme to use, and on both where it is open which one that is (RFC 9449 §7.2).
        """
        both: tuple[Scheme, ...] = ("Bearer", "DPoP") if dpop_algorithms else ("Bearer",)
        if error.error is None:
            return cls(schemes=both, dpop_algorithms=dpop_algorithms)
        asked = None if isinstance(error, InvalidRequestError) else error.scheme or scheme
        challenge = cls(
            error.error, str(error), schemes=(asked,) if asked else both, dpop_algorithms=dpop_algorithms
        )
        if isinstance(error, InsufficientScopeError):
            return challenge._replace(required_scopes=error.required_scopes)
        if isinstance(error, InsufficientAuthenticationError):
            return challenge._replace(acr_values=error.acr_values, max_age=error.max_age)
        return challenge

    def __str__(self) -> str:
        """Print the header value: `Bearer error="…", error_description="…", scope="…"`."""
        return ", ".join(map(self._for, self.schemes))

    def _for(self, scheme: Scheme) -> str:
        attributes = {
            "error": self.error,
            "error_description": _printable(self.description),
            "scope": scopes.to_wire(filter(scopes.is_scope, self.required_scopes)),
            "acr_values": _printable(" ".join(self.acr_values)),
            "max_age": None if self.max_age is None else str(self.max_age),
            "algs": " ".join(self.dpop_algorithms) if scheme == "DPoP" else None,
            "resource_metadata": _printable(self.resource_metadata),
        }
        printed = ", ".join(f'{name}="{value}"' for name, value in attributes.items() if value)
        return f"{scheme} {printed}" if printed else scheme


def _printable(text: str | None) -> str:
    """Leave out what no description may hold, RFC 6750 §3."""
    if not text or (text.isascii() and text.isprintable() and '"' not in text and "\\" not in text):
        return text or ""
    return "".join(one for one in text if " " <= one <= "~" and one not in '"\\')


EXPIRED = Challenge("invalid_token", "The access token expired.")
"""What an Allow carries for the moment when its token has ended and the cached answer has not."""

FOR_ANY_ROUTE = Challenge("insufficient_scope")
"""What an answer carries that may be replayed on another route: it names no scope."""
