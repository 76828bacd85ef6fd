"""AccessToken: what a verified token says."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class AccessToken(NamedTuple):
    """The facts about a token, from whoever verified it. See RFC 7662 §2.2 and RFC 9068 §2.2.

    It exists only after `verify`, and holds the token itself in no form.
    """

    issuer: str | None = None
    subject: str | None = None
    """None for a token that a client got for itself (client credentials)."""
    client_id: str | None = None
    scopes: frozenset[str] = frozenset()
    audience: frozenset[str] = frozenset()
    expires_at: float | None = None
    """Seconds since the epoch; None where the authorization server does not say."""
    confirmation: Mapping[str, Any] = _NOTHING
    """The key or certificate that the token is bound to, as in `cnf`. See RFC 7800 and RFC 8705."""
    claims: Mapping[str, Any] = _NOTHING
    """Further claims, by name: `nbf` and `iat` in seconds, `acr`, `auth_time`, `authorization_details` …"""
    reusable: bool = True
    """False when the request took part in the answer (a proof, a certificate), so that it holds for it alone."""
    leeway: float = 0.0
    """Seconds by which the clocks of issuer and verifier may differ."""
    dpop_nonce: str | None = None
    """What the authorization server wants the client's next proof to hold. See RFC 9449 §8.2."""

    @property
    def is_client(self) -> bool:
        """Whether the token speaks for a client and not for a user. See RFC 9700 §4.15."""
        return self.subject is None or self.subject == self.client_id

    @property
    def principal_id(self) -> str:
        """Whom API Gateway is told about: the subject, else the client. Never empty."""
        return self.subject or self.client_id or "unidentified"
