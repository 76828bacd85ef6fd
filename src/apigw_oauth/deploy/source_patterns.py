"""For which requests a function may be invoked, as the permission of a Lambda function has it.

What comes after the ARN of the API: `*/GET/pets/*` are GETs of `/pets/{id}` in any stage. See "Control access for
invoking an API" in the API Gateway developer guide.
"""

from collections.abc import Iterable

from apigw_oauth.authorizer.route import parse_path, to_pattern
from apigw_oauth.deploy.blueprint import Backend, Blueprint, Route, ToFunction, ToNobody

_MOST = 25
"""Permissions of one function: they share its policy of 20 KB, and one has up to 700 bytes."""
_ALL = ("*",)


def of_backend(blueprint: Blueprint, backend: Backend) -> tuple[str, ...]:
    """Return the patterns of the routes that a function answers."""
    return _patterns(
        one
        for one in blueprint.routes
        if isinstance(one.integration, ToFunction) and one.integration.backend == backend
    )


def of_static_responses(blueprint: Blueprint) -> tuple[str, ...]:
    """Return the patterns of the routes that nobody answers, where API Gateway has no mock for them."""
    return _patterns(one for one in blueprint.routes if isinstance(one.integration, ToNobody))


def _patterns(routes: Iterable[Route]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(f"*/{_pattern(one)}" for one in routes))
    return found if len(found) <= _MOST else _ALL


def _pattern(route: Route) -> str:
    if not route.method:
        return route.path
    verb = "*" if route.method == "ANY" else route.method
    return f"{verb}/{to_pattern(parse_path(route.path))}"
