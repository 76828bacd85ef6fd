"""Authorization details: read them, and see whether they cover a route. See RFC 9396 §2 and §9."""

from collections.abc import Iterable, Mapping
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InsufficientScopeError, InvalidTokenError
from apigw_oauth.authorizer.reason import Reason


def are_well_formed(value: Any) -> bool:
    """Say whether a value is an array of objects with a `type` that is a string. See RFC 9396 §2."""
    return isinstance(value, list | tuple) and all(
        isinstance(element, Mapping) and isinstance(element.get("type"), str) for element in value
    )


def read(token: AccessToken) -> tuple[Mapping[str, Any], ...]:
    """Return the elements of the claim `authorization_details`, none where it is absent.

    Raises InvalidTokenError unless it is an array of objects with a `type` that is a string.
    """
    value = token.claims.get("authorization_details")
    if value is None:
        return ()
    if not are_well_formed(value):
        raise InvalidTokenError("Its authorization details are malformed.", reason=Reason.INVALID_CLAIMS)
    return tuple(value)


def require(token: AccessToken, types: Iterable[str], *, resources: frozenset[str]) -> None:
    """Raise InsufficientScopeError unless the token has details of each of these types.

    RFC 9396 registers no error code for this; `insufficient_scope` is the nearest. An element that names
    `locations` covers only these: one of them must be among `resources`, our own identifiers, compared exactly.
    """
    covered = {element["type"] for element in read(token) if _is_for(element, resources)}
    if not covered.issuperset(types):
        raise InsufficientScopeError(
            "The access token lacks authorization details that the route requires.",
            required_scopes=frozenset(),
            reason=Reason.INSUFFICIENT_AUTHORIZATION_DETAILS,
        )


def _is_for(element: Mapping[str, Any], resources: frozenset[str]) -> bool:
    locations = element.get("locations")
    if locations is None:
        return True
    return isinstance(locations, list | tuple) and any(
        isinstance(one, str) and one in resources for one in locations
    )
