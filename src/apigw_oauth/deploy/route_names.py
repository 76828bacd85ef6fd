"""Names for paths and routes, of letters and digits alone: `/pets/{id}` is `PetsById`.

A name depends on its path alone, so that another route changes nothing of what is deployed for this one; two paths
never have one name.
"""

import hashlib
import re

from apigw_oauth.deploy.blueprint import Route

_WORD = re.compile(r"[a-z][a-z0-9]*")
_VARIABLE = re.compile(r"\{([a-z][a-z0-9]*)(\+?)\}")
_KEYS = frozenset({"$connect", "$disconnect", "$default"})
_TAKEN = frozenset({"any", "by", "root"})
"""Words that would look like what stands for a variable, or for the path that has no segment."""


def path_name(path: str) -> str:
    """Return the name of a path. What is not in plain lower-case words gets a few digits of its own."""
    segments = path.strip("/").split("/") if path != "/" else []
    if not segments:
        return "Root"
    words = [_word(segment) for segment in segments]
    if None not in words:
        return "".join(word for word in words if word is not None)
    return _legible(path)


def route_name(route: Route) -> str:
    """Return the name of a route: `GetPetsById`; of one without a path, `OnConnect` or that of its key."""
    if route.method:
        return route.method.capitalize() + path_name(route.path)
    if route.path in _KEYS:
        return f"On{route.path.removeprefix('$').capitalize()}"
    return _word(route.path) or _legible(route.path)


def _word(segment: str) -> str | None:
    """Return the word for one segment, if it has one that no other segment has."""
    if _WORD.fullmatch(segment) and segment not in _TAKEN:
        return segment.capitalize()
    variable = _VARIABLE.fullmatch(segment)
    if variable is None:
        return None
    return ("Any" if variable[2] else "By") + variable[1].capitalize()


def _legible(text: str) -> str:
    """Return what can be read of a text, and digits that no other text has."""
    words = "".join(part[0].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", text))
    return words[:60] + hashlib.sha256(text.encode()).hexdigest()[:8]
