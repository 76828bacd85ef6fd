"""Tables of routes in a few shapes, of any size, and a token that opens most of them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable

READ, WRITE, ADMIN = "read", "write", "admin"
GRANTED = frozenset({READ, WRITE})
"""The scopes of the token: all routes are open to it but those of every tenth resource."""

_CLOSED = 10


class Shape(NamedTuple):
    """The routes of one resource, and a path of the resource number 0."""

    routes: Callable[[int], tuple[str, ...]]
    path: str


def _flat(number: int) -> tuple[str, ...]:
    collection, item = f"/res{number}", f"/res{number}/{{id}}"
    return (f"GET {collection}", f"POST {collection}", f"GET {item}", f"PUT {item}", f"DELETE {item}")


def _nested(number: int) -> tuple[str, ...]:
    collection, item = f"/t{number}/{{a}}/sub", f"/t{number}/{{a}}/sub/{{b}}"
    return (f"GET {collection}", f"POST {collection}", f"GET {item}", f"PUT {item}", f"DELETE {item}")


def _tenant(number: int) -> tuple[str, ...]:
    return (f"GET /{{tenant}}/r{number}", f"PUT /{{tenant}}/r{number}")


SHAPES: Mapping[str, Shape] = {
    "flat": Shape(_flat, "/res0/7"),
    "nested": Shape(_nested, "/t0/x/sub/7"),
    "tenant": Shape(_tenant, "/acme/r0"),
}
"""`/res{i}` and `/res{i}/{id}` · `/t{i}/{a}/sub` and `/t{i}/{a}/sub/{b}` · `/{tenant}/r{i}`."""


def routes_of(shape: str, size: int) -> list[dict[str, object]]:
    """Return that many routes, as authorizer.json has them."""
    per_resource = len(SHAPES[shape].routes(0))
    found: list[dict[str, object]] = []
    for number in range(-(-size // per_resource)):
        for key in SHAPES[shape].routes(number):
            scope = ADMIN if number % _CLOSED == _CLOSED - 1 else READ if key.startswith("GET ") else WRITE
            found.append({"route": key, "any_of": [[scope]]})
    return found[:size]


def parsed(routes: list[dict[str, object]]) -> tuple[Route, ...]:
    """Return them as a route table takes them."""
    return tuple(Route.parse(str(one["route"]), any_of=one["any_of"]) for one in routes)  # type: ignore[arg-type]


def deep(depth: int) -> RouteTable:
    """Return a table of two templates at each depth, one with text and one with variables."""
    parts = [("a", f"{{x{level}}}") for level in range(depth)]
    keys = (
        f"GET /{'/'.join(part[kind] for part in parts[: level + 1])}" for level in range(depth) for kind in (0, 1)
    )
    return RouteTable(map(Route.parse, keys))
