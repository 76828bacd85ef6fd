"""authorizer.json + environment → Settings: every mistake is found before the first request.

See docs/authorizer.md for the format; `apigw_oauth.project` writes it.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer import api_address, authorizer_context, events, references
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable

Refusals = Literal["static-401", "dynamic-401"]

FORMAT = 1
"""Of authorizer.json. A function and a file that were not made for each other do not start."""

_KEYS = frozenset(
    {
        *("format", "event", "cache", "refusals", "context", "routes", "verifiers"),
        *("public_base_urls", "resource", "resource_metadata", "dpop", "on_decision"),
    }
)
_ROUTE_KEYS = frozenset(
    {"route", "public", "closed", "any_of", "acr_values", "max_age", "sender_constrained", "authorization_details"}
)


class Settings(NamedTuple):
    """What one authorizer needs to know."""

    event: str
    cache: CacheMode
    refusals: Refusals
    context: tuple[str, ...]
    routes: RouteTable
    verifiers: tuple[Mapping[str, Any], ...]
    """References to variables and files resolved: these hold secrets. What AWS keeps is a `references.Kept`."""
    public_base_urls: tuple[str, ...] = ()
    """The addresses by which clients know the API, the one of the deployed stage first."""
    resource: str | None = None
    """The identifier of the API as a resource. See RFC 8707."""
    resource_metadata: str | None = None
    """What challenges name. See RFC 9728 §5.1."""
    dpop: Mapping[str, Any] = MappingProxyType({})
    """How proofs are checked; see sender_constraint.py."""
    on_decision: str | None = None
    """FILE.py:FUNCTION that is told of each decision; see decision_hook.py."""

    def __repr__(self) -> str:
        """Name the settings without the verifiers, which hold secrets."""
        return f"Settings(event={self.event!r}, cache={self.cache!r})"


def read_file(path: str) -> Any:
    """Read authorizer.json. Raises SettingsError."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError):
        raise SettingsError(f"{path}: is not JSON") from None


def load(content: Any, *, environ: Mapping[str, str], directory: str) -> Settings:
    """Check the content of authorizer.json and resolve its references. Raises SettingsError.

    `directory` is where the paths of `file:` references begin.
    """
    if not isinstance(content, Mapping):
        raise SettingsError("the settings are not a JSON object")
    if content.get("format") != FORMAT:
        raise SettingsError(
            f"format: must be {FORMAT}; compile the project file with the same version of apigw-oauth"
        )
    for key in content:
        if key not in _KEYS:
            raise SettingsError(f"{key}: is not a key of the settings")
    event = _one_of(content, "event", tuple(known.name for known in events.FORMATS))
    cache = _one_of(content, "cache", ("route", "token", "off"))
    _check_cache(event, cache)
    claims = _list(content, "context", str)
    authorizer_context.check_names(claims)
    routes = RouteTable(_route(entry, index) for index, entry in enumerate(_list(content, "routes", dict)))
    _check_routes(routes, event, cache)
    listed = _list({"public_base_urls": [], **content}, "public_base_urls", str)
    base_urls = api_address.base_urls(listed, environ)
    return Settings(
        event=event,
        cache=cache,
        refusals=_one_of(content, "refusals", ("static-401", "dynamic-401")),
        context=tuple(claims),
        routes=routes,
        verifiers=tuple(
            {
                key: references.resolve(value, f"verifiers[{i}].{key}", environ=environ, directory=directory)
                for key, value in api_address.with_audience(table, f"verifiers[{i}].audience", base_urls).items()
            }
            for i, table in enumerate(_list(content, "verifiers", dict))
        ),
        public_base_urls=base_urls,
        resource=_address(content, "resource", base_urls),
        resource_metadata=_address(content, "resource_metadata", base_urls),
        dpop=_dpop(content),
        on_decision=_text(content, "on_decision"),
    )


def _check_cache(event: str, cache: CacheMode) -> None:
    if event == "token" and cache == "route":
        raise SettingsError("cache: a TOKEN event cannot have the route in its cache key; use token or off")
    if event == "websocket" and cache != "off":
        raise SettingsError("cache: WebSocket APIs keep no answers; use off")
    if cache == "token" and events.named(event).simple_response:
        raise SettingsError(
            "cache: API Gateway applies a simple response to every route that it keeps it for; use route or off,"
            " or answer with policies"
        )


def _check_routes(routes: RouteTable, event: str, cache: CacheMode) -> None:
    """Raise SettingsError where an answer could not look at what a route requires of each request."""
    for route in routes:
        if route.asks_each_time and cache != "off":
            raise SettingsError(f"cache: {route.key} has to be looked at for each request anew; use off")
        if route.sender_constrained and event == "token":
            raise SettingsError(f"event: {route.key} needs proof or certificate, which a TOKEN event has not")


def _text(content: Mapping[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is not None and (not isinstance(value, str) or not value.isascii() or not value.isprintable()):
        raise SettingsError(f"{key}: must be a text of printable ASCII characters")
    return value


def _address(content: Mapping[str, Any], key: str, base_urls: Sequence[str]) -> str | None:
    return api_address.absolute(_text(content, key), key, base_urls)


def _dpop(content: Mapping[str, Any]) -> Mapping[str, Any]:
    value = content.get("dpop", {})
    if not isinstance(value, dict):
        raise SettingsError("dpop: must be an object")
    return value


def _one_of(content: Mapping[str, Any], key: str, allowed: Sequence[str]) -> Any:
    value = content.get(key)
    if value not in allowed:
        raise SettingsError(f"{key}: {value!r} is not one of {', '.join(allowed)}")
    return value


def _list(content: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    value = content.get(key)
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise SettingsError(f"{key}: must be a list")
    return value


def _route(entry: Mapping[str, Any], index: int) -> Route:
    try:
        return _parse_route(entry)
    except SettingsError as error:
        raise SettingsError(f"routes[{index}]{error}") from None


def _parse_route(entry: Mapping[str, Any]) -> Route:
    key, kinds = entry.get("route"), entry.keys() & {"public", "closed", "any_of"}
    for name in entry:
        if name not in _ROUTE_KEYS:
            raise SettingsError(f".{name}: is not a key of a route")
    if not isinstance(key, str) or len(kinds) != 1:
        raise SettingsError(": must have route, and one of public, closed, any_of")
    if "any_of" not in entry:
        if entry.keys() != {"route", *kinds} or entry[next(iter(kinds))] is not True:
            raise SettingsError(": public and closed must be true, and stand alone")
        return Route.parse(key, public=True) if "public" in entry else Route.closed(key)
    any_of, max_age = entry["any_of"], entry.get("max_age")
    if not isinstance(any_of, list) or not all(_is_list_of_strings(required) for required in any_of):
        raise SettingsError(".any_of: must be a list of lists of scopes")
    if max_age is not None and (type(max_age) is not int or max_age < 0):
        raise SettingsError(".max_age: must be a whole number of seconds")
    if entry.get("sender_constrained", True) is not True:
        raise SettingsError(".sender_constrained: must be true, or absent")
    try:
        route = Route.parse(key, any_of=any_of)
    except SettingsError as error:
        raise SettingsError(f": {error}") from None
    return route._replace(
        acr_values=_texts(entry, "acr_values"),
        max_age=max_age,
        sender_constrained="sender_constrained" in entry,
        authorization_details=_texts(entry, "authorization_details"),
    )


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    if key not in entry:
        return ()
    value = entry[key]
    if not value or not _is_list_of_strings(value):
        raise SettingsError(f".{key}: must be a list of texts, and not empty")
    return tuple(value)


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
