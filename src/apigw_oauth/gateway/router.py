"""Which method of a REST API serves a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from apigw_oauth.gateway.api import VERBS, Method
from apigw_oauth.gateway.identifiers import identifier
from apigw_oauth.gateway.resource_path import ResourcePath


@dataclass(frozen=True, slots=True)
class Match:
    """The method that serves a request, and the values of its path variables, undecoded.

    `route` is the method as people write it: `GET /pets/{id}`.
    """

    method: Method
    path_parameters: dict[str, str]
    resource_id: str
    route: str


class Router:
    """Picks the most specific resource that has a method for the verb.

    Part for part, static text comes before `{name}`, and `{name}` before `{name+}`; on one resource the verb
    itself comes before `ANY`. A resource without a method for the verb does not end the search: API Gateway goes
    on to the next resource that matches the path. Measured on AWS by others: floci-io/floci#3399 and
    ministackorg/ministack#1423.

    `ANY` stands for the seven verbs that a method can have, in capitals. Anything else is served by nothing: an
    assumption, and the safe one. A backend might take `delete` for `DELETE`, which has a method and an authorizer
    of its own.
    """

    def __init__(self, methods: Sequence[Method], *, api_id: str) -> None:
        paths = [(ResourcePath.parse(method.resource_path), method) for method in methods]
        paths.sort(key=lambda pair: (pair[0].precedence, pair[1].http_method == "ANY"))
        candidates = [
            (path, Match(method, {}, resource_id(api_id, path), f"{method.http_method} {method.resource_path}"))
            for path, method in paths
        ]
        self._candidates = {
            verb: [one for one in candidates if one[1].method.http_method in {verb, "ANY"}] for verb in VERBS
        }
        # Nothing is more specific than a path without variables: the first one is at hand, whatever their number.
        self._static: dict[tuple[str, str], Match] = {}
        for verb, of_verb in self._candidates.items():
            for path, match in of_verb:
                if not path.variables:
                    self._static.setdefault((verb, path.shape.strip("/")), match)

    def match(self, verb: str, path: str) -> Match | None:
        """Return the method for a verb and a raw, undecoded path without the stage, or None."""
        if static := self._static.get((verb, path.strip("/"))):
            return static
        for resource, match in self._candidates.get(verb, ()):
            parameters = resource.match(path)
            if parameters is not None:
                return Match(match.method, parameters, match.resource_id, match.route)
        return None


def resource_id(api_id: str, path: ResourcePath) -> str:
    """Return the identifier of a resource: six characters, the same in every run."""
    return identifier(f"{api_id}{path.shape}", 6)
