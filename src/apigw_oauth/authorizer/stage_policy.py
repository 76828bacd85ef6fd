"""StagePolicy: what one answer says about every route of the stage, for one set of scopes.

For cache mode `token`, where API Gateway applies an answer to all routes. An open route is printed unless its
pattern would let a request through to a closed one. A Deny cuts off what the pattern reaches beyond the route's
own paths, where that takes nothing from an open route; it never protects by the spelling of a part, which may be
encoded. What cannot be printed is left to answers for the literal request.
"""

from typing import NamedTuple

from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.path_readings import is_plain
from apigw_oauth.authorizer.policy_resource import MAX_RESOURCE_LENGTH, matches
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verb_table import Printed, verb_tables

ROOM = 5600
"""Bytes of an answer for its resources; 8,192 in all, the rest is for the context."""

_MOST_POLICIES = 256


class StagePolicy(NamedTuple):
    """What a set of scopes gets on a whole stage. Patterns are without the stage: `GET/pets/*`."""

    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    printed: frozenset[tuple[str, str]]
    """Verb and key of each route that is open, and allowed by its pattern."""
    protected: frozenset[tuple[str, str]]
    """Of each route that is closed, and denied by its pattern."""
    unprintable: tuple[Route, ...]
    """Open, but its pattern would let requests through to a closed route: allowed for literal requests only."""
    unprotected: tuple[Route, ...]
    """Closed, but a Deny would take paths from an open route: not allowed, and not denied until asked for."""
    fits: bool
    """Whether there is room for it; if not, nothing is printed, and all routes are allowed literally."""

    def literals_for(self, routes: tuple[Route, ...], arn: MethodArn) -> tuple[str, ...] | None:
        """Return what must be allowed besides for a request, all of whose routes are open; None: it cannot be."""
        resource = f"{arn.verb}{arn.path}"
        path = arn.path.lower()
        is_odd = path != "/" and (path.endswith("/") or "//" in path or "%2f" in path)
        for route in routes:
            if is_odd or (arn.verb, route.key) not in self.printed:
                break
        else:
            return ()
        if self.denies(resource):
            return None
        if any(matches(pattern, resource) for pattern in self.allowed):
            return ()
        fits = len(arn.resource(resource)) <= MAX_RESOURCE_LENGTH
        return (resource,) if fits and is_plain(arn.path) else None

    def denies(self, resource: str) -> bool:
        """Say whether a Deny matches."""
        return any(matches(pattern, resource) for pattern in self.denied)


class StagePolicies:
    """The policies of a route table, made for each set of scopes when it is first seen."""

    def __init__(self, routes: RouteTable, *, room: int = ROOM) -> None:
        """Find out which pattern spills onto which routes: once, since it costs more than all the rest.

        `room` is what the resources of one answer may take, in bytes.
        """
        self._room = room
        self._tables = verb_tables(routes)
        self._scopes = frozenset(scope for route in routes for required in route.any_of for scope in required)
        self._made: dict[tuple[frozenset[str] | None, int], StagePolicy] = {}
        self._last: tuple[object, object, object, StagePolicy, tuple[str, ...] | None] | None = None

    def for_scopes(self, granted: frozenset[str] | None, *, prefix: int = 80) -> StagePolicy:
        """Return the policy of a token with these scopes; None: without a token.

        `prefix` is the length of an ARN before the verb, in characters.
        """
        key = (None if granted is None else granted & self._scopes, prefix)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _MOST_POLICIES:
                self._made.clear()
            made = self._made[key] = self._make(*key)
        return made

    def for_request(
        self, granted: frozenset[str] | None, routes: tuple[Route, ...], arn: MethodArn
    ) -> tuple[StagePolicy, tuple[str, ...] | None]:
        """Return the policy of a token, and its literals for a request, all of whose routes are open.

        It is asked about each request twice, once before it is decided: the second time takes 1 µs instead of 5.
        The three are compared as objects, which nothing else can be for as long as they are kept here.
        """
        last = self._last
        if last is not None and last[0] is granted and last[1] is routes and last[2] is arn:
            return last[3:]
        policy = self.for_scopes(granted, prefix=arn.room_before)
        literals = policy.literals_for(routes, arn)
        self._last = (granted, routes, arn, policy, literals)
        return policy, literals

    def _make(self, granted: frozenset[str] | None, prefix: int) -> StagePolicy:
        """Say as much as there is room for; what nobody depends on is left out first."""
        printed = [(table.verbs, table.print(granted)) for table in self._tables]
        for spare, denied in ((True, True), (False, True), (False, False)):
            policy = _policy(printed, spare=spare, denied=denied)
            if _length(policy, prefix) <= self._room:
                return policy
        folded = _policy([(table.verbs, table.print(granted, folded=True)) for table in self._tables])
        if _length(folded, prefix) <= self._room:
            return folded
        nothing = frozenset[tuple[str, str]]()
        return folded._replace(allowed=(), denied=(), printed=nothing, protected=nothing, fits=False)


def _policy(
    printed: list[tuple[tuple[str, ...], Printed]], *, spare: bool = False, denied: bool = False
) -> StagePolicy:
    """Put the verbs together."""
    denies = [
        f"{verb}/{pattern}"
        for verbs, one in printed
        for patterns in (one.needed, one.denied if denied else (), one.spare if spare else one.instead)
        for pattern in patterns
        for verb in verbs
    ]
    unprotected = (route for _, one in printed for route in (*one.unprotected, *(() if denied else one.protected)))
    return StagePolicy(
        allowed=tuple(f"{verb}/{pattern}" for verbs, one in printed for pattern in one.allowed for verb in verbs),
        denied=tuple(dict.fromkeys(denies)),
        printed=frozenset((verb, route.key) for verbs, one in printed for verb in verbs for route in one.printed),
        protected=frozenset(
            (verb, route.key) for verbs, one in printed for verb in verbs for route in one.protected if denied
        ),
        unprintable=tuple(dict.fromkeys(route for _, one in printed for route in one.unprintable)),
        unprotected=tuple(dict.fromkeys(unprotected)),
        fits=True,
    )


def _length(policy: StagePolicy, prefix: int) -> int:
    quotes = len('"", ')
    return sum(prefix + quotes + len(pattern) for pattern in (*policy.allowed, *policy.denied))
