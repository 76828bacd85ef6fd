"""One JSON line a decision on standard output, where Lambda takes it to CloudWatch Logs; never a token.

Text that a caller chose comes into a line only as a JSON string: a line stays a line.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import (
    AnswerTooLargeError,
    SettingsError,
    UnknownEventError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import CONNECT, VERBS, Route
from apigw_oauth.authorizer.routes import RouteTable

Write = Callable[[str], object]
Failure = Literal["outage", "misconfiguration", "internal"]
"""Who has to act on a 500: whoever runs the authorization server, whoever set this up, whoever wrote it."""

_PRESENTED = re.compile(r"\s*(?:bearer|dpop) +(\S+)\s*", re.IGNORECASE)


def write_line(line: str) -> None:
    """Write to standard output at once: a frozen Lambda environment flushes nothing."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def decision(write: Write, decided: Decision, request: Request, *, facts: Mapping[str, Any]) -> None:
    """Log an answer: `effect` is what API Gateway is told, `reason` why."""
    token = decided.access_token
    _write(
        write,
        level="info",
        effect=decided.effect,
        reason=decided.reason,
        route=_keys(decided.routes),
        method=_method(request),
        client_id=token.client_id if token else None,
        sub=token.subject if token else None,
        token_sha256_8=fingerprint(request),
        **facts,
    )


def failure(
    write: Write,
    reason: Reason,
    message: str,
    request: Request | None,
    *,
    kind: Failure,
    routes: RouteTable,
    facts: Mapping[str, Any],
) -> None:
    """Log that no answer could be given, hence a 500; the message is one of our own."""
    _write(
        write,
        level="error",
        effect=None,
        reason=reason,
        failure=kind,
        message=message,
        route=_keys(routes.serving(request)) if request else None,
        method=_method(request),
        client_id=None,
        sub=None,
        token_sha256_8=fingerprint(request) if request else None,
        **facts,
    )


def kind_of(error: Exception) -> Failure:
    """Tell an outage from a mistake in the settings, and both from one in the code."""
    if isinstance(error, VerifierUnavailableError) and error.reason is not Reason.CREDENTIALS_REFUSED:
        return "outage"
    if isinstance(error, VerifierUnavailableError | SettingsError | UnknownEventError | AnswerTooLargeError):
        return "misconfiguration"
    return "internal"


def circuit(write: Write, *, verifier: str, opened_for: float | None, message: str) -> None:
    """Log that an authorization server is left alone for some seconds, or that it answers again (None)."""
    state, level = ("closed", "info") if opened_for is None else ("open", "warning")
    _write(write, level=level, circuit=state, verifier=verifier, opened_for=opened_for, message=message)


def wrong_settings(write: Write, error: SettingsError) -> None:
    """Log that the authorizer cannot start."""
    _write(write, level="error", failure=kind_of(error), message=str(error))


def warning(write: Write, message: str) -> None:
    """Log something that the operator should know, at cold start."""
    _write(write, level="warning", message=message)


def fingerprint(request: Request) -> str | None:
    """Return the first eight hexadecimal digits of the token's SHA-256: enough to follow it through a log."""
    values = request.headers.get("authorization")
    presented = _PRESENTED.fullmatch(values[-1]) if values else None
    if presented is None:  # of other schemes, such as Basic, not even this is told
        return None
    return hashlib.sha256(presented[1].encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _method(request: Request | None) -> str | None:
    """Return the method, if it is one: the event could hold anything there."""
    return request.method if request and request.method in {*VERBS, CONNECT} else None


def _keys(routes: Iterable[Route]) -> str | None:
    return ", ".join(route.key for route in routes) or None


def _write(write: Write, **fields: Any) -> None:
    write(json.dumps(fields))
