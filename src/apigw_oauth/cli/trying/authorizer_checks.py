"""The checks of the authorizer, in their order, and how each came out: told from its log line."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.cli.trying.recorder import LogLine

Outcome = Literal["passed", "failed", "not reached", "not needed", "unknown"]


class Check(StrEnum):
    """One thing that the authorizer looks at, in words; in the order in which they are shown."""

    EVENT = "the event is of the kind that the settings name"
    ROUTE = "the route is known"
    METHOD = "the request names one method"
    CREDENTIALS = "it carries one access token, well formed"
    VERDICT = "the authorization server knows the token"
    EXPIRY = "the token has not ended"
    SENDER = "nothing binds the token to another sender"
    AUTHENTICATION = "its user has authenticated as the route requires"
    SCOPES = "it has the scopes that the route requires"
    ANSWER = "the answer can be printed"
    NO_SURPRISE = "nothing unexpected happened"


FAILED_BY: Mapping[Reason, Check | None] = {
    Reason.AUTHORIZED: None,
    Reason.PUBLIC_ROUTE: None,
    Reason.MISSING_TOKEN: Check.CREDENTIALS,
    Reason.UNSUPPORTED_SCHEME: Check.CREDENTIALS,
    Reason.MALFORMED_AUTHORIZATION: Check.CREDENTIALS,
    Reason.MULTIPLE_TOKENS: Check.CREDENTIALS,
    Reason.TOKEN_TOO_LONG: Check.CREDENTIALS,
    Reason.METHOD_OVERRIDE: Check.METHOD,
    Reason.AMBIGUOUS_PRESENTATION: Check.CREDENTIALS,
    Reason.MISSING_PROOF: Check.CREDENTIALS,
    Reason.UNRECOGNIZED_TOKEN: Check.VERDICT,
    Reason.MALFORMED_TOKEN: Check.VERDICT,
    Reason.WRONG_TOKEN_TYPE: Check.VERDICT,
    Reason.WRONG_ISSUER: Check.VERDICT,
    Reason.WRONG_AUDIENCE: Check.VERDICT,
    Reason.UNKNOWN_KEY: Check.VERDICT,
    Reason.INVALID_SIGNATURE: Check.VERDICT,
    Reason.INVALID_CLAIMS: Check.VERDICT,
    Reason.INACTIVE_TOKEN: Check.VERDICT,
    Reason.CLIENT_NOT_ALLOWED: Check.VERDICT,
    Reason.EXPIRED_TOKEN: Check.EXPIRY,
    Reason.NOT_YET_VALID: Check.EXPIRY,
    Reason.SENDER_CONSTRAINED_TOKEN: Check.SENDER,
    Reason.SENDER_CONSTRAINT_REQUIRED: Check.SENDER,
    Reason.INVALID_PROOF: Check.SENDER,
    Reason.REPLAYED_PROOF: Check.SENDER,
    Reason.NONCE_REQUIRED: Check.SENDER,
    Reason.WRONG_KEY: Check.SENDER,
    Reason.WRONG_CERTIFICATE: Check.SENDER,
    Reason.REPLAY_STORE_FULL: Check.SENDER,
    Reason.INSUFFICIENT_AUTHENTICATION: Check.AUTHENTICATION,
    Reason.INSUFFICIENT_SCOPE: Check.SCOPES,
    Reason.INSUFFICIENT_AUTHORIZATION_DETAILS: Check.SCOPES,
    Reason.UNKNOWN_ROUTE: Check.ROUTE,
    Reason.CLOSED_ROUTE: Check.SCOPES,
    Reason.UNPRINTABLE_PATH: Check.ANSWER,
    Reason.AUTHORIZATION_SERVER_UNREACHABLE: Check.VERDICT,
    Reason.AUTHORIZATION_SERVER_TIMEOUT: Check.VERDICT,
    Reason.AUTHORIZATION_SERVER_ERROR: Check.VERDICT,
    Reason.AUTHORIZATION_SERVER_NONSENSE: Check.VERDICT,
    Reason.CREDENTIALS_REFUSED: Check.VERDICT,
    Reason.SECRETS_UNAVAILABLE: Check.VERDICT,
    Reason.CIRCUIT_OPEN: Check.VERDICT,
    Reason.KEYS_UNAVAILABLE: Check.VERDICT,
    Reason.UNKNOWN_EVENT: Check.EVENT,
    Reason.ANSWER_TOO_LARGE: Check.ANSWER,
    Reason.INTERNAL_ERROR: Check.NO_SURPRISE,
}
"""The check that each reason is about; None: all of them passed."""

_OF_THE_TOKEN = (Check.CREDENTIALS, Check.VERDICT, Check.EXPIRY, Check.SENDER)


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How one check came out. `reason` is that of the log line, where the check failed."""

    check: Check
    outcome: Outcome
    reason: Reason | None = None


def reason_of(line: LogLine | None) -> Reason | None:
    """Return the reason of a log line; None without one, or if it is not one of ours."""
    try:
        return Reason(line["reason"]) if line else None
    except (KeyError, ValueError):
        return None


def outcomes(line: LogLine | None) -> tuple[CheckOutcome, ...]:
    """Return every check in its order; nothing without a log line of our own authorizer."""
    reason = reason_of(line)
    if line is None or reason is None:
        return ()
    failed = FAILED_BY[reason]
    return tuple(
        CheckOutcome(check, "failed", reason)
        if check is failed
        else CheckOutcome(check, _other(check, reason, line))
        for check in Check
        if check is failed or check is not Check.NO_SURPRISE
    )


def _other(check: Check, reason: Reason, line: LogLine) -> Outcome:
    """Return how a check came out that is not the one that failed."""
    failed = FAILED_BY[reason]
    if failed is Check.NO_SURPRISE:
        return "unknown"
    if failed is Check.EVENT:
        return "not reached"
    if check is Check.ROUTE and line.get("route") is None:
        return "failed"  # the token was looked at first, as in cache mode token, and failed too
    if reason is Reason.PUBLIC_ROUTE and check not in {Check.EVENT, Check.ROUTE, Check.ANSWER}:
        return "not needed"
    if failed is Check.ROUTE and check in {Check.METHOD, *_OF_THE_TOKEN}:
        return "passed" if _knows_the_caller(line) else "not reached"
    order = list(Check)
    reached = failed is None or order.index(check) < order.index(failed)
    return "passed" if reached else "not reached"


def _knows_the_caller(line: LogLine) -> bool:
    """Say whether the token was verified although the route is unknown, as in cache mode token."""
    return line.get("client_id") is not None or line.get("sub") is not None
