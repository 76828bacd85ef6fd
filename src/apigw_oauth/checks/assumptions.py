"""What nobody has shown about API Gateway, and the tables for which it matters."""

from collections.abc import Iterable, Iterator

from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.meeting_paths import meet
from apigw_oauth.checks.rules import Rule
from apigw_oauth.checks.stage_view import StageView, TokenPolicy
from apigw_oauth.checks.tokens import described
from apigw_oauth.project import Project

_MOST_FINDINGS = 50
_ROUTE_MODE = 'event = "request" and cache = "route" in [authorizer]'


def encoded_slash(view: StageView, *, most_pairs: int = 500_000) -> Iterator[Finding]:
    """Find closed routes that are open if routing leaves `%2F` alone and the ARN has a slash there.

    The other way round is safe: what is cut off from a pattern is cut off with an encoded slash too. And a route
    that is denied by its own pattern is closed under either reading.
    """
    tried = 0
    told = set[Route]()
    for token in view.tokens:
        opened = [route for route in view.table if token.opens(route)]
        for closed in view.closed_to(token):
            tried += len(opened)
            if tried > most_pairs:
                yield partly_checked(view, f"{most_pairs} pairs of routes")
            if tried > most_pairs or len(told) > _MOST_FINDINGS:
                return
            found = None if closed in told else _first(view, closed, opened, token)
            if found is not None:
                told.add(closed)
                yield found


def decoded_arn(view: StageView) -> Iterator[Finding]:
    """Find closed routes beside open ones with more text, if the ARN has letters decoded and routing has not.

    Then both have the same ARN, and no policy can tell them apart.
    """
    told = set[Route]()
    for token in view.tokens:
        opened = [route for route in view.table if token.opens(route)]
        for closed in view.closed_to(token):
            if closed in told or len(told) >= _MOST_FINDINGS:
                continue
            beside = next(filter(None, (_spelled(view, closed, other) for other in opened)), None)
            if beside is not None:
                told.add(closed)
                path, other = beside
                yield Rule.DECODED_ARN.found(
                    place.of_key(view.project, "authorizer.cache"),
                    f"{path}, with a letter of it percent-encoded, is a path of {closed.key}, which is closed to"
                    f" {described(token.granted)}. If API Gateway decodes letters in the ARN and not when it"
                    f" routes, the ARN is that of {other.key}, which is open. Nobody has shown that it does not.",
                    mend=f"{_ROUTE_MODE}, where the route is in the cache key",
                )


def _spelled(view: StageView, closed: Route, other: Route) -> tuple[str, Route] | None:
    """Return a path of the open route that would be one of the closed route if its text were not recognized."""
    verbs = set(view.table.verbs(closed)).intersection(view.table.verbs(other))
    meeting = meet(closed.segments, other.segments) if verbs else None
    if meeting is None or RouteTable((closed,)).match(verb := min(verbs), f"/{meeting.path}") is None:
        return None
    return (f"{verb} /{meeting.path}", other) if view.table.match(verb, f"/{meeting.path}") == other else None


def partly_checked(view: StageView, what: str) -> Finding:
    """Say that a table is too large to be looked at as a whole."""
    return Rule.TOO_MUCH.found(
        place.of_key(view.project, "routes"),
        f"{what} were looked at, there are more. What is found of them here may not be all.",
        mend='event = "request" and cache = "route" in [authorizer] make answers that need no such look',
    )


def _first(view: StageView, closed: Route, opened: Iterable[Route], token: TokenPolicy) -> Finding | None:
    for other in opened:
        path = _opened(view, closed, other, token)
        if path is not None:
            return Rule.ENCODED_SLASH.found(
                place.of_key(view.project, "authorizer.cache"),
                f"{path} is a path of {closed.key}, which is closed to {described(token.granted)}. If API Gateway"
                f" decodes %2F in the ARN and not when it routes, it compares the path of {other.key}, which is"
                " open. Nobody has shown that it does not.",
                mend=f"{_ROUTE_MODE}, where no ARN is compared with the pattern of another route",
            )
    return None


def _opened(view: StageView, closed: Route, other: Route, token: TokenPolicy) -> str | None:
    """Return a request to the closed route that the policy lets through if its encoded slashes are slashes."""
    verbs = set(view.table.verbs(closed)).intersection(view.table.verbs(other))
    meeting = meet(closed.segments, other.segments, wide=True) if verbs else None
    if meeting is None:
        return None
    for verb in sorted(verbs):
        served = view.table.match(verb, f"/{meeting.hidden}")
        compared = view.table.match(verb, f"/{meeting.path}")
        is_denied = view.kept and token.policy.denies(f"{verb}/{meeting.path}")
        closes = served is not None and not served.public and not token.opens(served)
        if closes and compared is not None and token.opens(compared) and not is_denied:
            return f"{verb} /{meeting.hidden}"
    return None


def method_override(project: Project) -> Iterator[Finding]:
    """Find paths whose methods differ in what they require: X-HTTP-Method-Override names another method.

    The authorizer refuses such a request, but is not asked while an answer is kept; a TOKEN event has no header.
    """
    authorizer, kept = project.file.authorizer, project.authorizer_definition().ttl
    if project.file.api.type != "rest" or authorizer.handler is not None:
        return
    if not kept and authorizer.event != "token":
        return
    required: dict[tuple[str, ...], dict[tuple[bool, frozenset[frozenset[str]]], Route]] = {}
    for one in project.routes:
        requirement = (one.route.public, frozenset(one.route.any_of))
        required.setdefault(one.route.segments, {}).setdefault(requirement, one.route)
    differing = [list(routes.values()) for routes in required.values() if len(routes) > 1]
    if differing:
        rule = Rule.METHOD_OVERRIDE_IN_KEY if project.cache == "route" else Rule.METHOD_OVERRIDE
        yield rule.found(
            place.of_key(project, "authorizer.cache"),
            f"{listed(f'{one.key} and {other.key}' for one, other, *_ in differing)}: one path, different"
            " requirements. REST APIs honour X-HTTP-Method-Override, and nobody has shown whether the ARN and the"
            " cache key have the method of the request or that of the header.",
            mend='event = "request" and cache = "off", so that the authorizer, which refuses the header, sees it'
            " every time; or refuse the header before API Gateway (AWS WAF)",
        )
