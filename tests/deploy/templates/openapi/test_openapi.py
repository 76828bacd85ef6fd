"""The OpenAPI document that API Gateway imports: the user's, with all that it has to know."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.templates import openapi
from apigw_oauth.project import load_project
from tests.deploy.templates import cases

NAMES = ("mydemoresource", "httpapi", "token", "dpop", "edges", "petstore")
INTEGRATION = "x-amazon-apigateway-integration"
ANY = "x-amazon-apigateway-any-method"
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:authorizer"


@cache
def text(name: str) -> str:
    return openapi.render(cases.blueprint(name, imported=True))


@cache
def document(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(text(name))
    return read


def operations(name: str) -> dict[str, dict[str, Any]]:
    return {
        f"{'ANY' if verb == ANY else verb.upper()} {path}": operation
        for path, item in document(name)["paths"].items()
        for verb, operation in item.items()
        if verb in {ANY, "get", "post", "put", "patch", "delete", "head", "options"}
    }


def made_of(directory: Path, content: str, *, kind: str = "rest") -> dict[str, Any]:
    """What is made of a document of the user."""
    (directory / "apigw-oauth.toml").write_text(
        f'[api]\nname = "mine"\ntype = "{kind}"\nopenapi = "openapi.yaml"\n{cases.VERIFIER}'
    )
    (directory / "openapi.yaml").write_text(content)
    read: dict[str, Any] = yaml.safe_load(
        openapi.render(draft(load_project(directory), target=cases.TARGET, imported=True))
    )
    return read


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_what_it_was(name):
    assert text(name) == cases.golden(f"openapi/{name}.yaml", text(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_valid(name):
    # What is greedy is API Gateway's own notation: a variable without its plus elsewhere.
    validate(yaml.safe_load(text(name).replace("{proxy+}", "{proxy}")))


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_says_whether_the_authorizer_is_asked(name):
    routes = {
        route.key if route.method else f"ANY /{route.path}": route.authorized
        for route in cases.blueprint(name, imported=True).routes
    }
    told = {key: operation["security"] == [{"oauth": []}] for key, operation in operations(name).items()}
    # The document calls the variable of one path by another name.
    assert told == {key.replace("{petId}", "{id}"): authorized for key, authorized in routes.items()}
    assert all(operation["security"] in ([], [{"oauth": []}]) for operation in operations(name).values())
    assert "security" not in document(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_answered(name):
    assert all(operation[INTEGRATION]["type"] for operation in operations(name).values())


def test_the_authorizer_is_the_one_of_the_project():
    scheme = document("mydemoresource")["components"]["securitySchemes"]["oauth"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Unused")
    assert scheme["x-amazon-apigateway-authtype"] == "custom"
    assert scheme["x-amazon-apigateway-authorizer"] == {
        "type": "request",
        "authorizerUri": "arn:${Partition}:apigateway:${Region}:lambda:path/2015-03-31/functions/"
        "${AuthorizerFunctionArn}/invocations",
        "authorizerResultTtlInSeconds": 60,
        "identitySource": "method.request.header.Authorization, context.resourceId, context.httpMethod",
    }


def test_a_token_authorizer_has_its_header_and_its_expression():
    scheme = document("token")["components"]["securitySchemes"]["oauth"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert (scheme["name"], authorizer["type"]) == ("Authorization", "token")
    assert authorizer["identityValidationExpression"] == "^Bearer [-0-9a-zA-Z._~+/]+=*$"


def test_the_authorizer_of_an_http_api_has_its_payload_format():
    scheme = document("httpapi")["components"]["securitySchemes"]["oauth"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert (authorizer["authorizerPayloadFormatVersion"], authorizer["enableSimpleResponses"]) == ("2.0", True)
    assert authorizer["identitySource"] == "$request.header.Authorization, $context.routeKey"
    assert document("httpapi")["x-amazon-apigateway-importexport-version"] == "1.0"


def test_what_the_document_says_of_scopes_stays_for_people_to_read(tmp_path):
    """Put back in its place, it requires what the project's own document does."""
    made = json.loads(json.dumps(document("petstore")).replace('"x-oauth-security"', '"security"'))
    components = made["components"]
    components["securitySchemes"] |= components.pop("x-oauth-security-schemes")
    (tmp_path / "apigw-oauth.toml").write_text(f'[api]\nname = "p"\nopenapi = "openapi.json"\n{cases.VERIFIER}')
    (tmp_path / "openapi.json").write_text(json.dumps(made))
    again = {one.route.key: one.route.any_of for one in load_project(tmp_path).routes if one.route.any_of}
    ours = {
        one.route.key.replace("{petId}", "{id}"): one.route.any_of
        for one in cases.project("petstore").routes
        if not one.route.public
    }
    overridden = "POST /pets"
    assert {**again, overridden: None} == {**ours, overridden: None}
    assert len(again[overridden]) == 2


