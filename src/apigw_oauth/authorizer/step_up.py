"""Whether the user has authenticated strongly and recently enough for a route. See RFC 9470."""

from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InsufficientAuthenticationError


def require(token: AccessToken, now: float, *, acr_values: tuple[str, ...], max_age: int | None) -> None:
    """Raise InsufficientAuthenticationError, which names what the route asks for.

    `acr_values` in order of preference, one of them must be the token's; `max_age` in seconds, compared with the
    token's `auth_time` and the clock. A token that says nothing satisfies neither. The issuer's clock may be ahead
    by the token's leeway, but the leeway makes no authentication younger.
    """
    if acr_values and token.claims.get("acr") not in acr_values:
        raise InsufficientAuthenticationError(
            "A different authentication level is required.", acr_values=acr_values, max_age=max_age
        )
    if max_age is not None and not _is_recent(token.claims.get("auth_time"), now, max_age, token.leeway):
        raise InsufficientAuthenticationError(
            "More recent authentication is required.", acr_values=acr_values, max_age=max_age
        )


def _is_recent(auth_time: Any, now: float, max_age: int, leeway: float) -> bool:
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return False
    return -leeway <= now - auth_time <= max_age
