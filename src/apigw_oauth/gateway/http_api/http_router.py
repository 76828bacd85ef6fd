"""Which route of an HTTP API serves a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from apigw_oauth.gateway.api import VERBS
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpRoute
from apigw_oauth.gateway.resource_path import ResourcePath


@dataclass(frozen=True, slots=True)
class HttpMatch:
    """The route that serves a request, and the values of its path variables, decoded."""

    route: HttpRoute
    path_parameters: dict[str, str]


class HttpRouter:
    """Picks the most specific route: a full match, then a greedy variable, then `$default`.

    These three steps are documented ("Create routes for HTTP APIs in API Gateway"), and that static text comes
    before `{name}`. Within a step, part for part, the leftmost difference decides, and on one path the verb itself
    comes before `ANY`: reported (serverless/serverless#9840, ministackorg/ministack#1256). Whether a verb of its
    own on `{name}` would come before `ANY` on static text nobody has shown; here it does not.

    `ANY` and `$default` stand for the seven verbs of API Gateway, in capitals. Anything else is served by nothing:
    an assumption, and the safe one. A backend might take `delete` for `DELETE`, which has its own authorizer.
    """

    def __init__(self, routes: Sequence[HttpRoute]) -> None:
        self._default = next((route for route in routes if route.route_key == DEFAULT), None)
        paths = [(route.path, route) for route in routes if route.route_key != DEFAULT]
        self._candidates = sorted(paths, key=_specificity)
        # Nothing is more specific than a path without variables: the first one is at hand, whatever their number.
        self._static: dict[tuple[str, str], HttpMatch] = {}
        for verb in VERBS:
            for resource, route in self._candidates:
                if not resource.variables and route.verb in {verb, "ANY"}:
                    self._static.setdefault((verb, resource.shape.strip("/")), HttpMatch(route, {}))

    def match(self, verb: str, path: str) -> HttpMatch | None:
        """Return the route for a verb and a decoded path without the stage, or None.

        `/x/` is served by `/x`. Reports differ: aws-powertools/powertools-lambda-python#1552 saw that on AWS,
        others saw 404, and one a backend that was reached without the authorizer (InfoQ, June 2026).
        """
        if static := self._static.get((verb, path.strip("/"))):
            return static
        if verb not in VERBS:
            return None
        for resource, route in self._candidates:
            if route.verb in {verb, "ANY"}:
                parameters = resource.match(path)
                if parameters is not None:
                    return HttpMatch(route, parameters)
        return HttpMatch(self._default, {}) if self._default else None


def _specificity(candidate: tuple[ResourcePath, HttpRoute]) -> tuple[bool, tuple[int, ...], bool]:
    path, route = candidate
    return 2 in path.precedence, path.precedence, route.verb == "ANY"
