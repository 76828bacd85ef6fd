"""VerbTable: the routes of one verb, and what of them can be printed for a token."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from apigw_oauth.authorizer.merged_nodes import Effort
from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH, VERBS, Route, to_pattern
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.spill import Spill, Spills

# Denies of all paths with a doubled or trailing slash, or a part that begins with an encoded one: coarser than
# those of each pattern, and shorter.
_ODD_SLASHES = ("/*", "*//*", "*/", "%2F*", "%2f*", "*/%2F*", "*/%2f*")
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
    instead: tuple[str, ...]
    """Denies that are needed where the spare ones are not printed."""
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
        depth, slashes, spare, instead = (dict[str, None]() for _ in range(4))
        for segments, spill in told:
            depth.update(dict.fromkeys(_deeper(segments, spill, opened, closed=True)))
            spare.update(dict.fromkeys(_deeper(segments, spill, opened, closed=False)))
            slashes.update(dict.fromkeys(_without_a_part(segments, spill, opened, spare=not folded)))
            instead.update(dict.fromkeys(_without_a_part(segments, spill, opened, spare=False)))
        slashes, instead = _at_most_all(slashes), _at_most_all(instead)
        closed, denied = ([], []) if folded else self._fold(protected, ~opened)
        return Printed(
            allowed=(*map(to_pattern, whole), *(route.pattern for route in single)),
            needed=(*depth, *slashes),
            denied=(*map(to_pattern, closed), *(route.pattern for route in denied)),
            spare=() if folded else tuple(spare),
            instead=tuple(instead),
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


def _deeper(segments: Sequence[str], spill: Spill, opened: int, *, closed: bool) -> Iterator[str]:
    """Return Denies of what a pattern reaches beyond its paths: with two parts for a `*`, or an encoded slash.

    `closed`: those on which a closed route depends; otherwise those of paths that no route has.
    """
    for put, part, beyond, _ in _stars(segments, spill):
        if part == ONE_SEGMENT and not beyond & opened and bool(beyond) == closed:
            yield from (put("*/*"), put("*%2F*"), put("*%2f*"))


def _at_most_all(slashes: dict[str, None]) -> dict[str, None]:
    """Return Denies of odd slashes: those of all paths, if they are fewer."""
    if len(slashes) <= len(_ODD_SLASHES):
        return slashes
    return dict.fromkeys([*([""] if "" in slashes else []), *_ODD_SLASHES])


def _without_a_part(segments: Sequence[str], spill: Spill, opened: int, *, spare: bool) -> Iterator[str]:
    """Return Denies of what a pattern reaches with nothing for a `*`, or only slashes, if that is closed.

    `spare`: the spare Denies are printed too, which cut off more.
    """
    for put, part, beyond, without in _stars(segments, spill):
        # Where nothing else is in the path, the path without the part is a proper one: "/".
        if (without if len(segments) > 1 else spill.root) & ~opened:
            yield put("")
        is_cut_off = part == ONE_SEGMENT and not beyond & opened and (spare or bool(beyond))
        if without & ~opened and not is_cut_off:
            yield from (put("/*"), put("%2F*"), put("%2f*"))


def _stars(segments: Sequence[str], spill: Spill) -> Iterator[tuple[Callable[[str], str], str, int, int]]:
    """Return, for each `*` of a pattern, how to print the pattern with another text there, and what it reaches."""
    parts = to_pattern(tuple(segments)).split("/")
    stars = [index for index, part in enumerate(segments) if part in {ONE_SEGMENT, REST_OF_PATH}]
    for star, beyond, without in zip(stars, spill.beyond, spill.without, strict=False):

        def put(text: str, star: int = star) -> str:
            return "/".join([*parts[:star], text, *parts[star + 1 :]])

        yield put, segments[star], beyond, without
