"""Decision → the IAM policy and context that API Gateway evaluates, and caches.

Resources are printed from route templates, never from the request's path as it came: a `*` in a path must not
become a wildcard.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.challenge import EXPIRED, FOR_ANY_ROUTE, Challenge
from apigw_oauth.authorizer.decision import Decision, Effect
from apigw_oauth.authorizer.errors import AnswerTooLargeError, SettingsError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.policy_resource import MAX_RESOURCE_LENGTH
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import VERBS, parse_key, to_pattern
from apigw_oauth.authorizer.routes import RouteTable

if TYPE_CHECKING:
    from apigw_oauth.authorizer.stage_policy import StagePolicies

CacheMode = Literal["route", "token", "off"]

MAX_ANSWER_LENGTH = 8192
"""Bytes; documented for WebSocket APIs, kept for all."""

_LONGEST_CHARACTER = 12  # in JSON: two escapes for one beyond the first 65,536
_MEMBER = len('"": "", ')
_FRAME = 400  # bytes of an answer beside resources, principal and context, at most
_MOST_KNOWN = 256
_Part = tuple[Effect, tuple[str, ...], tuple[str, ...]]
"""A statement: its effect, patterns that other answers have too, and those of this request."""
_Printed = tuple[tuple[tuple[Effect, list[str]], ...], int]
"""The effects and resources of statements, and the length of a policy's JSON text that has them, at most."""

_END_OF_TIME = 253402300799  # 9999-12-31T23:59:59Z, the last date that fits the format
_NOT_PRINTABLE = r"[^A-Za-z0-9._~!&'()+,=:@%/-]"


class PolicyWriter:
    """Writes answers that stay right for as long as API Gateway keeps them.

    `route` and `off`: the answer holds for one token on one route. `token`: it holds for one token on every route
    of the stage, so it is a function of the token and the route table; only what that function cannot say is said
    for the request's own path.
    """

    def __init__(
        self, *, routes: RouteTable, cache: CacheMode, claims: Sequence[str], resource_metadata: str | None = None
    ) -> None:
        """Set up for one stage; `resource_metadata` is an address that each challenge names (RFC 9728 §5.1)."""
        self._routes = routes
        self._claims = authorizer_context.named(claims)
        self._resource_metadata = resource_metadata
        self._expired = str(EXPIRED._replace(resource_metadata=resource_metadata))
        self._for_any_route = str(FOR_ANY_ROUTE._replace(resource_metadata=resource_metadata))
        self._patterns: dict[str, tuple[str, ...]] = {}
        self._resources: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[list[str], int]] = {}
        self._printed: dict[tuple[tuple[str, ...], tuple[_Part, ...]], _Printed] = {}
        self._ends: dict[float | None, str] = {}
        self.stage: StagePolicies | None = None
        """What the answers are made of that hold for the whole stage; None where they hold for a route."""
        if cache == "token":
            from apigw_oauth.authorizer import stage_policy  # and what it is made of: the other modes do without

            self.stage = stage_policy.StagePolicies(routes)
        self._of_allow = self._expired if self.stage is None else self._for_any_route

    def answer(self, decision: Decision, request: Request) -> dict[str, Any]:
        """Print what API Gateway takes for an answer. Raises AnswerTooLargeError."""
        policy, length = self._policy(decision, request)
        token = decision.access_token
        is_allowed = token is not None and decision.effect == "Allow"
        principal = decision.principal_id if token is None else token.principal_id
        context = authorizer_context.build(
            token,
            claims=self._claims,
            challenge=self._of_allow if is_allowed else self._challenge(decision),
            dpop_nonce=decision.dpop_nonce,
        )
        answer = {"principalId": principal, "policyDocument": policy, "context": context}
        require_room(answer, length, principal, context=context)
        return answer

    def _policy(self, decision: Decision, request: Request) -> tuple[dict[str, Any], int]:
        """Print the policy; an Allow ends with the token. Beside it stands how long its JSON text is at most.

        IfExists, because nobody has shown that API Gateway supplies the key: the answer must be safe both ways.
        """
        arn = request.method_arn
        parts = (
            (self._for_route(decision, request),)
            if self.stage is None
            else _for_stage(self.stage, decision, request)
        )
        printed, length = self._printed.get((arn[:5], parts)) or self._print(arn, parts)
        statements = []
        for effect, resources in printed:
            statement: dict[str, Any] = {
                "Action": "execute-api:Invoke",
                "Effect": effect,
                "Resource": [*resources],
            }
            if effect == "Allow":
                end = self._ends.get(decision.valid_until) or self._end_of(decision)
                if end is not None:
                    statement["Condition"] = {"DateLessThanIfExists": {"aws:CurrentTime": end}}
            statements.append(statement)
        return {"Version": "2012-10-17", "Statement": statements}, length

    def _print(self, arn: MethodArn, parts: tuple[_Part, ...]) -> _Printed:
        """Return the resources of each statement, and remember them: 0.5 µs the next time, not 5."""
        printed, length = [], _FRAME
        for effect, patterns, besides in parts:
            if patterns or besides:
                known, size = self._resources.get((arn[:5], patterns)) or self._print_patterns(arn, patterns)
                more = _resources(arn.resource(""), [one for one in besides if one not in patterns])
                printed.append((effect, known + more))
                length += size + sum(map(len, more)) + 4 * len(more)
        if len(self._printed) >= _MOST_KNOWN:
            self._printed.clear()
        made = self._printed[arn[:5], parts] = tuple(printed), length
        return made

    def _print_patterns(self, arn: MethodArn, patterns: tuple[str, ...]) -> tuple[list[str], int]:
        """Return the resources for some patterns, and the length of their JSON text: made once for each stage.

        Made anew, they would take 2 µs for one pattern, and 40 for those of a stage.
        """
        resources = _resources(arn.resource(""), patterns)
        if len(self._resources) >= _MOST_KNOWN:
            self._resources.clear()
        known = self._resources[arn[:5], patterns] = resources, len(json.dumps(resources))
        return known

    def _for_route(self, decision: Decision, request: Request) -> _Part:
        patterns: tuple[str, ...] = ()
        for route in decision.routes:
            some = self._patterns.get(route.key)
            if some is None:
                some = self._patterns[route.key] = self._routes.patterns(route)
            patterns = patterns + some if patterns else some
        # An Allow names what the table has, and never what was asked for.
        return decision.effect, patterns, () if patterns or decision.effect == "Allow" else (_asked_for(request),)

    def _challenge(self, decision: Decision) -> Challenge | str:
        """Return the challenge; those of an Allow are printed once, which takes 5 µs."""
        if self.stage is not None and not decision.unauthenticated:
            # It may be replayed on another route, so it says nothing of this one.
            return self._for_any_route
        if self.stage is None and decision.effect == "Allow" and decision.access_token:
            # It is read only when the token has ended and the cached answer has not.
            return self._expired
        return decision.challenge._replace(resource_metadata=self._resource_metadata)

    def _end_of(self, decision: Decision) -> str | None:
        end = decision.valid_until
        if end is None and decision.access_token is not None:
            end = decision.access_token.expires_at
        if end is None or not 0 <= end <= _END_OF_TIME:
            return None
        printed = self._ends.get(end)
        if printed is None:
            if len(self._ends) >= _MOST_KNOWN:
                self._ends.clear()
            printed = self._ends[end] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
        return printed


