"""For the functions behind the gateway: what the authorizer said about the caller.

This file stands alone, so that a function can carry it without the rest.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


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
    """Everything that the authorizer told, by name."""


def caller(event: Mapping[str, Any]) -> Caller:
    """Return the caller of a REST API's Lambda proxy event.

    Raises NotAuthorizedError if the authorizer said nothing: the route has none, or was reached around it.
    See "Set up a Lambda proxy integration" in the API Gateway Developer Guide.
    """
    request_context = event.get("requestContext")
    told = request_context.get("authorizer") if isinstance(request_context, Mapping) else None
    principal_id = told.get("principalId") if isinstance(told, Mapping) else None
    if (
        not isinstance(told, Mapping)
        or not isinstance(principal_id, str)
        or not principal_id
        or "wwwAuthenticate" not in told
    ):
        raise NotAuthorizedError("the event carries nothing from the authorizer")
    claims = {
        name: value
        for name, value in told.items()
        if isinstance(value, str) and name not in {"principalId", "wwwAuthenticate", "is_client"}
    }
    return Caller(
        principal_id=principal_id,
        is_client=told.get("is_client") == "true",
        subject=claims.get("sub"),
        client_id=claims.get("client_id"),
        scopes=frozenset(claims.get("scope", "").split()),
        claims=claims,
    )
