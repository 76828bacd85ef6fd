"""VerbTable: the routes of one verb, and what of them can be printed for a token."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from apigw_oauth.authorizer.merged_nodes import Effort
from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH, VERBS, Route, to_pattern
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.spill import Spill, Spills

_EFFORT, _EFFORT_PER_ROUTE = 500_000, 400  # far more than tables need that are not made to be tangled


class Printed(NamedTuple):
    """What a policy says about the routes of one verb. Patterns are without the verb: `pets/*`."""

    allowed: tuple[str, ...]
    """Of open routes."""
    needed: tuple[str, ...]
    """Denies without which an allowed pattern would open a closed route."""
    denied: tuple[str, ...]
    """Denies of closed routes, which matter where a resource policy allows."""
    spare: tuple[str, ...]
    """Denies of paths that no route serves and that an allowed pattern would let through."""
    printed: tuple[Route, ...]
    unprintable: tuple[Route, ...]
    """Open, but the pattern would open a closed route."""
    protected: tuple[Route, ...]
    unprotected: tuple[Route, ...]
    """Closed, but a Deny would take paths from an open route."""


class VerbTable:
    """The routes that serve the same paths with one verb, or with several alike."""

    def __init__(self, verbs: tuple[str, ...], routes: Sequence[Route], effort: Effort) -> None:
        """Find out which pattern reaches which routes. `effort` is what may be spent on it."""
        self.verbs = verbs
        self._effort = effort
        self.routes = tuple(routes)
        self._requirements: dict[object, tuple[int, Route]] = {}
        self._bits = {route.segments: self._bit(route) for route in routes}
        self._spills = Spills(self._bits, effort)
        self._spill = {route.segments: self._spills.of(route.segments) for route in routes}

    def _bit(self, route: Route) -> int:
        """Return the bit of what a route requires: routes that require the same are open and closed together."""
        requirement = (route.public, frozenset(route.any_of))
        return self._requirements.setdefault(requirement, (1 << len(self._requirements), route))[0]

    def _open_bits(self, granted: frozenset[str] | None) -> int:
        return sum(bit for bit, route in self._requirements.values() if is_open(route, granted))

    def print(self, granted: frozenset[str] | None, *, folded: bool = False) -> Printed:
        """Print every open route that can be printed, and every closed one that can be denied.

        `granted` are the scopes of a token; None: there is no token. `folded`: subtrees in which everything is
        open are printed as a whole, and no Deny is printed that is not needed.
        """
        self._effort.renew()
        opened = self._open_bits(granted)
        printable, unprintable = list[Route](), list[Route]()
        protected, unprotected = list[Route](), list[Route]()
        for route in self.routes:
            spill = self._spill[route.segments]
            if self._bits[route.segments] & opened:
                (printable if _is_printable(spill, opened) else unprintable).append(route)
            else:
                (unprotected if spill.taken_from & opened else protected).append(route)
        whole, single = self._fold(printable, opened) if folded else ([], printable)
        told = [(route.segments, self._spill[route.segments]) for route in single]
        told += [(segments, self._spills.of(segments)) for segments in whole]
        cuts = [cut for segments, spill in told for cut in _cuts(segments, spill, opened)]
        needed = dict.fromkeys(pattern for pattern, is_needed in cuts if is_needed)
        closed, denied = ([], []) if folded else self._fold(protected, ~opened)
        return Printed(
            allowed=(*map(to_pattern, whole), *(route.pattern for route in single)),
            needed=tuple(needed),
            denied=(*map(to_pattern, closed), *(route.pattern for route in denied)),
            spare=() if folded else tuple(dict.fromkeys(cut for cut, is_needed in cuts if not is_needed)),
            printed=tuple(printable),
            unprintable=tuple(unprintable),
            protected=() if folded else tuple(protected),
            unprotected=(*unprotected, *protected) if folded else tuple(unprotected),
        )

    def _fold(self, routes: Iterable[Route], wanted: int) -> tuple[list[tuple[str, ...]], list[Route]]:
        """Return templates `…/{name+}` below which everything is wanted, and the routes that are not there."""
        whole: dict[tuple[str, ...], bool] = {}
        below: dict[tuple[str, ...], int] = {}
        beginnings = [(route, [route.segments[:end] for end in range(len(route.segments))]) for route in routes]
        for _, some in beginnings:
            for beginning in some:
                below[beginning] = below.get(beginning, 0) + 1
        single = []
        for route, some in beginnings:
            for beginning in some:
                if beginning not in whole:
                    several = below[beginning] > 1
                    whole[beginning] = several and not self._spills.reached_below(beginning) & ~wanted
                if whole[beginning]:
                    break
            else:
                single.append(route)
        return [(*beginning, REST_OF_PATH) for beginning, is_whole in whole.items() if is_whole], single


def is_open(route: Route, granted: frozenset[str] | None) -> bool:
    """Say whether a token with these scopes may take the route; None: without a token."""
    return route.public or (granted is not None and route.is_open_to(granted))


def verb_tables(routes: RouteTable) -> tuple[VerbTable, ...]:
    """Take a table apart by verbs; verbs with the same routes share one."""
    alike: dict[tuple[Route, ...], list[str]] = {}
    for verb in VERBS:
        serving = tuple(route for route in routes if verb in routes.verbs(route))
        if serving:
            alike.setdefault(serving, []).append(verb)
    effort = Effort(_EFFORT + _EFFORT_PER_ROUTE * sum(map(len, alike)))
    return tuple(VerbTable(tuple(verbs), serving, effort) for serving, verbs in alike.items())


def _is_printable(spill: Spill, opened: int) -> bool:
    """Say whether the pattern opens no closed route, once what lies beyond the route's own paths is cut off."""
    if spill.beside & ~opened:
        return False
    return not any(reached & opened and reached & ~opened for reached in spill.beyond)


def _cuts(segments: tuple[str, ...], spill: Spill, opened: int) -> Iterator[tuple[str, bool]]:
    """Return the Denies that belong to a printed pattern, and whether a closed route depends on them.

    Each is made of the pattern by replacing one `*`: by two parts (`pets/*/*`, also with an encoded slash between
    them), or by none (`pets/`, also with further slashes).
    """
    parts = to_pattern(segments).split("/")
    stars = [index for index, part in enumerate(segments) if part in {ONE_SEGMENT, REST_OF_PATH}]
    for star, beyond, without in zip(stars, spill.beyond, spill.without, strict=False):
        texts = []
        cut = segments[star] == ONE_SEGMENT and not beyond & opened
        if cut:
            texts += [("*/*", beyond), ("*%2F*", beyond), ("*%2f*", beyond)]
        # Where nothing else is in the path, the path without the part is a proper one: "/".
        if (without if len(parts) > 1 else spill.root) & ~opened:
            texts += [("", 1)]
        if without & ~opened and not cut:
            texts += [("/*", 1), ("%2F*", 1), ("%2f*", 1)]
        for text, needed in texts:
            yield "/".join([*parts[:star], text, *parts[star + 1 :]]), bool(needed)
