"""Authorization details in the two shapes they have: Authlete's API and OAuth messages. See RFC 9396 §2."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apigw_oauth.authserver import strict_json

_MAX_LENGTH = 8000
_LISTS = {"locations": "locations", "actions": "actions", "datatypes": "dataTypes", "privileges": "privileges"}
_TEXTS = {"type": "type", "identifier": "identifier"}
_API_NAMES = {**_TEXTS, **_LISTS}

Elements = tuple[dict[str, Any], ...]


class MalformedDetailsError(ValueError):
    """A value of `authorization_details` that is not an array of objects with a type."""


def parse(text: str) -> Elements:
    """Read the parameter of a request into the API's shape. Raises MalformedDetailsError."""
    try:
        value = strict_json.loads(text) if len(text) <= _MAX_LENGTH else None
    except ValueError:
        raise MalformedDetailsError from None
    if not isinstance(value, list) or not value:
        raise MalformedDetailsError
    return tuple(_element(item) for item in value)


def inline(elements: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write details as they stand in a JWT, a token response or an introspection response."""
    return [_inline(element) for element in elements]


def are_covered(asked: Sequence[Mapping[str, Any]], granted: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether each of these is among those that were granted."""
    known = inline(granted)
    return all(detail in known for detail in inline(asked))


def _element(item: object) -> dict[str, Any]:
    if not isinstance(item, dict) or not item.get("type"):
        raise MalformedDetailsError
    for name in _API_NAMES.keys() & item.keys():
        fits = _is_list(item[name]) if name in _LISTS else isinstance(item[name], str)
        if not fits:
            raise MalformedDetailsError
    element = {_API_NAMES[name]: value for name, value in item.items() if name in _API_NAMES}
    others = {name: value for name, value in item.items() if name not in _API_NAMES}
    return {**element, "otherFields": json.dumps(others)} if others else element


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _inline(element: Mapping[str, Any]) -> dict[str, Any]:
    names = {api_name: name for name, api_name in _API_NAMES.items()}
    stated = {names.get(name, name): value for name, value in element.items() if name != "otherFields" and value}
    return {**strict_json.loads_object(element.get("otherFields") or "{}"), **stated}
