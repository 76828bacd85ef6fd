"""OpenAPI 3.1 → 3.0."""

from typing import Any

import pytest

from apigw_oauth.deploy.templates.openapi.openapi_3_0 import lowered


def schema(given: Any) -> tuple[Any, list[str]]:
    """What becomes of a schema, and what is told about it."""
    told: list[str] = []
    document = {"openapi": "3.1.0", "components": {"schemas": {"A": given}}}
    return lowered(document, told.append)["components"]["schemas"]["A"], told


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": "null"}, {"nullable": True}),
        ({"const": 5}, {"enum": [5]}),
        ({"examples": ["a", "b"]}, {"example": "a"}),
        ({"examples": []}, {}),
        ({"examples": ["a"], "example": "c"}, {"example": "c"}),
        ({"exclusiveMinimum": 5}, {"minimum": 5, "exclusiveMinimum": True}),
        ({"exclusiveMinimum": 5, "minimum": 7}, {"minimum": 7}),
        ({"exclusiveMaximum": 5, "maximum": 7}, {"maximum": 5, "exclusiveMaximum": True}),
        ({"exclusiveMaximum": False, "maximum": 7}, {"maximum": 7, "exclusiveMaximum": False}),
        ({"$ref": "#/components/schemas/B", "description": "B"}, {"$ref": "#/components/schemas/B"}),
        ({"items": True, "additionalProperties": False}, {"items": {}, "additionalProperties": False}),
        ({"not": False}, {"not": {"not": {}}}),
        ({"anyOf": [{"const": 1}, {"type": "string"}]}, {"anyOf": [{"enum": [1]}, {"type": "string"}]}),
        ({"properties": {"const": {"const": 1}}}, {"properties": {"const": {"enum": [1]}}}),
    ],
    ids=str,
)
def test_a_schema_means_the_same_in_other_words(given, made):
    assert schema(given) == (made, [])


@pytest.mark.parametrize(
    ("given", "made", "told"),
    [
        (
            {"type": ["string", "integer"]},
            {},
            "components.schemas.A.type: is left out, since it has more than one",
        ),
        ({"if": {}}, {}, "components.schemas.A.if: is left out"),
        ({"items": {"$defs": {}}}, {"items": {}}, "components.schemas.A.items.$defs: is left out"),
    ],
    ids=["types", "keyword", "inside"],
)
def test_what_has_no_other_words_is_left_out_and_told(given, made, told):
    assert schema(given) == (made, [told])


def test_schemas_are_found_wherever_they_stand():
    used = {"schema": {"const": 1}}
    document = {
        "openapi": "3.1.0",
        "info": {},
        "paths": {
            "/a": {
                "get": {
                    "parameters": [{"name": "q", "in": "query", **used}],
                    "responses": {"200": {"content": {"text/plain": used}, "headers": {"x-of-mine": used}}},
                    "x-mine": used,
                }
            }
        },
        "components": {"pathItems": {}, "examples": {"schema": used}},
    }
    told: list[str] = []
    made = lowered(document, told.append)
    get = made["paths"]["/a"]["get"]
    other = {"schema": {"enum": [1]}}
    assert get["parameters"] == [{"name": "q", "in": "query", **other}]
    assert get["responses"]["200"] == {"content": {"text/plain": other}, "headers": {"x-of-mine": other}}
    assert get["x-mine"] == used
    assert made["components"] == {"examples": {"schema": used}}
    assert told == ["components.pathItems: is left out"]


def test_a_document_of_3_0_is_not_touched():
    document = {"openapi": "3.0.3", "webhooks": {}}
    assert lowered(document, pytest.fail) == document
