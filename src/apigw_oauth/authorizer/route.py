"""Route: a method and a path template, and what a token needs for them."""

from collections.abc import Iterable
from typing import NamedTuple

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InsufficientScopeError, SettingsError
from apigw_oauth.authorizer.reason import Reason

VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""What `ANY` stands for. See "Method" in the API Gateway REST API reference."""

MAX_PATH_LENGTH = 300
"""Characters of a path template: a policy resource has 512, and the ARN before the path takes up to 200."""

# RFC 3986 path characters without what IAM reads in a resource: "*", "?", and "$" of a policy variable.
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
_LITERAL = _NAME + "~!&'()+,=:@"

ONE_SEGMENT, REST_OF_PATH, WHOLE_PATH = "{}", "{+}", "{*}"
"""Of a path template: `{name}`, `{name+}`, and the whole path of `$default`, which may be empty."""

CONNECT, DEFAULT = "$connect", "$default"
"""Routes that are not METHOD /path: a WebSocket API's handshake, and what serves the rest of an HTTP API."""

_WILD = frozenset({ONE_SEGMENT, REST_OF_PATH, WHOLE_PATH})


def parse_path(template: str) -> tuple[str, ...]:
    """Split a path template into segments; `{name}` becomes ONE_SEGMENT, `{name+}` REST_OF_PATH.

    Raises SettingsError.
    """
    if not template.startswith("/"):
        raise SettingsError(f"the path {template!r} must begin with a slash")
    if len(template) > MAX_PATH_LENGTH:
        raise SettingsError(f"the path {template[:40]!r}… is longer than {MAX_PATH_LENGTH} characters")
    segments = tuple(_parse_segment(part, template) for part in template[1:].split("/")) if template != "/" else ()
    names = [part.strip("{+}") for part in template.split("/") if part.startswith("{")]
    if len(names) != len(set(names)):
        raise SettingsError(f"the path {template!r} has two variables of one name")
    if REST_OF_PATH in segments[:-1]:
        raise SettingsError(f"in the path {template!r}, {{name+}} must come last")
    return segments


def _parse_segment(text: str, template: str) -> str:
    if text and not text.strip(_LITERAL):
        return text
    if text.startswith("{") and text.endswith("}"):
        name = text[1:-1].removesuffix("+")
        if name and not name.strip(_NAME):
            return REST_OF_PATH if text.endswith("+}") else ONE_SEGMENT
    if not text:
        raise SettingsError(f"the path {template!r} has an empty segment (a doubled or a trailing slash)")
    raise SettingsError(
        f"in the path {template!r}, {text!r} is neither a plain segment nor {{name}} nor {{name+}}"
    )


def to_pattern(segments: tuple[str, ...]) -> str:
    """Print the segments of a path as a policy resource has them, without the first slash: `pets/*`."""
    return "/".join("*" if segment in _WILD else segment for segment in segments)


def parse_key(key: str) -> tuple[str, tuple[str, ...]]:
    """Split a route key into method (or `ANY`, or `$connect`) and segments. Raises SettingsError."""
    if key == CONNECT:
        return CONNECT, ()
    if key == DEFAULT:
        return "ANY", (WHOLE_PATH,)
    method, _, template = key.partition(" ")
    if method != "ANY" and method not in VERBS:
        raise SettingsError(f"{key!r} must be METHOD /path, with one of the methods {', '.join(VERBS)} or ANY")
    return method, parse_path(template)


class Route(NamedTuple):
    """A method and a path template, and what a token needs for them."""

    key: str
    """As people write it: `GET /pets/{id}`, `$default`, `$connect`."""
    method: str
    """A verb; or `ANY`: every verb that has no route of its own on the same path; or `$connect`."""
    segments: tuple[str, ...]
    public: bool
    any_of: tuple[frozenset[str], ...]
    """A token must have all scopes of one of these sets. An empty set: any valid token. No set: nobody."""
    acr_values: tuple[str, ...] = ()
    """The user must have authenticated in one of these ways; in order of preference. See RFC 9470."""
    max_age: int | None = None
    """Seconds since the user authenticated, at most."""
    sender_constrained: bool = False
    """Whether a token must be bound to a key or certificate of its sender. See RFC 9449 and RFC 8705."""
    authorization_details: tuple[str, ...] = ()
    """The token must have details of each of these types. See RFC 9396."""

    @classmethod
    def closed(cls, key: str) -> "Route":
        """Make a route that is known, and open to nobody. Raises SettingsError."""
        return cls.parse(key)._replace(any_of=())

    @classmethod
    def parse(cls, key: str, *, any_of: Iterable[Iterable[str]] = ((),), public: bool = False) -> "Route":
        """Make a route of its key and the sets of scopes of which one is needed. Raises SettingsError."""
        method, segments = parse_key(key)
        required = tuple(dict.fromkeys(map(frozenset, any_of)))
        if not required:
            raise SettingsError(f"{key}: any_of must have at least one set of scopes")
        for scope in sorted(frozenset[str]().union(*required)):
            if not scopes.is_scope(scope):
                raise SettingsError(
                    f"{key}: {scope!r} is not a scope (printable ASCII without space, quote, backslash)"
                )
        return cls(key, method, segments, public, required)

    @property
    def pattern(self) -> str:
        """The path as a policy resource has it, without its first slash: `pets/*`."""
        return to_pattern(self.segments)

    def is_open_to(self, granted: frozenset[str]) -> bool:
        """Say whether a valid token with these scopes may take the route."""
        if self.public:
            return True
        for required in self.any_of:  # noqa: SIM110 - `any` of a generator takes five times as long, 0.5 µs
            if required <= granted:
                return True
        return False

    @property
    def asks_each_time(self) -> bool:
        """Whether an answer must not be kept for another request: it depends on more than token and route."""
        return bool(
            self.acr_values or self.max_age is not None or self.sender_constrained or self.authorization_details
        )

    def require(self, token: AccessToken) -> None:
        """Raise InsufficientScopeError unless the token has the scopes that the route requires.

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