def require_room(answer: Mapping[str, Any], length: int, *texts: str, context: Mapping[str, str]) -> None:
    """Raise AnswerTooLargeError for an answer that is longer than API Gateway takes.

    `length`: of the JSON text of all but its context and other texts, at most. The whole text is printed where it
    could be too long, no sooner: that takes 8 µs for a policy of one route, and 20 for one of a stage.
    """
    length += _MEMBER * len(context)
    told = "".join([*texts, *context, *context.values()])
    if length + _LONGEST_CHARACTER * len(told) <= MAX_ANSWER_LENGTH:  # whatever they are
        return
    longest = 2 if told.isascii() and told.isprintable() else _LONGEST_CHARACTER  # an escape, of quotes alone
    if length + longest * len(told) <= MAX_ANSWER_LENGTH:
        return
    if len(json.dumps(answer)) > MAX_ANSWER_LENGTH:
        raise AnswerTooLargeError(f"the answer exceeds {MAX_ANSWER_LENGTH} bytes: tell the backend fewer claims")


def _for_stage(stage: "StagePolicies", decision: Decision, request: Request) -> tuple[_Part, _Part]:
    """Return what the token's scopes get on every route, and what has to be said of this request besides."""
    granted = decision.access_token.scopes if decision.access_token else None
    arn = request.method_arn
    if decision.effect == "Allow":
        policy, literals = stage.for_request(granted, decision.routes, arn)
        if literals is None:
            raise AnswerTooLargeError("the path cannot be printed into a policy without widening it")
        return ("Allow", policy.allowed, literals), ("Deny", policy.denied, ())
    policy = stage.for_scopes(granted, prefix=arn.room_before)
    is_denied = len(decision.routes) == 1 and (arn.verb, decision.routes[0].key) in policy.protected
    is_denied = is_denied and policy.denies(f"{arn.verb}{arn.path}")
    # Otherwise the table does not say all: the path is unknown, or reads as an open route and as a closed one.
    return ("Allow", policy.allowed, ()), ("Deny", policy.denied, () if is_denied else (_escaped(arn),))


def _asked_for(request: Request) -> str:
    """Name a route that is not in the table: by API Gateway's template, else by the path made harmless."""
    try:
        segments = parse_key(request.route_key or "")[1]
    except SettingsError:
        return _escaped(request.method_arn)
    return f"{request.method}/{to_pattern(segments)}" if request.method in VERBS else _escaped(request.method_arn)


def _escaped(arn: MethodArn) -> str:
    """Print the request's own path for a Deny, so that it matches itself and next to nothing else.

    What no template may hold becomes `?`, which stands for exactly one character, so that nothing is read as a
    wildcard or a variable; what does not fit is cut off with a `*`.
    """
    pattern = f"{arn.verb}/{re.sub(_NOT_PRINTABLE, '?', arn.path[1:])}"
    room = MAX_RESOURCE_LENGTH - len(arn.resource(""))
    return pattern if len(pattern) <= room else pattern[: room - 1] + "*"


def _resources(prefix: str, patterns: Iterable[str]) -> list[str]:
    resources = [prefix + pattern for pattern in dict.fromkeys(patterns)]
    if any(len(resource) > MAX_RESOURCE_LENGTH for resource in resources):
        raise AnswerTooLargeError(f"a policy resource exceeds {MAX_RESOURCE_LENGTH} characters: shorten the route")
    return resources
