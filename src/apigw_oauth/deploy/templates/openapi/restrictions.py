"""What the import of a REST API refuses or drops, though OpenAPI has it.

See "Amazon API Gateway important notes for REST APIs" in its developer guide.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError

Tell = Callable[[str], None]

_SCHEMAS = "#/components/schemas/"
_PARAMETER = re.compile(r"[A-Za-z0-9._$-]+")
_UNSUPPORTED = ("discriminator", "exclusiveMaximum", "exclusiveMinimum", "example", "readOnly")
"""Keywords of schemas that models do not have: API Gateway ignores them."""


def refuse_other_files(value: Any, place: str = "") -> None:
    """Raise SettingsError for a reference that leaves the document: API Gateway follows none."""
    for where, key, inside in _members(value, place):
        if key == "$ref" and isinstance(inside, str) and not inside.startswith("#"):
            raise SettingsError(
                f"{where}: {inside!r} is in another file, which API Gateway does not read; bundle the document"
                " into one file"
            )


def obeyed(document: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Return the document as a REST API may be imported from it."""
    renamed = _new_names(document)
    for old, new in renamed.items():
        tell(f"components.schemas.{old}: is called {new}, since models have letters and digits alone")
    made: dict[str, Any] = _renamed(document, {_SCHEMAS + old: _SCHEMAS + new for old, new in renamed.items()})
    schemas = _mapping(_mapping(made.get("components")).get("schemas"))
    if renamed:
        named = {renamed.get(name, name): schema for name, schema in schemas.items()}
        made["components"] = {**made["components"], "schemas": named}
    ignored = sorted({key for _, key, _ in _members(schemas, "") if key in _UNSUPPORTED})
    if ignored:
        tell(f"components.schemas: {', '.join(ignored)} is there, and ignored by API Gateway")
    made["paths"] = {
        path: _item(item, f"paths.{path}", tell) for path, item in _mapping(document_paths(made)).items()
    }
    return made


def document_paths(document: Mapping[str, Any]) -> Any:
    """Return the paths of a document; it may have none."""
    return document.get("paths") or {}


def _new_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Return new names of models whose names have more than letters and digits."""
    names = list(_mapping(_mapping(document.get("components")).get("schemas")))
    taken = {name for name in names if name.isascii() and name.isalnum()}
    renamed: dict[str, str] = {}
    for name in names:
        if name in taken and name not in renamed.values():
            continue
        plain = re.sub("[^A-Za-z0-9]", "", name) or "Model"
        new, number = plain, 2
        while new in taken:
            new, number = f"{plain}{number}", number + 1
        taken.add(new)
        renamed[name] = new
    return renamed


def _renamed(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(inside, references) for key, inside in value.items()}
    if isinstance(value, list):
        return [_renamed(inside, references) for inside in value]
    return references.get(value, value) if isinstance(value, str) else value


def _item(item: Any, place: str, tell: Tell) -> Any:
    if not isinstance(item, Mapping):
        return item
    made = {key: _operation(value, f"{place}.{key}", tell) for key, value in item.items()}
    return _without_odd_parameters(made, place, tell)


def _operation(operation: Any, place: str, tell: Tell) -> Any:
    if not isinstance(operation, Mapping):
        return operation
    made = _without_odd_parameters(dict(operation), place, tell)
    responses = made.get("responses")
    if isinstance(responses, Mapping):
        made["responses"] = _with_statuses(responses, place, tell)
    return made


def _without_odd_parameters(made: dict[str, Any], place: str, tell: Tell) -> dict[str, Any]:
    """Leave out parameters whose names API Gateway has no words for; a proxy integration passes them on anyway."""
    parameters = made.get("parameters")
    if not isinstance(parameters, list):
        return made
    kept = []
    for one in parameters:
        name = one.get("name") if isinstance(one, Mapping) else None
        if isinstance(name, str) and _PARAMETER.fullmatch(name) is None:
            tell(f"{place}.parameters: {name} is left out; only letters, digits, ., _, $ and - are allowed")
        else:
            kept.append(one)
    return {**made, "parameters": kept}


def _with_statuses(responses: Mapping[Any, Any], place: str, tell: Tell) -> dict[Any, Any]:
    """Name a status where the document has a class of them, such as 4XX."""
    made: dict[Any, Any] = {}
    for status, response in responses.items():
        told = str(status)
        if re.fullmatch("[1-5]XX", told, re.IGNORECASE):
            tell(f"{place}.responses.{told}: stands for {told[0]}00, since methods have statuses alone")
            if f"{told[0]}00" not in map(str, responses):
                made[f"{told[0]}00"] = response
        else:
            made[status] = response
    return made


def _members(value: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Return every member of every object, with its place, but for what stands in extensions."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            where = f"{place}.{key}" if place else str(key)
            yield where, key, inside
            if not str(key).startswith("x-"):
                yield from _members(inside, where)
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _members(inside, f"{place}[{number}]")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
