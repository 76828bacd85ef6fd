"""The sets of scopes for which a table of routes says something of its own."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from apigw_oauth.authorizer.route import Route

_FEW = 12


def telling_scopes(routes: Iterable[Route]) -> Iterator[frozenset[str]]:
    """Yield sets of scopes: none, all, each that is enough for a route, and pairs of these where they are few.

    Whether a pattern of an open route reaches a closed one shows with a token that has just enough for the former.
    Whether a Deny can cut it off depends on what else is open: pairs show that, three at once are not tried.
    """
    alternatives = sorted({required for route in routes for required in route.any_of}, key=sorted)
    tokens = dict.fromkeys([frozenset[str](), frozenset[str]().union(*alternatives), *alternatives])
    yield from tokens
    if len(alternatives) <= _FEW:
        unions = dict.fromkeys(one | other for one, other in combinations(alternatives, 2))
        yield from (union for union in unions if union not in tokens)


def described(granted: frozenset[str]) -> str:
    """Say which token it is."""
    return f"a token with {' '.join(sorted(granted))}" if granted else "a token without scopes"
