"""Whether an AccessToken is made of what it must be made of, whoever made it."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken


def wrong_fact(token: AccessToken) -> str | None:
    """Return the name of a member that has another type than it must have, or a number that is none."""
    members: dict[str, Any] = token._asdict()
    return next((name for name, fits in _FITS.items() if not fits(members[name])), None)


def _is_finite(value: Any) -> bool:
    # A comparison with NaN is false.
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e18 < value < 1e18


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_set(value: Any) -> bool:
    return isinstance(value, AbstractSet) and all(isinstance(one, str) for one in value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for one in value)


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "issuer": _is_text,
    "subject": _is_text,
    "client_id": _is_text,
    "scopes": _is_set,
    "audience": _is_set,
    "expires_at": lambda value: value is None or _is_finite(value),
    "confirmation": _is_mapping,
    "claims": _is_mapping,
    "reusable": lambda value: isinstance(value, bool),
    "leeway": lambda value: _is_finite(value) and value >= 0,
    "dpop_nonce": _is_text,
}
