"""OpenAPI 3.1 → 3.0, which is the newest that API Gateway imports.

What 3.0 has no words for is left out, and told. See "Migrating from OpenAPI 3.0 to 3.1.0" of the OpenAPI
Initiative.
"""

from collections.abc import Callable, Mapping
from typing import Any

VERSION = "3.0.1"
"""The version that API Gateway's own exports name."""

Tell = Callable[[str], None]

_ROOT = ("jsonSchemaDialect", "webhooks")
_SCHEMA_ONLY = frozenset({
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$schema", "$vocabulary", "contains",
    "contentEncoding", "contentMediaType", "contentSchema", "dependentRequired", "dependentSchemas", "else", "if",
    "maxContains", "minContains", "patternProperties", "prefixItems", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip
"""Keywords of JSON Schema that 3.0 does not have."""
_SCHEMAS = ("allOf", "anyOf", "oneOf")
_SCHEMA = ("additionalProperties", "items", "not")


def lowered(document: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Return the document as 3.0; one that is 3.0 already as it is."""
    if str(document["openapi"]).startswith("3.0"):
        return dict(document)
    made = {key: value for key, value in document.items() if key not in _ROOT}
    made["openapi"] = VERSION
    for key in _ROOT:
        if key in document:
            tell(f"{key}: is left out")
    if isinstance(made.get("info"), Mapping):
        made["info"] = _info(made["info"], tell)
    made.setdefault("paths", {})
    return {
        key: _walked(value, key, tell) if key in {"paths", "components"} else value for key, value in made.items()
    }


def _info(info: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    made = dict(info)
    if made.pop("summary", None) is not None:
        tell("info.summary: is left out")
    if isinstance(made.get("license"), Mapping) and "identifier" in made["license"]:
        tell("info.license.identifier: is left out")
        made["license"] = {key: value for key, value in made["license"].items() if key != "identifier"}
    return made


def _walked(value: Any, place: str, tell: Tell) -> Any:
    """Go through everything but extensions and examples, and lower the schemas."""
    if isinstance(value, list):
        return [_walked(inside, f"{place}[{number}]", tell) for number, inside in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    made: dict[Any, Any] = {}
    for key, inside in value.items():
        where = f"{place}.{key}"
        if place == "components" and key == "pathItems":
            tell(f"{where}: is left out")
        elif place == "components" and key == "schemas" and isinstance(inside, Mapping):
            made[key] = {name: _schema(one, f"{where}.{name}", tell) for name, one in inside.items()}
        elif key == "schema":
            made[key] = _schema(inside, where, tell)
        elif key in {"example", "examples"} or (str(key).startswith("x-") and not place.endswith(".headers")):
            made[key] = inside
        else:
            made[key] = _walked(inside, where, tell)
    return made


def _schema(schema: Any, place: str, tell: Tell) -> Any:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    made: dict[Any, Any] = {}
    for key, value in schema.items():
        where = f"{place}.{key}"
        if key in _SCHEMA_ONLY:
            tell(f"{where}: is left out")
        elif key == "properties" and isinstance(value, Mapping):
            made[key] = {name: _schema(one, f"{where}.{name}", tell) for name, one in value.items()}
        elif key in _SCHEMAS and isinstance(value, list):
            made[key] = [_schema(one, f"{where}[{number}]", tell) for number, one in enumerate(value)]
        elif key in _SCHEMA and not (key == "additionalProperties" and isinstance(value, bool)):
            made[key] = _schema(value, where, tell)
        else:
            made[key] = value
    return _with_limits(_with_type(made, place, tell))


def _with_type(schema: dict[str, Any], place: str, tell: Tell) -> dict[str, Any]:
    """Lower `type: [string, "null"]`, `const` and `examples`."""
    types = schema.get("type")
    if isinstance(types, list | str) and "null" in (types if isinstance(types, list) else [types]):
        schema["nullable"] = True
    if isinstance(types, list):
        some = [one for one in types if one != "null"]
        if len(some) == 1:
            schema["type"] = some[0]
        else:
            del schema["type"]
            tell(f"{place}.type: is left out, since it has more than one")
    elif types == "null":
        del schema["type"]
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if isinstance(schema.get("examples"), list):
        examples = schema.pop("examples")
        if examples:
            schema.setdefault("example", examples[0])
    return schema


def _with_limits(schema: dict[str, Any]) -> dict[str, Any]:
    """Lower `exclusiveMinimum: 5`: there it is a limit, here a word about `minimum`."""
    for exclusive, limit, stricter in (
        ("exclusiveMinimum", "minimum", max),
        ("exclusiveMaximum", "maximum", min),
    ):
        value = schema.get(exclusive)
        if value is None or isinstance(value, bool):
            continue
        other = schema.get(limit)
        schema[limit] = value if other is None else stricter(value, other)
        if schema[limit] == value:
            schema[exclusive] = True
        else:
            del schema[exclusive]
    return schema
