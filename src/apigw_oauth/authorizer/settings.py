"""authorizer.json + environment → Settings: every mistake is found before the first request.

See docs/authorizer.md for the format; `apigw_oauth.project` writes it.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from apigw_oauth.authorizer import authorizer_context, events
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable

Refusals = Literal["static-401", "dynamic-401"]

FORMAT = 1
"""Of authorizer.json. A function and a file that were not made for each other do not start."""

_KEYS = frozenset({"format", "event", "cache", "refusals", "context", "routes", "verifiers"})
_LATER = ("ssm:", "secretsmanager:")


class Settings(NamedTuple):
    """What one authorizer needs to know."""

    event: str
    cache: CacheMode
    refusals: Refusals
    context: tuple[str, ...]
    routes: RouteTable
    verifiers: tuple[Mapping[str, Any], ...]
    """References resolved: these hold secrets."""

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
    cache = _one_of(content, "cache", get_args(CacheMode))
    _check_cache(event, cache)
    claims = _list(content, "context", str)
    authorizer_context.check_names(claims)
    verifiers = _list(content, "verifiers", dict)
    return Settings(
        event=event,
        cache=cache,
        refusals=_one_of(content, "refusals", get_args(Refusals)),
        context=tuple(claims),
        routes=RouteTable(_route(entry, index) for index, entry in enumerate(_list(content, "routes", dict))),
        verifiers=tuple(
            {key: _resolve(value, f"verifiers[{i}].{key}", environ, directory) for key, value in table.items()}
            for i, table in enumerate(verifiers)
        ),
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
    place = f"routes[{index}]"
    key, any_of = entry.get("route"), entry.get("any_of")
    kinds = entry.keys() - {"route"}
    if not isinstance(key, str) or len(kinds) != 1 or not kinds <= {"public", "closed", "any_of"}:
        raise SettingsError(f"{place}: must have route, and one of public, closed, any_of")
    if "any_of" not in entry and not any(value is True for value in entry.values()):
        raise SettingsError(f"{place}: public and closed must be true")
    if "public" in entry:
        return Route.parse(key, public=True)
    if "closed" in entry:
        return Route.closed(key)
    if not isinstance(any_of, list) or not all(_is_list_of_strings(required) for required in any_of):
        raise SettingsError(f"{place}.any_of: must be a list of lists of scopes")
    try:
        return Route.parse(key, any_of=any_of)
    except SettingsError as error:
        raise SettingsError(f"{place}: {error}") from None


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _resolve(value: Any, place: str, environ: Mapping[str, str], directory: str) -> Any:
    """Replace a reference by what it refers to, once: what comes out is never read as a reference again."""
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition(":")
    if kind == "env":
        found = environ.get(name)
        if not found:
            raise SettingsError(f"{place}: the environment variable {name} is not set, or empty")
        return found
    if kind == "file":
        return _read_reference(os.path.join(directory, name), place)
    if value.startswith(_LATER):
        raise SettingsError(f"{place}: {kind}: references are not supported yet; use env: or file:")
    return value


def _read_reference(path: str, place: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            found = file.read().strip()
    except (OSError, ValueError):
        raise SettingsError(f"{place}: the file {path} cannot be read") from None
    if not found:
        raise SettingsError(f"{place}: the file {path} is empty")
    return found
