"""Cache mode `token`: one policy for all routes, and what it cannot say."""

from collections.abc import Iterator
from typing import NamedTuple

from apigw_oauth.authorizer.policy_resource import matches
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.checks import assumptions, place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.meeting_paths import meet
from apigw_oauth.checks.rules import Rule
from apigw_oauth.checks.stage_view import StageView, TokenPolicy
from apigw_oauth.checks.tokens import described
from apigw_oauth.project import Project

_MOST_EXAMPLES = 20
_FILLS = ("x/x", "x/x/x", "x")


def policies(project: Project) -> Iterator[Finding]:
    """Find what the policies of this table cannot say, and what they say beyond it."""
    view = StageView.of(project)
    if view is None:
        return
    too_large = list(_too_large(view)) if view.kept else []
    yield from too_large
    if view.kept and not too_large:
        yield from _unprintable(view)
        yield from _unprotected(view)
        yield from _unknown_paths(view)
    if not too_large:
        yield from assumptions.spellings(view)
    if not view.is_complete:
        yield assumptions.partly_checked(view, f"{len(view.tokens)} sets of scopes")


def mend(project: Project) -> str:
    """Say how to have answers that hold for one route."""
    if project.file.authorizer.event == "token":
        return 'event = "request" and cache = "route" in [authorizer]; or cache = "off"'
    return 'cache = "route" in [authorizer]; or cache = "off"'


def _too_large(view: StageView) -> Iterator[Finding]:
    large = [token for token in view.tokens if not token.policy.fits]
    if large:
        yield Rule.POLICY_TOO_LARGE.found(
            place.of_key(view.project, "authorizer.cache"),
            f"The routes that are open to {described(large[0].granted)} do not fit into one answer. It allows the"
            " one path that was asked for; while API Gateway keeps it, all others are refused.",
            mend=f"{mend(view.project)}; or gather routes that require the same below one path",
        )


def _unprintable(view: StageView) -> Iterator[Finding]:
    first: dict[Route, TokenPolicy] = {}
    for token in view.tokens:
        for route in token.policy.unprintable:
            # Nobody asks the authorizer about a public route.
            if not route.public:
                first.setdefault(route, token)
    for number, (route, token) in enumerate(first.items()):
        reached = _reached(view, route, token) if number < _MOST_EXAMPLES else []
        also = f" would also open {listed(one.key for one in reached)}" if reached else " would open others"
        closed = "which is not" if len(reached) == 1 else "which are not"
        yield Rule.UNPRINTABLE_ROUTES.found(
            place.of_key(view.project, "authorizer.cache"),
            f"{route.key} is open to {described(token.granted)}; its pattern {route.pattern}{also}, {closed}."
            " So it is allowed for one path at a time; while API Gateway keeps that answer, its other paths are"
            " refused.",
            mend=mend(view.project),
        )


def _reached(view: StageView, route: Route, token: TokenPolicy) -> list[Route]:
    """Return the closed routes that the pattern of an open one reaches: on its own paths, if there are such.

    Those beyond could be cut off by a Deny, were nothing open there.
    """
    own, beyond = dict[Route, None](), dict[Route, None]()
    alone = RouteTable((route,))
    for other in view.table:
        meeting = None if token.opens(other) else meet(route.segments, other.segments)
        path = f"/{meeting.path}" if meeting else ""
        for verb in view.table.verbs(route) if meeting else ():
            served = view.table.match(verb, path)
            if served is not None and not token.opens(served):
                (own if alone.match(verb, path) else beyond)[served] = None
    return list(own or beyond)


def _unprotected(view: StageView) -> Iterator[Finding]:
    first = view.unprotected()
    # HTTP APIs have no resource policies, so that what no policy allows stays closed.
    if first and view.project.file.api.type == "rest":
        route, token = next(iter(first.items()))
        yield Rule.UNPROTECTED_ROUTES.found(
            place.of_key(view.project, "authorizer.cache"),
            f"{listed(one.key for one in first)}: closed to some tokens, but not denied by their policies: the"
            f" Deny would take paths from an open route, or there is no room for it ({route.key}, for"
            f" {described(token.granted)}). It stays closed, unless the API has a resource policy that allows it.",
            mend=f"{mend(view.project)}; or have no resource policy with an Allow",
        )


class _Beyond(NamedTuple):
    pattern: str
    example: str


def _unknown_paths(view: StageView) -> Iterator[Finding]:
    """Say which patterns of a token with all scopes match paths of no route."""
    widest = max(view.tokens, key=lambda token: len(token.granted)).policy
    beyond = []
    for pattern in widest.allowed:
        for path in _fillings(pattern):
            verb, _, rest = path.partition("/")
            if matches(pattern, path) and not widest.denies(path) and view.table.match(verb, f"/{rest}") is None:
                beyond.append(_Beyond(pattern, path))
                break
    if beyond:
        yield Rule.UNKNOWN_PATHS.found(
            place.of_key(view.project, "authorizer.cache"),
            f"{listed(f'{one.pattern} (such as {one.example})' for one in beyond)}: while an answer is kept, such"
            " paths pass the authorizer. API Gateway refuses them by itself, as long as the deployed API has no"
            " routes that this project does not know.",
            mend=f"name all routes of the deployed API here; or {mend(view.project)}",
        )


def _fillings(pattern: str) -> Iterator[str]:
    parts = pattern.split("*")
    for star in range(1, len(parts)):
        for fill in _FILLS:
            yield "x".join(parts[:star]) + fill + "x".join(parts[star:])
