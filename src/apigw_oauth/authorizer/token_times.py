"""Whether a token is good now: compared with the clock for each request, whoever verified it and whenever."""

import math
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason

LAST_MOMENT = 253_402_300_799  # the end of the year 9999; most that lies beyond is in milliseconds

_ENDLESS_PAST = -math.inf


def is_moment(value: Any) -> bool:
    """Say whether a value is a number of seconds since the epoch. See RFC 7519 §2, NumericDate."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -LAST_MOMENT <= value <= LAST_MOMENT  # neither NaN nor infinite
    )


def require_current(token: AccessToken, now: float) -> None:
    """Raise InvalidTokenError for a token that has ended, or that begins in the future. See RFC 7519 §4.1.

    The clocks may differ by the token's leeway; `now` is in seconds since the epoch.
    """
    # Written so that a comparison with what is no moment (NaN, infinite) refuses.
    end = token.expires_at
    if end is not None and not _ENDLESS_PAST < now < end + token.leeway:
        raise InvalidTokenError("The access token expired.", reason=Reason.EXPIRED_TOKEN)
    claims, latest = token.claims, now + token.leeway
    nbf, iat = claims.get("nbf"), claims.get("iat")
    if (nbf is not None and not (nbf if type(nbf) is int else _moment(nbf)) <= latest) or (
        iat is not None and not (iat if type(iat) is int else _moment(iat)) <= latest
    ):
        raise InvalidTokenError("The access token is not valid yet.", reason=Reason.NOT_YET_VALID)


def end_of_answer(token: AccessToken, now: float) -> float | None:
    """Return until when an answer about the token holds: its end, and after that as far as clocks may differ."""
    end = token.expires_at
    return end if end is None or now < end else end + token.leeway


def _moment(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidTokenError("The access token has a time that is none.", reason=Reason.INVALID_CLAIMS)
    return value
