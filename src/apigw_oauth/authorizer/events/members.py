"""The members that several events have alike: texts, objects, headers.

Null, absent and, for objects, empty mean the same: API Gateway writes all three.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth.authorizer.errors import UnknownEventError

_MOST_PLACES, _LONGEST_NAMES = 64, 2000
_places: dict[tuple[str, ...], dict[str, int]] = {}
"""Where headers stand, by the names of all of them: each in lower case, and its number."""


def text(where: Mapping[str, Any], key: str) -> str:
    """Return a member that must be a string. Raises UnknownEventError."""
    value = where.get(key)
    if not isinstance(value, str):
        raise UnknownEventError(f"{key} of the event is not a string")
    return value


def mapping(where: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a member that is an object, an empty one if it is null or absent. Raises UnknownEventError."""
    value = where.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnknownEventError(f"{key} of the event is not an object")
    return value


def require_equal(where: Mapping[str, Any], key: str, expected: str) -> None:
    """Raise UnknownEventError if a member says something else than another one; it may be null or absent."""
    if where.get(key) not in (None, expected):
        raise UnknownEventError(f"{key} of the event contradicts another member of it")


def headers(event: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Gather every value of every header by its lower-case name, whatever casing it came in.

    `headers` has the last value of each, or all of them joined; `multiValueHeaders`, where there is one, has all:
    where the two disagree, both are kept, so that the token is found to be one of several. Raises
    UnknownEventError.
    """
    several, single = event.get("multiValueHeaders"), event.get("headers")
    if type(several) is not dict:
        several = mapping(event, "multiValueHeaders")
    if type(single) is not dict:
        single = mapping(event, "headers")
    names, values = (*single,), [*single.values()]
    # Nearly always each has one value, the same in both of the two. That is seen by loops of C, in 5 µs for the 20
    # headers of a request; to gather them takes 25. What is not a string can be neither joined nor made lower.
    try:
        "".join(values)
        places = _places.get(names) or _places_of(names)
        is_plain = len(places) == len(names)
        if is_plain and several:
            is_plain = (*several,) == names and [*several.values()] == [[value] for value in values]
        if is_plain:
            return _OneOfEach(places, values)
    except TypeError:  # no string: what is wrong with it is said below
        pass
    return _gathered(several, single)


class _OneOfEach(Mapping[str, tuple[str, ...]]):
    """Headers that have one value each. Few of them are ever looked at: to make a dict of all takes 3 µs more."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: list[str]) -> None:
        """`places` are those of the values, by name."""
        self._places = places
        self._values = values

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return (self._values[self._places[name]],)

    def get(self, name: str, default: Any = None) -> Any:
        place = self._places.get(name)
        return default if place is None else (self._values[place],)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _places_of(names: tuple[str, ...]) -> dict[str, int]:
    """Return where the names stand, in lower case; remembered, since the same clients send the same (3 µs)."""
    places = dict(zip(map(str.lower, names), range(len(names)), strict=True))
    if sum(map(len, names)) <= _LONGEST_NAMES:
        if len(_places) >= _MOST_PLACES:
            _places.clear()
        _places[names] = places
    return places


def _gathered(several: Mapping[str, Any], single: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for name, values in several.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise UnknownEventError("a member of multiValueHeaders is not a list of strings")
        gathered.setdefault(name.lower(), []).extend(values)
    for name, value in single.items():
        if not isinstance(value, str):
            raise UnknownEventError("a member of headers is not a string")
        known = gathered.setdefault(name.lower(), [])
        if value not in known:
            known.append(value)
    return {name: tuple(values) for name, values in gathered.items()}


def client_certificate(holder: Mapping[str, Any]) -> str | None:
    """Return the PEM text of `clientCert`, which is there with mutual TLS only. Raises UnknownEventError.

    `holder` is `identity` of the request context, in payload format 2.0 `authentication`. No header is looked at:
    whoever may send one may send any.
    """
    certificate = mapping(holder, "clientCert")
    return text(certificate, "clientCertPem") if certificate.get("clientCertPem") is not None else None


def below_stage(path: str, stage: str) -> str:
    """Return what is left of an HTTP API's path without its stage, which `$default` does not show."""
    prefix = f"/{stage}"
    shown = stage != "$default" and (path == prefix or path.startswith(f"{prefix}/"))
    return path.removeprefix(prefix) if shown else path
