"""For the functions behind the gateway: what the authorizer said about the caller.

This file stands alone, so that a function can carry it without the rest.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

# Beside the claims. The challenge is in every answer of the authorizer: it is the proof that it ran.
_CHALLENGE = "wwwAuthenticate"
_IS_CLIENT = "is_client"
_NO_CLAIMS = frozenset({"principalId", "integrationLatency", _CHALLENGE, _IS_CLIENT})

_NOBODY = "unidentified"
_HTTP_API = ("1.0", "2.0")
"""Payload formats. Events of REST and WebSocket APIs have no version."""


class NotAuthorizedError(Exception):
    """The event does not come from an authorizer: the request must not be served."""


class Caller(NamedTuple):
    """Who calls, in the authorizer's words."""

    principal_id: str
    """The subject of the token, or the client where `is_client`."""
    is_client: bool
    """Whether the caller is a client on its own behalf, and no user."""
    subject: str | None
    client_id: str | None
    scopes: frozenset[str]
    claims: Mapping[str, str]
    """Everything that the authorizer told, by name; numbers and booleans as text, as REST APIs have them."""


def caller(event: Mapping[str, Any]) -> Caller:
    """Return the caller of the event that a function behind a route gets, from any type of API.

    REST API: Lambda proxy. HTTP API: payload formats 1.0 and 2.0. WebSocket API: `$connect`, every message,
    `$disconnect`.

    Raises NotAuthorizedError if the authorizer said nothing, or of nobody: the route has none, was reached around
    it, or is public. See "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" and "Set up a Lambda
    proxy integration" in the API Gateway Developer Guide.
    """
    told = _told(event)
    if not isinstance(told, Mapping) or _CHALLENGE not in told:
        raise NotAuthorizedError("the event carries nothing from the authorizer: is it attached to this route?")
    claims = {name: _text(value) for name, value in told.items() if name not in _NO_CLAIMS and _is_plain(value)}
    is_client = told.get(_IS_CLIENT) == "true"
    principal_id = told.get("principalId")
    if principal_id is None and event.get("version") in _HTTP_API:
        # A simple response names no principal. A client stands in for a user only where it calls for itself.
        principal_id = claims.get("sub") or (claims.get("client_id") if is_client else None)
    return Caller(
        principal_id=_somebody(principal_id, known=is_client or "sub" in claims),
        is_client=is_client,
        subject=claims.get("sub"),
        client_id=claims.get("client_id"),
        scopes=frozenset(claims.get("scope", "").split()),
        claims=claims,
    )


def _somebody(principal_id: object, *, known: bool) -> str:
    """Return the principal. Raises NotAuthorizedError where there is none."""
    if not isinstance(principal_id, str) or not principal_id:
        raise NotAuthorizedError(
            'the event does not say who calls: [authorizer] context must have "sub" and "client_id"'
        )
    if principal_id == _NOBODY and not known:
        raise NotAuthorizedError("the authorizer let the request through without an access token: a public route")
    return principal_id


def _told(event: Mapping[str, Any]) -> object:
    """Return the authorizer context: an HTTP API in payload format 2.0 has it one level down, null if empty."""
    request_context = event.get("requestContext")
    told = request_context.get("authorizer") if isinstance(request_context, Mapping) else None
    if event.get("version") == "2.0":
        return told.get("lambda") if isinstance(told, Mapping) else None
    return told


def _is_plain(value: object) -> bool:
    return isinstance(value, str | bool | int | float)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
