"""RouteTable: all routes of a stage, and which of them a request takes."""

from collections.abc import Iterable, Iterator, Mapping

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.path_readings import readings
from apigw_oauth.authorizer.path_tree import PathTree
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import CONNECT, MAX_PATH_LENGTH, VERBS, WHOLE_PATH, Route, parse_key

_MOST_KNOWN = 1000


class RouteTable:
    """All routes of a stage. What is not in it is refused."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_path: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            methods = self._by_path.setdefault(route.segments, {})
            if route.method in methods:
                raise SettingsError(f"{route.key} and {methods[route.method].key} are one route")
            methods[route.method] = route
        paths = {segments: methods for segments, methods in self._by_path.items() if segments != (WHOLE_PATH,)}
        self._tree = PathTree(paths)
        self._default = self._by_path.get((WHOLE_PATH,), {})
        self._serving: dict[tuple[str | None, str, str], tuple[Route, ...]] = {}

    def __iter__(self) -> Iterator[Route]:
        return (route for methods in self._by_path.values() for route in methods.values())

    def match(self, method: str, path: str) -> Route | None:
        """Find the route of a method and an undecoded path: static over `{name}` over `{name+}`, method over ANY.

        A trailing slash is ignored and so is a doubled first one, as REST APIs do.
        """
        if method not in VERBS:
            return None
        trimmed = path.removeprefix("/").removeprefix("/").removesuffix("/")
        found = self._tree.find(trimmed.split("/") if trimmed else (), lambda methods: _of(methods, method))
        return found or _of(self._default, method)

    def serving(self, request: Request) -> tuple[Route, ...]:
        """Return the routes that the request may take; empty if it may be one that is not in the table.

        Where the event names the route it is that one. Where it does not (TOKEN), it is a route for every
        way in which API Gateway may have read the path, and the request needs them all to be open.
        """
        # What an event says of the route is the same in many: looked up in 0.2 µs, found out in 5.
        key = request.route_key
        told = key, request.path if key is None else "", request.method
        known = self._serving.get(told)
        if known is not None:
            return known
        found = self._serving_path(request) if key is None else self._serving_key(key, request.method)
        if len(told[1] if key is None else key) <= MAX_PATH_LENGTH:
            if len(self._serving) >= _MOST_KNOWN:
                self._serving.clear()
            self._serving[told] = found
        return found

    def _serving_key(self, key: str, method: str) -> tuple[Route, ...]:
        route = self._by_key(key)
        return (route,) if route and method in self.verbs(route) else ()

    def _serving_path(self, request: Request) -> tuple[Route, ...]:
        path = request.path
        if "%" not in path and "//" not in path and path[-1:] != "/":  # which reads in one way
            route = self.match(request.method, path)
            return (route,) if route else ()
        taken = [self.match(request.method, path) for path in readings(request.path)]
        if None in taken:
            return ()
        # If API Gateway took a trailing slash for a segment, only `{name+}` would match it.
        parts = request.path[1:].split("/")
        taken.append(self._tree.find(parts, lambda methods: _of(methods, request.method)))
        return tuple({route.key: route for route in taken if route}.values())

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

    def _by_key(self, key: str) -> Route | None:
        try:
            method, segments = parse_key(key)
        except SettingsError:
            return None
        return _of(self._by_path.get(segments, {}), method)


def _of(methods: Mapping[str, Route], method: str) -> Route | None:
    return methods.get(method) or methods.get("ANY")
