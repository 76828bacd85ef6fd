"""The route of a project that is shown as an example: what to type, and what the walkthrough calls."""

import re
from typing import NamedTuple

from apigw_oauth.authorizer.route import CONNECT, DEFAULT, VERBS, Route
from apigw_oauth.project import Project

_VARIABLE = re.compile(r"\{[^}]*\}")
_SAMPLES = ("x", "1", "a1", "zz9")


class ExampleRoute(NamedTuple):
    """A request to make; of the handshake of a WebSocket API, without a path."""

    path: str
    scope: str
    """Space-separated; empty if none is required."""
    method: str = "GET"
    public: bool = False
    header: str = "Authorization"


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
    if not usable:
        return None
    if (chosen := choose(project)) is not None:
        return chosen._replace(header=_token_header(project))
    route = min(usable, key=lambda route: (route.public, route.method not in {"GET", "ANY", CONNECT}))
    method, path = _request_to(route, project)
    scopes = frozenset[str]() if route.public else min(route.any_of, key=len)
    return ExampleRoute(path, " ".join(sorted(scopes)), method, route.public, _token_header(project))


def _request_to(route: Route, project: Project) -> tuple[str, str]:
    """Return method and path of a request that takes the route, and not one with a plainer path."""
    if route.key == CONNECT:
        return "GET", ""
    template = "/{rest+}" if route.key == DEFAULT else route.key.partition(" ")[2]
    paths = [_VARIABLE.sub(sample, template) for sample in _SAMPLES]
    others = {one.route.key for one in project.routes} - {route.key}
    requests = [
        (verb, path)
        for path in (["/", *paths] if route.key == DEFAULT else paths)
        for verb in (("GET", *VERBS) if route.method == "ANY" else (route.method,))
    ]
    return next(
        ((verb, path) for verb, path in requests if others.isdisjoint({f"{verb} {path}", f"ANY {path}"})),
        requests[0],
    )


def _token_header(project: Project) -> str:
    """Return the header in which clients send the token: a TOKEN authorizer of a REST API may name another."""
    definition = project.authorizer_definition()
    if project.file.api.type != "rest" or definition.type != "TOKEN":
        return "Authorization"
    return definition.identity_sources[0].removeprefix("method.request.header.")
