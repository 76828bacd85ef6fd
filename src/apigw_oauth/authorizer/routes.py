"""RouteTable: all routes of a stage, and which of them a request takes."""

from collections.abc import Iterable, Iterator, Mapping

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.path_readings import readings
from apigw_oauth.authorizer.pattern_spill import spills
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import (
    CONNECT,
    ONE_SEGMENT,
    REST_OF_PATH,
    VERBS,
    WHOLE_PATH,
    Route,
    parse_key,
)


class RouteTable:
    """All routes of a stage. What is not in it is refused."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_path: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            methods = self._by_path.setdefault(route.segments, {})
            if route.method in methods:
                raise SettingsError(f"{route.key} and {methods[route.method].key} are one route")
            methods[route.method] = route
        self._tree = _tree(self._by_path)

    def __iter__(self) -> Iterator[Route]:
        return (route for methods in self._by_path.values() for route in methods.values())

    def match(self, method: str, path: str) -> Route | None:
        """Find the route of a method and an undecoded path: static over `{name}` over `{name+}`, method over ANY.

        A trailing slash is ignored and so is a doubled first one, as REST APIs do.
        """
        parts = path.removeprefix("/").removeprefix("/").removesuffix("/")
        found = _descend(self._tree, parts.split("/") if parts else [], 0, method)
        return found or _serving(self._by_path.get((WHOLE_PATH,), {}), method)

    def serving(self, request: Request) -> tuple[Route, ...]:
        """Return the routes that the request may take; empty if it may be one that is not in the table.

        Where the event names the route it is that one. Where it does not (TOKEN), it is a route for every
        way in which API Gateway may have read the path, and the request needs them all to be open.
        """
        if request.route_key is not None:
            route = self._by_key(request.route_key)
            return (route,) if route and request.method in self.verbs(route) else ()
        found = [self.match(request.method, path) for path in readings(request.path)]
        if None in found:
            return ()
        # If API Gateway took a trailing slash for a segment, only `{name+}` would match it.
        found.append(_descend(self._tree, request.path[1:].split("/"), 0, request.method))
        return tuple(dict.fromkeys(route for route in found if route))

    def verbs(self, route: Route) -> tuple[str, ...]:
        """Return the verbs that a route serves: its own, or for ANY those without a route on the same path."""
        if route.method != "ANY":
            return (route.method,)
        return tuple(verb for verb in VERBS if verb not in self._by_path[route.segments])

    def patterns(self, route: Route) -> tuple[str, ...]:
        """Print a route as policy resources, once for each verb: a `*` in its place would match slashes too."""
        if route.method == CONNECT:
            return (CONNECT,)
        return tuple(f"{verb}/{route.pattern}" for verb in self.verbs(route))

    def some_pattern_spills(self) -> bool:
        """Say whether a policy that allows one route as a pattern would let a request through to another one.

        IAM's `*` crosses slashes and matches the empty string. See "Pattern matching" in the IAM User Guide.
        """
        return any(
            spills(one.segments, other.segments)
            for one in self
            if one.pattern.find("*") >= 0
            for other in self
            if other is not one and not set(self.verbs(one)).isdisjoint(self.verbs(other))
        )

    def _by_key(self, key: str) -> Route | None:
        try:
            method, segments = parse_key(key)
        except SettingsError:
            return None
        methods = self._by_path.get(segments, {})
        return methods.get(method) or methods.get("ANY")


class _Node:
    __slots__ = ("children", "methods")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.methods: Mapping[str, Route] = {}


def _tree(by_path: Mapping[tuple[str, ...], Mapping[str, Route]]) -> _Node:
    root = _Node()
    for segments, methods in by_path.items():
        node = root
        for segment in segments:
            node = node.children.setdefault(segment, _Node())
        node.methods = methods
    return root


def _descend(node: _Node, parts: list[str], depth: int, method: str) -> Route | None:
    if depth == len(parts):
        return _serving(node.methods, method)
    part = parts[depth]
    # "{}" and "{+}" are names of children that no literal part may reach.
    static = node.children.get(part) if not part.startswith("{") else None
    one_segment = node.children.get(ONE_SEGMENT) if part else None
    for child in (static, one_segment):
        route = _descend(child, parts, depth + 1, method) if child else None
        if route is not None:
            return route
    greedy = node.children.get(REST_OF_PATH) if part else None
    return _serving(greedy.methods, method) if greedy else None


def _serving(methods: Mapping[str, Route], method: str) -> Route | None:
    return methods.get(method) or methods.get("ANY") if method in VERBS else None