def test_integrations_of_the_document_stay_as_they_are():
    integration = operations("petstore")["GET /pets"][INTEGRATION]
    assert integration["type"] == "aws_proxy"
    # Theirs is a placeholder, too; what API Gateway fills itself is none.
    assert integration["uri"].startswith("arn:aws:apigateway:$${AWS::Region}:")
    assert "${ListPetsArn}" in integration["uri"]


def test_integrations_of_the_project_come_before_those_of_the_document():
    assert "${FunctionsPayBackendArn}" in operations("petstore")["POST /pets"][INTEGRATION]["uri"]


def test_path_variables_go_on_to_the_server_under_the_name_that_the_document_has():
    operation = operations("petstore")["GET /pets/{id}"]
    assert operation[INTEGRATION]["uri"] == "https://pets.example.com/{id}"
    assert operation[INTEGRATION]["requestParameters"] == {"integration.request.path.id": "method.request.path.id"}
    greedy = operations("token")["GET /files/{proxy+}"]
    assert [parameter["name"] for parameter in greedy["parameters"]] == ["proxy"]
    assert greedy[INTEGRATION]["uri"] == "https://files.example.com/{proxy}"


def test_gateway_responses_of_the_project_lie_over_those_of_the_document():
    responses = document("petstore")["x-amazon-apigateway-gateway-responses"]
    assert responses["THROTTLED"] == {
        "responseTemplates": {"application/json": '{"message": "slow down"}'},
        "responseParameters": {"gatewayresponse.header.Retry-After": "'5'"},
    }
    challenge = responses["UNAUTHORIZED"]["responseParameters"]["gatewayresponse.header.WWW-Authenticate"]
    assert 'resource_metadata="${BaseUrl}/.well-known/oauth-protected-resource"' in challenge
    assert document("dpop")["x-amazon-apigateway-gateway-responses"]["ACCESS_DENIED"]["statusCode"] == "401"


def test_browsers_get_answers_without_a_token():
    preflight = operations("petstore")["OPTIONS /pets"]
    assert preflight["security"] == []
    sent = preflight[INTEGRATION]["responses"]["default"]["responseParameters"]
    assert sent["method.response.header.Access-Control-Allow-Origin"] == "'*'"
    assert {f"method.response.header.{name}" for name in preflight["responses"]["200"]["headers"]} == set(sent)
    assert document("edges")["x-amazon-apigateway-cors"]["allowOrigins"] == ["*"]


def test_certificates_close_the_address_that_asks_for_none():
    (server,) = document("dpop")["servers"]
    assert server["x-amazon-apigateway-endpoint-configuration"] == {"disableExecuteApiEndpoint": True}
    assert document("petstore")["servers"] == [{"url": "https://pets.example.com"}]


def test_what_serves_the_rest_of_an_http_api_is_marked():
    assert document("edges")["paths"]["/$default"][ANY]["isDefaultRoute"] is True


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


def test_nothing_is_told_where_nothing_is_changed():
    assert "Not as in the document" not in text("mydemoresource")


def test_a_document_of_3_0_comes_through_as_it_is(tmp_path):
    said = """
openapi: 3.0.3
info: {title: Mine, version: 7.0.0, x-mine: {b: 1, a: 2}}
tags: [{name: z}, {name: a}]
x-other: {keep: [1, 2]}
paths:
  /z: {get: {operationId: last, security: [{oauth: [z]}], responses: {"200": {description: Z}}}}
  /a: {summary: A, get: {security: [{oauth: [a]}], responses: {default: {description: A}}}}
components:
  securitySchemes: {oauth: {type: openIdConnect, openIdConnectUrl: "https://as.example.com"}}
"""
    made, before = made_of(tmp_path, said), yaml.safe_load(said)
    assert list(made["paths"]) == ["/z", "/a"]
    for key in ("openapi", "info", "tags", "x-other"):
        assert made[key] == before[key]
    kept = {key: value for key, value in made["paths"]["/z"]["get"].items() if not key.startswith("x-")}
    assert kept == {**before["paths"]["/z"]["get"], "security": [{"oauth": []}]}
    assert made["components"]["x-oauth-security-schemes"] == before["components"]["securitySchemes"]


