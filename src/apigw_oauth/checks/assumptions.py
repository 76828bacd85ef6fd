"""What nobody has shown about API Gateway, and the tables for which it matters."""

from collections.abc import Iterator

from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.meeting_paths import differ, meet
from apigw_oauth.checks.rules import Rule
from apigw_oauth.checks.stage_view import StageView, TokenPolicy
from apigw_oauth.checks.tokens import described
from apigw_oauth.project import Project

_MOST_FINDINGS = 50
_ROUTE_MODE = 'event = "request" and cache = "route" in [authorizer]'


def spellings(view: StageView, *, most_work: int = 3_000_000) -> Iterator[Finding]:
    """Find closed routes that are open if an ARN is spelled otherwise than the path by which a route is chosen.

    With a slash for `%2F`: then what is open may be another route. (The other way round is safe: what is cut off
    from a pattern is cut off with an encoded slash too.) With letters decoded: then two routes have the same ARN,
    and no policy can tell them apart. A route that is denied by its own pattern is closed under either.
    """
    slashes, letters = set[Route](), set[Route]()
    for pair in _pairs(view, most_work=most_work):
        if pair is None:
            yield partly_checked(view, "Many pairs of routes")
            return
        token, closed, other = pair
        if closed not in slashes and (path := _opened(view, closed, other, token)) is not None:
            slashes.add(closed)
            yield _encoded_slash(view, path, closed, other, token)
        if closed not in letters and (path := _spelled(view, closed, other)) is not None:
            letters.add(closed)
            yield _decoded_arn(view, path, closed, other, token)
        if len(slashes) + len(letters) > _MOST_FINDINGS:
            return


def _pairs(view: StageView, *, most_work: int) -> Iterator[tuple[TokenPolicy, Route, Route] | None]:
    """Yield closed and open routes, for each token, that may have a path in common; None if there are too many."""
    work = 0
    for token in view.tokens:
        opened = [route for route in view.table if token.opens(route)]
        for closed in view.closed_to(token):
            for other in opened:
                meets = not differ(closed.segments, other.segments)
                work += len(closed.segments) * len(other.segments) * 4 if meets else 1
                if work > most_work:
                    yield None
                    return
                if meets:
                    yield token, closed, other


def _encoded_slash(view: StageView, path: str, closed: Route, other: Route, token: TokenPolicy) -> Finding:
    return Rule.ENCODED_SLASH.found(
        place.of_key(view.project, "authorizer.cache"),
        f"{path} is a path of {closed.key}, which is closed to {described(token.granted)}. If API Gateway decodes"
        f" %2F in the ARN and not when it routes, it compares the path of {other.key}, which is open. Nobody has"
        " shown that it does not.",
        mend=f"{_ROUTE_MODE}, where no ARN is compared with the pattern of another route",
    )


def _decoded_arn(view: StageView, path: str, closed: Route, other: Route, token: TokenPolicy) -> Finding:
    return Rule.DECODED_ARN.found(
        place.of_key(view.project, "authorizer.cache"),
        f"{path}, with a letter of it percent-encoded, is a path of {closed.key}, which is closed to"
        f" {described(token.granted)}. If API Gateway decodes letters in the ARN and not when it routes, the ARN"
        f" is that of {other.key}, which is open. Nobody has shown that it does not.",
        mend=f"{_ROUTE_MODE}, where the route is in the cache key",
    )


def _spelled(view: StageView, closed: Route, other: Route) -> str | None:
    """Return a path of the open route that would be one of the closed route if its text were not recognized."""
    verbs = set(view.table.verbs(closed)).intersection(view.table.verbs(other))
    meeting = meet(closed.segments, other.segments) if verbs else None
    if meeting is None or RouteTable((closed,)).match(verb := min(verbs), f"/{meeting.path}") is None:
        return None
    return f"{verb} /{meeting.path}" if view.table.match(verb, f"/{meeting.path}") == other else None


def partly_checked(view: StageView, what: str) -> Finding:
    """Say that a table is too large to be looked at as a whole."""
    return Rule.TOO_MUCH.found(
        place.of_key(view.project, "routes"),
        f"{what} were looked at, there are more. What is found of them here may not be all.",
        mend='event = "request" and cache = "route" in [authorizer] make answers that need no such look',
    )


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
