"""Decision → the IAM policy and context that API Gateway evaluates, and caches.

Resources are printed from route templates, never from the request's path as it came: a `*` in a path must not
become a wildcard.
"""

import json
import re
import time
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import EXPIRED, FOR_ANY_ROUTE, Challenge
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import AnswerTooLargeError, SettingsError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.path_readings import is_plain
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import VERBS, parse_key, to_pattern
from apigw_oauth.authorizer.routes import RouteTable

CacheMode = Literal["route", "token", "off"]

MAX_RESOURCE_LENGTH = 512
"""Characters. See "Amazon API Gateway quotas and important notes"."""
MAX_ANSWER_LENGTH = 8192
"""Bytes; documented for WebSocket APIs, kept for all."""

_LONGEST_POLICY = 5000  # bytes; the rest is for Denies of odd slashes, and for the context
_ARN_PREFIX = 100  # bytes before the verb, and quotes

_END_OF_TIME = 253402300799  # 9999-12-31T23:59:59Z, the last date that fits the format
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._~/-]")


class PolicyWriter:
    """Writes answers that stay right for as long as API Gateway keeps them.

    `route` and `off`: the answer holds for one token on one route. `token`: it holds for one token on every route
    of the stage, so it is a function of the token and the route table; a table in which a pattern of one route
    reaches another one, or that is too large for one answer (`literal_only`), gets answers for the request's own
    path alone.
    """

    def __init__(self, *, routes: RouteTable, cache: CacheMode, claims: Sequence[str]) -> None:
        self._routes = routes
        self._whole_stage = cache == "token"
        self._claims = claims
        self.literal_only = self._whole_stage and (self._is_too_large() or routes.some_pattern_spills())

    def answer(self, decision: Decision, request: Request) -> dict[str, Any]:
        """Print what API Gateway takes for an answer. Raises AnswerTooLargeError."""
        if not self._whole_stage:
            allowed, denied = self._for_route(decision, request)
        elif self.literal_only:
            allowed, denied = self._for_literal(decision, request)
        else:
            allowed, denied = self._for_stage(decision, request)
        answer = {
            "principalId": decision.principal_id,
            "policyDocument": _document(request.method_arn, allowed, denied, _end_of(decision.access_token)),
            "context": authorizer_context.build(
                decision.access_token, claims=self._claims, challenge=self._challenge(decision)
            ),
        }
        if len(json.dumps(answer)) > MAX_ANSWER_LENGTH:
            raise AnswerTooLargeError(
                f"the answer exceeds {MAX_ANSWER_LENGTH} bytes: tell the backend fewer claims"
            )
        return answer

    def _is_too_large(self) -> bool:
        patterns = (pattern for route in self._routes for pattern in self._routes.patterns(route))
        return sum(_ARN_PREFIX + len(pattern) for pattern in patterns) > _LONGEST_POLICY

    def _for_route(self, decision: Decision, request: Request) -> tuple[list[str], list[str]]:
        patterns = [pattern for route in decision.routes for pattern in self._routes.patterns(route)]
        if decision.effect == "Allow":
            return patterns, []
        return [], patterns or [_asked_for(request)]

    def _for_literal(self, decision: Decision, request: Request) -> tuple[list[str], list[str]]:
        if decision.effect == "Deny":
            return [], [_escaped(request.method_arn)]
        if not is_plain(request.method_arn.path):
            raise AnswerTooLargeError("the path cannot be printed into a policy without widening it")
        return [f"{request.method_arn.verb}{request.method_arn.path}"], []

    def _for_stage(self, decision: Decision, request: Request) -> tuple[list[str], list[str]]:
        granted = decision.access_token.scopes if decision.access_token else None
        allowed: list[str] = []
        denied: list[str] = []
        for route in self._routes:
            is_open = route.public or (granted is not None and route.is_open_to(granted))
            (allowed if is_open else denied).extend(self._routes.patterns(route))
        denied += _odd_slashes(allowed, denied)
        if decision.effect == "Deny" and (len(decision.routes) != 1 or granted is None):
            # The table does not say all: the path is unknown, or reads as an open route and as a closed one.
            denied.append(_escaped(request.method_arn))
        return allowed, denied

    def _challenge(self, decision: Decision) -> Challenge:
        if self._whole_stage:
            # It may be replayed on another route, so it says nothing of this one.
            return decision.challenge if decision.unauthenticated else FOR_ANY_ROUTE
        if decision.effect == "Allow":
            # It is read only when the token has ended and the cached answer has not.
            return EXPIRED if decision.access_token else Challenge()
        return decision.challenge


def _odd_slashes(allowed: Iterable[str], denied: Iterable[str]) -> list[str]:
    """Print Denies for paths with a trailing or a doubled slash, for verbs that have something to protect.

    Such slashes may vanish when API Gateway chooses the route, and stay in the ARN: an open `GET/pets/*` would
    let `GET /pets/` through to `GET /pets`. Where nothing is closed, or no pattern open, nothing is denied.
    """
    open_verbs = {pattern.partition("/")[0] for pattern in allowed if "*" in pattern}
    closed_verbs = {pattern.partition("/")[0] for pattern in denied}
    return [f"{verb}/{slashes}" for verb in sorted(open_verbs & closed_verbs) for slashes in ("/*", "*//*", "*/")]


def _asked_for(request: Request) -> str:
    """Name a route that is not in the table: by API Gateway's template, else by the path made harmless."""
    try:
        segments = parse_key(request.route_key or "")[1]
    except SettingsError:
        return _escaped(request.method_arn)
    return f"{request.method}/{to_pattern(segments)}" if request.method in VERBS else _escaped(request.method_arn)


def _escaped(arn: MethodArn) -> str:
    """Print the request's own path for a Deny, so that it matches itself and next to nothing else.

    Odd characters become `?`, which stands for exactly one character; what does not fit is cut off with a `*`.
    """
    pattern = f"{arn.verb}/{_NOT_PLAIN.sub('?', arn.path[1:])}"
    room = MAX_RESOURCE_LENGTH - len(arn.resource(""))
    return pattern if len(pattern) <= room else pattern[: room - 1] + "*"


def _end_of(token: AccessToken | None) -> str | None:
    if token is None or token.expires_at is None or not 0 <= token.expires_at <= _END_OF_TIME:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(token.expires_at))


def _document(arn: MethodArn, allowed: Iterable[str], denied: Iterable[str], end: str | None) -> dict[str, Any]:
    """Print the policy; an Allow ends with the token.

    IfExists, because nobody has shown that API Gateway supplies the key: the answer must be safe both ways.
    """
    statements = [_statement("Allow", arn, allowed), _statement("Deny", arn, denied)]
    if end is not None:
        statements[0]["Condition"] = {"DateLessThanIfExists": {"aws:CurrentTime": end}}
    return {
        "Version": "2012-10-17",
        "Statement": [statement for statement in statements if statement["Resource"]],
    }


def _statement(effect: str, arn: MethodArn, patterns: Iterable[str]) -> dict[str, Any]:
    resources = [arn.resource(pattern) for pattern in dict.fromkeys(patterns)]
    if any(len(resource) > MAX_RESOURCE_LENGTH for resource in resources):
        raise AnswerTooLargeError(f"a policy resource exceeds {MAX_RESOURCE_LENGTH} characters: shorten the route")
    return {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resources}
