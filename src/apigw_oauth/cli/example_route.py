"""The route of a project that is shown as an example: what to type, and what the walkthrough calls."""

import re
from typing import NamedTuple

from apigw_oauth.authorizer.route import CONNECT, DEFAULT, Route
from apigw_oauth.project import Project

_VARIABLE = re.compile(r"\{[^}]*\}")


class ExampleRoute(NamedTuple):
    """A request to make; of the handshake of a WebSocket API, without a path."""

    path: str
    scope: str
    """Space-separated; empty if none is required."""
    method: str = "GET"
    public: bool = False


def choose(project: Project) -> ExampleRoute | None:
    """Return a GET route without variables that requires scopes, the walkthrough's own if it is there; or None."""
    fitting = [
        ExampleRoute(one.route.key.partition(" ")[2], " ".join(sorted(one.route.any_of[0])))
        for one in project.routes
        if one.route.method in {"GET", CONNECT} and "*" not in one.route.pattern and all(one.route.any_of)
        if one.route.any_of and not one.route.public
    ]
    return min(fitting, key=lambda route: route.path != "/mydemoresource", default=None)


def to_type(project: Project) -> ExampleRoute | None:
    """Return a request to show to people: one for the walkthrough, else any that can be let through."""
    usable = [one.route for one in project.routes if one.route.public or one.route.any_of]
    if (chosen := choose(project)) is not None or not usable:
        return chosen
    route = min(usable, key=lambda route: (route.public, route.method not in {"GET", "ANY", CONNECT}))
    method = "GET" if route.method in {"ANY", CONNECT} else route.method
    scopes = frozenset[str]() if route.public else min(route.any_of, key=len)
    return ExampleRoute(_path_of(route), " ".join(sorted(scopes)), method, route.public)


def _path_of(route: Route) -> str:
    if route.key in {CONNECT, DEFAULT}:
        return "" if route.key == CONNECT else "/"
    return _VARIABLE.sub("x", route.key.partition(" ")[2])
