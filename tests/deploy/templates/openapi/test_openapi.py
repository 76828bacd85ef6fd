"""The OpenAPI document that API Gateway imports: the user's, with all that it has to know."""

import json

import pytest
import yaml
from openapi_spec_validator import validate

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.templates import openapi
from apigw_oauth.project import load_project
from tests.deploy.templates import cases
from tests.deploy.templates.openapi.documents import ANY, INTEGRATION, NAMES, document, made_of, operations, text


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


def test_websocket_apis_and_the_authorizer_alone_are_no_openapi_document():
    with pytest.raises(SettingsError, match="does not describe WebSocket APIs; use cloudformation or terraform"):
        openapi.render(cases.blueprint("websocket"))
    with pytest.raises(SettingsError, match="use it without --authorizer-only"):
        openapi.render(cases.blueprint("token", "authorizer"))


def test_an_authorizer_may_be_asked_about_every_request():
    plan = cases.blueprint("dpop", imported=True)
    made = yaml.safe_load(openapi.render(plan._replace(authorizer=plan.authorizer._replace(identity_sources=()))))
    scheme = made["components"]["securitySchemes"]["oauth"]
    assert scheme["name"] == "Unused"
    assert "identitySource" not in scheme["x-amazon-apigateway-authorizer"]
