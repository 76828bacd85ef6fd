"""The rules, read directly: which route serves a path, and whether a token may take it. And how AWS may read a path."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

Table = Mapping[str, tuple[frozenset[str], ...]]
"""What each route requires, by its key: one of these sets of scopes; an empty tuple: nothing, it is public."""

_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def serve(table: Table, verb: str, parts: list[str]) -> str | None:
    """Return the key of the route: the most specific template that has the verb, or ANY."""
    fitting = [(kinds_of(key), key.startswith("ANY "), key) for key in table if takes(key, verb, parts)]
    return min(fitting)[2] if fitting else None


def takes(key: str, verb: str, parts: list[str]) -> bool:
    """Say whether a route would serve the path, if there were no other."""
    return key.partition(" ")[0] in {verb, "ANY"} and _fits(segments_of(key), kinds_of(key), parts)


def segments_of(key: str) -> list[str]:
    template = key.partition(" ")[2]
    return template[1:].split("/") if template != "/" else []


def kinds_of(key: str) -> list[int]:
    return [0 if not s.startswith("{") else 2 if s.endswith("+}") else 1 for s in segments_of(key)]


def _fits(segments: list[str], kinds: list[int], parts: list[str]) -> bool:
    if kinds[-1:] == [2]:
        if len(parts) < len(segments) or not any(parts[len(segments) - 1 :]):
            return False
    elif len(parts) != len(segments):
        return False
    return all(
        part == segment if kind == 0 else bool(part) or kind == 2
        for segment, kind, part in zip(segments, kinds, parts, strict=False)
    )


def may(table: Table, granted: frozenset[str], route: str | None) -> bool:
    """Say whether a token with these scopes may take the route."""
    return route is not None and (not table[route] or any(required <= granted for required in table[route]))


class Reading(NamedTuple):
    """One way in which AWS may read the path that a client sends."""

    routing: Callable[[str], list[str]]
    """The parts by which the route is chosen."""
    arn: Callable[[str], str]
    """The path as the method ARN has it."""


def decoded(path: str) -> str:
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), path)


def letters_decoded(path: str) -> str:
    """Decode what need not have been encoded."""

    def decode(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if _UNRESERVED.fullmatch(character) else match[0]

    return _ENCODED.sub(decode, path)


def trimmed(path: str) -> list[str]:
    """Without slashes at the ends, as the local gateway does."""
    inner = path.strip("/")
    return inner.split("/") if inner else []


def _as_it_is(path: str) -> list[str]:
    return path[1:].split("/") if path != "/" else []


def _without_empty(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


READINGS = {
    "raw": Reading(trimmed, str),
    "raw, slashes stay": Reading(_as_it_is, str),
    "raw, slashes vanish in routing": Reading(_without_empty, str),
    "raw, slashes vanish in both": Reading(_without_empty, lambda path: "/" + "/".join(_without_empty(path))),
    "decoded": Reading(lambda path: trimmed(decoded(path)), decoded),
    "decoded, slashes vanish in routing": Reading(lambda path: _without_empty(decoded(path)), decoded),
    "decoded in routing": Reading(lambda path: trimmed(decoded(path)), str),
    "decoded in routing, slashes vanish there": Reading(lambda path: _without_empty(decoded(path)), str),
    "letters decoded in routing": Reading(lambda path: trimmed(letters_decoded(path)), str),
    "letters decoded in the ARN": Reading(trimmed, letters_decoded),
}
"""Under each of these an answer for a whole stage must be safe.

Under the last one only for paths that are served alike when they are decoded: `/pets/m%69ne`, served by `/pets/{id}`,
would have the ARN of `/pets/mine`, so that no policy could tell them apart. `check` reports tables where it matters.
"""