def test_a_scheme_that_has_the_name_keeps_it(tmp_path):
    made = made_of(
        tmp_path,
        "openapi: 3.0.3\npaths: {/a: {get: {}}}\n"
        "components: {securitySchemes: {oauth: {type: apiKey, in: header, name: x-api-key}}}\n",
    )
    assert set(made["components"]["securitySchemes"]) == {"oauth", "oauth-authorizer"}
    assert made["paths"]["/a"]["get"]["security"] == [{"oauth-authorizer": []}]


def test_a_mock_in_the_document_of_an_http_api_is_answered_by_a_function(tmp_path):
    made = made_of(
        tmp_path,
        "openapi: 3.0.3\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n",
        kind="http",
    )
    assert "${StaticResponsesFunctionArn}" in made["paths"]["/a"]["get"][INTEGRATION]["uri"]


def test_references_to_other_files_are_refused(tmp_path):
    with pytest.raises(
        SettingsError, match=r"paths\./a\.get\.responses\.200\.\$ref: 'common\.yaml#/ok' is in another"
    ):
        made_of(tmp_path, 'openapi: 3.0.3\npaths: {/a: {get: {responses: {"200": {$ref: "common.yaml#/ok"}}}}}\n')


def test_a_document_that_is_nested_too_deeply_is_refused(tmp_path):
    deep = '{"a":' * 400 + "1" + "}" * 400
    with pytest.raises(SettingsError, match="nested too deeply"):
        made_of(tmp_path, f'{{"openapi": "3.0.3", "paths": {{"/a": {{"get": {{}}}}}}, "x-deep": {deep}}}')


def test_websocket_apis_and_the_authorizer_alone_are_no_openapi_document():
    with pytest.raises(SettingsError, match="does not describe WebSocket APIs; use cloudformation or terraform"):
        openapi.render(cases.blueprint("websocket"))
    with pytest.raises(SettingsError, match="use it without --authorizer-only"):
        openapi.render(cases.blueprint("token", "authorizer"))


def test_values_take_the_place_of_placeholders():
    values = {
        "AuthorizerFunctionArn": ARN,
        "FunctionsPayBackendArn": f"{ARN}-pay",
        "ListPetsArn": f"{ARN}-list",
        "BaseUrl": "https://pets.example.com",
    }
    filled = openapi.render(cases.blueprint("petstore", imported=True), values)
    made = yaml.safe_load(filled)
    # Where it is, is told by the ARN; and nothing is escaped any more.
    assert made["components"]["securitySchemes"]["oauth"]["x-amazon-apigateway-authorizer"]["authorizerUri"] == (
        f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations"
    )
    assert made["info"]["description"] == "Buy a pet.\nIt costs ${price}, or %{less}.\n"
    assert "arn:aws:apigateway:${AWS::Region}:" in filled
    assert "Values to be filled in" not in filled


def test_some_values_leave_a_template():
    some = openapi.render(cases.blueprint("petstore", imported=True), {"BaseUrl": "https://x.example.com/${odd}"})
    assert "https://x.example.com/$${odd}/.well-known/oauth-protected-resource" in some
    assert "#   AuthorizerFunctionArn " in some
    assert "#   BaseUrl" not in some


def test_a_value_that_nothing_asks_for_is_a_mistake():
    with pytest.raises(
        SettingsError, match="there is no placeholder 'Nme' in the document; there is: Partition, Re"
    ):
        openapi.render(cases.blueprint("token", imported=True), {"Nme": "x"})


@pytest.mark.parametrize("name", NAMES)
def test_as_a_template_of_terraform_it_has_placeholders_and_nothing_else(name):
    found = re.findall(r"(?<![$%])[$%]\{[^}]*\}", text(name))
    assert {one[2:-1] for one in found} == set(re.findall(r"^#   (\w+)  +\S", text(name), re.MULTILINE))
