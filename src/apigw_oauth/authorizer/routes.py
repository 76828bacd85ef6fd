"""RouteTable: which route a request takes, and what it requires."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InsufficientScopeError, SettingsError
from apigw_oauth.authorizer.path_readings import readings
from apigw_oauth.authorizer.pattern_spill import spills
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request

VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""What `ANY` stands for. See "Method" in the API Gateway REST API reference."""

MAX_PATH_LENGTH = 300
"""Characters of a path template: a policy resource has 512, and the ARN before the path takes up to 200."""

# RFC 3986 path characters without what IAM reads in a resource: "*", "?", and "$" of a policy variable.
_LITERAL = re.compile(r"[A-Za-z0-9._~!&'()+,=:@-]+")
_PARAMETER = re.compile(r"\{[A-Za-z0-9._-]+\}")
_NAME = re.compile(r"\{([^}+]*)")
_GREEDY = re.compile(r"\{[A-Za-z0-9._-]+\+\}")

ONE_SEGMENT, REST_OF_PATH = "{}", "{+}"


def parse_path(template: str) -> tuple[str, ...]:
    """Split a path template into segments; `{name}` becomes ONE_SEGMENT, `{name+}` REST_OF_PATH.

    Raises SettingsError.
    """
    if not template.startswith("/"):
        raise SettingsError(f"the path {template!r} must begin with a slash")
    if len(template) > MAX_PATH_LENGTH:
        raise SettingsError(f"the path {template[:40]!r}… is longer than {MAX_PATH_LENGTH} characters")
    segments = tuple(_parse_segment(part, template) for part in template[1:].split("/")) if template != "/" else ()
    names = _NAME.findall(template)
    if len(names) != len(set(names)):
        raise SettingsError(f"the path {template!r} has two variables of one name")
    if REST_OF_PATH in segments[:-1]:
        raise SettingsError(f"in the path {template!r}, {{name+}} must come last")
    return segments


def _parse_segment(text: str, template: str) -> str:
    if _LITERAL.fullmatch(text):
        return text
    if _PARAMETER.fullmatch(text):
        return ONE_SEGMENT
    if _GREEDY.fullmatch(text):
        return REST_OF_PATH
    if not text:
        raise SettingsError(f"the path {template!r} has an empty segment (a doubled or a trailing slash)")
    raise SettingsError(
        f"in the path {template!r}, {text!r} is neither a plain segment nor {{name}} nor {{name+}}"
    )


def to_pattern(segments: tuple[str, ...]) -> str:
    """Print the segments of a path as a policy resource has them, without the first slash: `pets/*`."""
    return "/".join("*" if segment in {ONE_SEGMENT, REST_OF_PATH} else segment for segment in segments)


class Route(NamedTuple):
    """A method and a path template, and what a token needs for them."""

    key: str
    """As people write it: `GET /pets/{id}`."""
    method: str
    """A verb, or `ANY`: every verb that has no route of its own on the same path."""
    segments: tuple[str, ...]
    public: bool
    any_of: tuple[frozenset[str], ...]
    """A token must have all scopes of one of these sets. An empty set: any valid token. No set: nobody."""

    @classmethod
    def closed(cls, key: str) -> "Route":
        """Make a route that is known, and open to nobody. Raises SettingsError."""
        return cls.parse(key)._replace(any_of=())

    @classmethod
    def parse(cls, key: str, *, any_of: Iterable[Iterable[str]] = ((),), public: bool = False) -> "Route":
        """Make a route of `METHOD /path` and the sets of scopes of which one is needed. Raises SettingsError."""
        method, _, template = key.partition(" ")
        if key.startswith("$"):
            raise SettingsError(f"{key!r} is a route of HTTP and WebSocket APIs, which are not supported yet")
        if method != "ANY" and method not in VERBS:
            raise SettingsError(f"{key!r} must be METHOD /path, with one of the methods {', '.join(VERBS)} or ANY")
        required = tuple(dict.fromkeys(map(frozenset, any_of)))
        if not required:
            raise SettingsError(f"{key}: any_of must have at least one set of scopes")
        for scope in sorted(frozenset[str]().union(*required)):
            if not scopes.is_scope(scope):
                raise SettingsError(
                    f"{key}: {scope!r} is not a scope (printable ASCII without space, quote, backslash)"
                )
        return cls(key, method, parse_path(template), public, required)

    @property
    def pattern(self) -> str:
        """The path as a policy resource has it, without its first slash: `pets/*`."""
        return to_pattern(self.segments)

    def is_open_to(self, granted: frozenset[str]) -> bool:
        """Say whether a valid token with these scopes may take the route."""
        return self.public or any(required <= granted for required in self.any_of)

    def require(self, token: AccessToken) -> None:
        """Raise InsufficientScopeError unless the route is open to the token.

        It names the alternative that the token is nearest to.
        """
        if self.is_open_to(token.scopes):
            return
        if not self.any_of:
            raise InsufficientScopeError(
                "The route is open to nobody.", required_scopes=frozenset(), reason=Reason.CLOSED_ROUTE
            )
        nearest = min(self.any_of, key=lambda required: len(required - token.scopes))
        raise InsufficientScopeError(
            f"The access token lacks the scope {scopes.to_wire(nearest - token.scopes)}.",
            required_scopes=nearest,
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
        return _descend(self._tree, parts.split("/") if parts else [], 0, method)

    def serving(self, request: Request) -> tuple[Route, ...]:
        """Return the routes that the request may take; empty if it may be one that is not in the table.

        Where the event names the resource it is one route. Where it does not (TOKEN), it is a route for every
        way in which API Gateway may have read the path, and the request needs them all to be open.
        """
        if request.resource is not None:
            route = self._of_resource(request.method, request.resource)
            return (route,) if route else ()
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

    def _of_resource(self, method: str, resource: str) -> Route | None:
        try:
            methods = self._by_path.get(parse_path(resource), {})
        except SettingsError:
            return None
        return _serving(methods, method)


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
