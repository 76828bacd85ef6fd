"""The route of a project that is shown as an example: what to type, and what the walkthrough calls."""

from typing import NamedTuple

from apigw_oauth.authorizer.route import CONNECT
from apigw_oauth.project import Project


class ExampleRoute(NamedTuple):
    """A GET route without parameters that requires scopes; or the handshake of a WebSocket API, without a path."""

    path: str
    scope: str
    """Space-separated."""


def choose(project: Project) -> ExampleRoute | None:
    """Return the walkthrough's own route if the project has it, else the first that fits, else None."""
    fitting = [
        ExampleRoute(one.route.key.partition(" ")[2], " ".join(sorted(one.route.any_of[0])))
        for one in project.routes
        if one.route.method in {"GET", CONNECT} and "*" not in one.route.pattern and all(one.route.any_of)
        if one.route.any_of and not one.route.public
    ]
    return min(fitting, key=lambda route: route.path != "/mydemoresource", default=None)
