"""What OpenAPI has and API Gateway does not take: it is changed, and told; or refused."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.templates import openapi
from apigw_oauth.project import load_project
from tests.deploy.templates import cases
from tests.deploy.templates.openapi.documents import document, made_of, operations, text


def test_a_newer_document_is_lowered_to_what_api_gateway_reads():
    pet = document("petstore")["components"]["schemas"]["NewPet2"]
    assert document("petstore")["openapi"] == "3.0.1"
    assert pet["maximum"] == 5
    assert "exclusiveMaximum" not in pet
    assert pet["properties"] == {
        "name": {"type": "string", "example": "Rex"},
        "kind": {"enum": ["dog"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
        "age": {},
        "tag": {"nullable": True},
        "anything": {},
    }
    (limit,) = operations("petstore")["GET /pets"]["parameters"]
    assert limit["schema"] == {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True}


@pytest.mark.parametrize(
    "note",
    [
        "components.schemas.New_Pet: is called NewPet2",
        "components.schemas.New_Pet.patternProperties: is left out",
        "paths./pets.get.parameters: filter[kind] is left out",
        "paths./pets.get.responses.4XX: stands for 400",
        "paths./pets.trace: is left out",
        "webhooks: is left out",
    ],
    ids=["model", "keyword", "parameter", "status", "method", "root"],
)
def test_what_is_not_as_in_the_document_is_told(note):
    assert f"#   {note}" in text("petstore")


def test_what_nobody_asks_for_is_told(tmp_path):
    (tmp_path / "apigw-oauth.toml").write_text(f'[api]\nopenapi = "openapi.yaml"\n{cases.VERIFIER}')
    (tmp_path / "openapi.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Mine, version: 2.0}\n"
        "paths: {/a: {get: {security: [{key: [], oauth: [a]}, {basic: []}]}}}\n"
        "components: {securitySchemes: {key: {type: apiKey, in: header, name: x-api-key},"
        " oauth: {type: oauth2, flows: {}}, basic: {type: http, scheme: basic}}}\n"
    )
    printed = openapi.render(draft(load_project(tmp_path), target=cases.TARGET, imported=True))
    told = "#   paths./a.get.security: nobody asks for {}, but for an access token"
    assert [line for line in printed.splitlines() if "nobody asks" in line] == [
        told.format("key"),
        told.format("basic"),
    ]
    assert "version: '2.0'" in printed


def test_nothing_in_the_document_goes_round_the_authorizer(tmp_path):
    made = made_of(
        tmp_path,
        "openapi: 3.0.3\npaths: {/a: {get: {x-amazon-apigateway-auth: {type: NONE}, x-amazon-apigateway-api: 1}}}\n",
    )
    assert made["paths"]["/a"]["get"]["security"] == [{"oauth": []}]
    assert [key for key in made["paths"]["/a"]["get"] if key.startswith("x-")] == [
        "x-amazon-apigateway-api",
        "x-amazon-apigateway-integration",
    ]


def test_nothing_is_told_where_nothing_is_changed():
    assert "Not as in the document" not in text("mydemoresource")


def test_references_to_other_files_are_refused(tmp_path):
    with pytest.raises(
        SettingsError, match=r"paths\./a\.get\.responses\.200\.\$ref: 'common\.yaml#/ok' is in another"
    ):
        made_of(tmp_path, 'openapi: 3.0.3\npaths: {/a: {get: {responses: {"200": {$ref: "common.yaml#/ok"}}}}}\n')


def test_a_document_that_is_nested_too_deeply_is_refused(tmp_path):
    deep = '{"a":' * 400 + "1" + "}" * 400
    with pytest.raises(SettingsError, match="nested too deeply"):
        made_of(tmp_path, f'{{"openapi": "3.0.3", "paths": {{"/a": {{"get": {{}}}}}}, "x-deep": {deep}}}')
