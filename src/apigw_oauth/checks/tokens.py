"""The sets of scopes for which a table of routes says something of its own."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from apigw_oauth.authorizer.route import Route

_Alternatives = Mapping[frozenset[str], None]


def telling_scopes(routes: Iterable[Route]) -> Iterator[frozenset[str]]:
    """Yield sets of scopes: none, all, each that is enough for a route, all but one, and telling pairs.

    Whether a pattern of an open route reaches a closed one shows with a token that has just enough for the former.
    Whether a Deny can cut it off depends on what else is open where it reaches: what is enough for both shows
    that, and three at once say no more. The policy with the most Denies is that of a token for nearly everything.
    """
    known = tuple(routes)
    alternatives = sorted({required for route in known for required in route.any_of}, key=sorted)
    everything = frozenset[str]().union(*alternatives)
    nearly = (everything - {scope} for scope in sorted(everything))
    told = dict.fromkeys([frozenset[str](), everything, *alternatives, *nearly])
    yield from told
    for one, other in _neighbours(known):
        if one | other not in told:
            told[one | other] = None
            yield one | other


def _neighbours(routes: Iterable[Route]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield what is enough for a route with a variable, and for one that begins with the text before it.

    No other route can have a path in common with its pattern.
    """
    beginning: dict[tuple[str, ...], dict[frozenset[str], None]] = {}
    varying: dict[tuple[str, ...], dict[frozenset[str], None]] = {}
    for route in routes:
        text = tuple(takewhile(lambda segment: not segment.startswith("{"), route.segments))
        for some in (beginning, varying) if len(text) < len(route.segments) else (beginning,):
            some.setdefault(text, {}).update(dict.fromkeys(route.any_of))
    nothing: _Alternatives = {}
    for text, enough in beginning.items():
        for end in range(len(text) + 1):
            yield from ((one, other) for one in varying.get(text[:end], nothing) for other in enough)


def described(granted: frozenset[str]) -> str:
    """Say which token it is."""
    return f"a token with {' '.join(sorted(granted))}" if granted else "a token without scopes"
