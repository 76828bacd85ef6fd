"""Tables of routes in a few shapes, of any size, and a token that opens most of them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypedDict

from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable

READ, WRITE, ADMIN = "read", "write", "admin"
GRANTED = frozenset({READ, WRITE})
"""The scopes of the token: all routes are open to it but those of every tenth resource."""

_CLOSED = 10


class Entry(TypedDict):
    """A route, as authorizer.json has it."""

    route: str
    any_of: list[list[str]]


class Shape(NamedTuple):
    """The routes of one resource; of the resource number 0 a template for GET, and a path of it."""

    routes: Callable[[int], tuple[str, ...]]
    template: str
    path: str


def _flat(number: int) -> tuple[str, ...]:
    collection, item = f"/res{number}", f"/res{number}/{{id}}"
    return (f"GET {collection}", f"POST {collection}", f"GET {item}", f"PUT {item}", f"DELETE {item}")


def _nested(number: int) -> tuple[str, ...]:
    collection, item = f"/t{number}/{{a}}/sub", f"/t{number}/{{a}}/sub/{{b}}"
    return (f"GET {collection}", f"POST {collection}", f"GET {item}", f"PUT {item}", f"DELETE {item}")


def _tenant(number: int) -> tuple[str, ...]:
    return (f"GET /{{tenant}}/r{number}", f"PUT /{{tenant}}/r{number}")


def _areas(number: int) -> tuple[str, ...]:
    area = number % _CLOSED  # the last one of which is closed as a whole
    return (f"GET /area{area}/r{number}/{{id}}", f"PUT /area{area}/r{number}/{{id}}")


SHAPES: Mapping[str, Shape] = {
    "flat": Shape(_flat, "/res0/{id}", "/res0/7"),
    "nested": Shape(_nested, "/t0/{a}/sub/{b}", "/t0/x/sub/7"),
    "tenant": Shape(_tenant, "/{tenant}/r0", "/acme/r0"),
    "areas": Shape(_areas, "/area0/r0/{id}", "/area0/r0/7"),
}
"""`/res{i}` and `/res{i}/{id}` · `/t{i}/{a}/sub` and `/t{i}/{a}/sub/{b}` · `/{tenant}/r{i}` ·
`/area{a}/r{i}/{id}`, where an area is open or closed as a whole."""


def routes_of(shape: str, size: int) -> list[Entry]:
    """Return that many routes, the number 0 first."""
    per_resource = len(SHAPES[shape].routes(0))
    found: list[Entry] = []
    for number in range(-(-size // per_resource)):
        for key in SHAPES[shape].routes(number):
            scope = ADMIN if number % _CLOSED == _CLOSED - 1 else READ if key.startswith("GET ") else WRITE
            found.append(Entry(route=key, any_of=[[scope]]))
    return found[:size]


def parsed(routes: list[Entry]) -> list[Route]:
    """Return them as a route table takes them."""
    return [Route.parse(one["route"], any_of=one["any_of"]) for one in routes]


def deep(depth: int) -> RouteTable:
    """Return a table of templates of that depth: text at every level, or a variable from some level on."""
    return RouteTable(
        Route.parse(f"GET {'/a' * text}{''.join(f'/{{x{level}}}' for level in range(text, depth))}")
        for text in range(depth + 1)
    )
