"""For how long a token is good that should not be."""

from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_SLOW = 330  # seconds: API Gateway's own default of five minutes, and what our verifiers keep
_KEPT = 30  # seconds for which a verifier keeps what it has learned, unless its table says otherwise
_CONNECTION = "2 hours"  # "Quotas for configuring and running a WebSocket API"


def revocation(project: Project) -> Iterator[Finding]:
    """Say how long a revoked token may be good, at worst."""
    ttl = project.authorizer_definition().ttl
    parts = f"API Gateway keeps an answer for {ttl} s" if ttl else "API Gateway keeps no answer (0 s)"
    if project.file.authorizer.handler is not None:
        total: float = ttl
        parts += ", and this authorizer is not ours: add what it keeps itself"
    else:
        kept = max(_kept(table) for table in project.file.verifiers or [{}])
        total = ttl + kept
        parts += (
            f", the authorizer what it has learned of a token for {kept:g} s (positive_ttl), and the authorization"
        )
        parts += " server is taken to refuse a revoked token at once (0 s)"
    rule = Rule.REVOCATION_IS_SLOW if total > _SLOW else Rule.REVOCATION
    # WebSocket APIs keep no answers, so that no key is about it.
    yield rule.found(
        place.of_key(project, "api.type" if project.file.api.type == "websocket" else "authorizer.cache_ttl"),
        f"A revoked token is refused after {total:g} s at the latest: {parts}. A token that was not used before is"
        " refused at once.",
        mend=_mend_for_revocation(total, ttl),
    )


def _kept(table: Mapping[str, Any]) -> float:
    value = table.get("positive_ttl", 0 if ":" in str(table.get("type")) else _KEPT)
    return float(value) if isinstance(value, int | float) else _KEPT


def jwts(project: Project) -> Iterator[Finding]:
    """Say where nobody is asked whether a token was revoked."""
    tables = project.file.verifiers
    if project.file.authorizer.handler is not None or any(
        table.get("introspect_jwts") is True for table in tables
    ):
        return
    for number, table in enumerate(tables):
        if table.get("type") == "jwt":
            yield Rule.REVOKED_JWT.found(
                place.of_key(project, f"verifiers[{number}]"),
                "A JWT is verified without asking its issuer: one that was revoked is good until it expires.",
                mend="short-lived tokens; or a verifier of type introspection with introspect_jwts = true",
            )


def _mend_for_revocation(total: float, ttl: int) -> str:
    if total > _SLOW:
        return f"cache_ttl = {_SLOW - _KEPT} or less, positive_ttl = {_KEPT} or less"
    if ttl:
        return "a smaller cache_ttl or positive_ttl, if that is too long"
    return "positive_ttl = 0 of the verifier, if that is too long" if total else "none is needed"


def expiry(project: Project) -> Iterator[Finding]:
    """Say what becomes of a cached answer when its token expires."""
    definition = project.authorizer_definition()
    if not definition.ttl or project.file.authorizer.handler is not None:
        return
    if definition.simple_responses:
        message = (
            f"A simple response cannot end with its token: an expired one is good for {definition.ttl} s more at"
            " the latest."
        )
        mend = "simple_responses = false, or a smaller cache_ttl"
    else:
        message = (
            "An Allow ends with its token, by a condition of which nobody has shown that API Gateway honours it."
            f" While the answer is kept, for {definition.ttl} s at the latest, an expired token gets"
            f" {_after_expiry(project)}. If API Gateway does not honour it, the token is good for that time."
        )
        mend = "let clients renew a token before it expires; or a smaller cache_ttl"
    yield Rule.EXPIRY.found(place.of_key(project, "authorizer.cache_ttl"), message, mend=mend)


def _after_expiry(project: Project) -> str:
    if project.file.api.type != "rest":
        return "403, as any refused one"
    says = "that it expired" if project.cache == "route" else "insufficient_scope (the same for all routes)"
    status = "401" if project.file.authorizer.refusals == "dynamic-401" else "403 instead of 401"
    return f"{status}, with a challenge that says {says}"


def connections(project: Project) -> Iterator[Finding]:
    """Find connections that outlive the token they were opened with."""
    if project.file.api.type == "websocket":
        yield Rule.OPEN_CONNECTIONS.found(
            place.of_key(project, "api.type"),
            f"The token is asked for at $connect only. A connection stays open for up to {_CONNECTION}, whether or"
            " not its token has expired or was revoked since.",
            mend="keep `exp` at $connect and close the connection then; close those of a revoked token"
            " (DELETE @connections/{id})",
        )
