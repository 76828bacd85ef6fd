"""What is deployed for a project."""

import json
from pathlib import Path

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.blueprint import Backend, Blueprint, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import load_project

TARGET = Target("3.13", "arm64")
PROJECT = """
[api]
name = "pets"
[routes]
"GET /health" = { public = true, integration = { mock = '{"status":"ok"}' } }
"GET /pets" = { scopes = ["read"], integration = { lambda = "functions.py:list_pets" } }
"ANY /pets/{id}" = { scopes = ["read"], integration = { http = "https://pets.example.com/{id}" } }
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_id = "env:CLIENT_ID"
client_secret = "secretsmanager:prod/as#secret"
"""


def drafted(directory: Path, content: str = PROJECT, **options: object) -> Blueprint:
    (directory / "apigw-oauth.toml").write_text(content)
    (directory / "functions.py").write_text("def list_pets(event, context): ...\n")
    return draft(load_project(directory), target=TARGET, **options)  # type: ignore[arg-type]  # options of draft


def test_every_route_has_its_integration(tmp_path):
    routes = {route.key: route for route in drafted(tmp_path).routes}
    assert routes["GET /health"].integration == ToNobody('{"status":"ok"}')
    assert routes["GET /pets"].integration == ToFunction(Backend("FunctionsListPets", "functions.list_pets"))
    assert routes["ANY /pets/{id}"].integration == ToHttp("https://pets.example.com/{id}")


def test_the_authorizer_is_asked_about_every_route_that_is_not_public(tmp_path):
    assert [route.key for route in drafted(tmp_path).routes if not route.authorized] == ["GET /health"]


def test_a_function_behind_several_routes_is_deployed_once(tmp_path):
    again = PROJECT.replace(
        "[[verifiers]]",
        '"PUT /pets" = { scopes = [], integration = { lambda = "functions.py:list_pets" } }\n[[verifiers]]',
    )
    assert [one.handler for one in drafted(tmp_path, again).backends] == ["functions.list_pets"]


def test_a_variable_that_a_reference_names_is_asked_for(tmp_path):
    (parameter,) = drafted(tmp_path).parameters
    assert (parameter.name, parameter.variable, parameter.secret) == ("ClientId", "CLIENT_ID", False)


def test_a_secret_in_a_variable_is_asked_for_as_a_secret(tmp_path):
    inside = PROJECT.replace("secretsmanager:prod/as#secret", "env:CLIENT_SECRET")
    assert {one.variable: one.secret for one in drafted(tmp_path, inside).parameters} == {
        "CLIENT_ID": False,
        "CLIENT_SECRET": True,
    }


def test_the_secret_of_nonces_is_asked_for(tmp_path):
    nonces = PROJECT + '[authorizer]\ncache = "off"\nrefusals = "dynamic-401"\ndpop = { nonces = true }\n'
    assert drafted(tmp_path, nonces).parameters[-1].variable == "APIGW_OAUTH_DPOP_NONCE_SECRET"


def test_the_role_may_read_the_secrets_that_the_verifiers_name(tmp_path):
    (statement,) = drafted(tmp_path).function.statements
    assert statement.actions == ("secretsmanager:GetSecretValue",)


def test_without_the_api_there_are_no_routes(tmp_path):
    alone = drafted(tmp_path, scope="authorizer")
    assert (alone.routes, alone.backends) == ((), ())


def test_a_server_on_this_machine_cannot_stand_behind_a_deployed_route(tmp_path):
    local = PROJECT.replace("https://pets.example.com", "http://127.0.0.1:9000")
    with pytest.raises(SettingsError, match="is on this machine"):
        drafted(tmp_path, local)


def test_an_authorizer_of_somebody_else_is_not_deployed(tmp_path):
    (tmp_path / "mine.py").write_text("def handler(event, context): ...\n")
    with pytest.raises(SettingsError, match="somebody else's authorizer"):
        drafted(tmp_path, PROJECT + '[authorizer]\nhandler = "mine.py:handler"\n')


def test_an_integration_that_only_the_import_knows_is_not_lost_silently(tmp_path):
    (tmp_path / "openapi.yaml").write_text(
        """
openapi: 3.0.1
paths:
  /orders:
    get:
      security: [{oauth: [orders]}]
      x-amazon-apigateway-integration: {type: aws_proxy, uri: "arn:aws:…", httpMethod: POST}
components: {securitySchemes: {oauth: {type: oauth2, flows: {}}}}
"""
    )
    content = PROJECT.replace('name = "pets"', 'name = "pets"\nopenapi = "openapi.yaml"')
    with pytest.raises(SettingsError, match="GET /orders has an x-amazon-apigateway-integration"):
        drafted(tmp_path, content)
    assert not drafted(tmp_path, content, scope="authorizer").routes
    imported = {route.key: route.documented for route in drafted(tmp_path, content, imported=True).routes}
    assert imported["GET /orders"]
    assert not imported["GET /pets"]


def test_mutual_tls_closes_the_address_that_asks_nobody_for_a_certificate(tmp_path):
    domain = 'domain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/2"\n'
    assert not drafted(tmp_path, f"{PROJECT}[deploy]\n{domain}").default_endpoint_is_closed
    assert drafted(
        tmp_path, f'{PROJECT}[deploy]\n{domain}trust_store = "s3://trust/store.pem"\n'
    ).default_endpoint_is_closed


RESOURCE = PROJECT.replace('name = "pets"', 'name = "pets"\nresource = "/pets"')


def test_the_document_about_the_api_is_served_to_everybody_below_the_address_that_the_stage_gets(tmp_path):
    blueprint = drafted(tmp_path, RESOURCE)
    route = blueprint.routes[-1]
    assert (route.key, route.authorized) == ("GET /.well-known/oauth-protected-resource/pets", False)
    assert isinstance(route.integration, ToNobody)
    assert json.loads(route.integration.body)["resource"] == "{deployed.base_url}/pets"
    assert route.integration.headers == {"Access-Control-Allow-Origin": "*"}
    challenge = blueprint.gateway_responses["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert 'resource_metadata="{deployed.base_url}/.well-known/oauth-protected-resource/pets"' in challenge
    assert blueprint.function.variables["APIGW_OAUTH_PUBLIC_BASE_URL"] == "{deployed.base_url}"


def test_a_domain_of_ones_own_is_the_address_of_the_api(tmp_path):
    domain = '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/2"\n'
    blueprint = drafted(tmp_path, RESOURCE + domain)
    assert isinstance(blueprint.routes[-1].integration, ToNobody)
    assert json.loads(blueprint.routes[-1].integration.body)["resource"] == "https://api.example.com/pets"
    assert "{deployed.base_url}" not in blueprint.gateway_responses["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert "APIGW_OAUTH_PUBLIC_BASE_URL" not in blueprint.function.variables


def test_browsers_are_answered_by_methods_of_a_rest_api_and_by_the_configuration_of_an_http_api(tmp_path):
    browsers = PROJECT.replace('name = "pets"', 'name = "pets"\ncors_origins = ["https://app.example.com"]')
    rest = drafted(tmp_path, browsers)
    preflights = [route for route in rest.routes if route.method == "OPTIONS"]
    assert [(one.path, one.authorized) for one in preflights] == [
        ("/health", False),
        ("/pets", False),
        ("/pets/{id}", False),
    ]
    assert isinstance(preflights[0].integration, ToNobody)
    assert preflights[0].integration.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert rest.cors is None
    http = drafted(tmp_path, browsers.replace("[routes]", 'type = "http"\n[routes]'))
    assert [route for route in http.routes if route.method == "OPTIONS"] == []
    assert http.cors is not None
    assert http.cors.origins == ("https://app.example.com",)


def test_a_document_that_is_imported_answers_browsers_unless_the_project_says_which(tmp_path):
    def preflights(content: str) -> dict[str, str]:
        routes = drafted(tmp_path, content, imported=True).routes
        answers = {route.path: route.integration for route in routes if route.method == "OPTIONS"}
        return {
            path: answer.headers["Access-Control-Allow-Origin"]
            for path, answer in answers.items()
            if isinstance(answer, ToNobody)
        }

    assert preflights(PROJECT) == {"/health": "*", "/pets": "*"}  # and ANY /pets/{id} answers for itself
    assert preflights(PROJECT.replace("[routes]", "cors_origins = []\n[routes]")) == {}
    chosen = PROJECT.replace("[routes]", 'cors_origins = ["https://a.example"]\n[routes]')
    assert set(preflights(chosen).values()) == {"https://a.example"}
    assert preflights(PROJECT.replace("[routes]", 'type = "http"\n[routes]')) == {}


def test_two_functions_that_would_have_one_name_in_a_template_are_refused(tmp_path):
    (tmp_path / "a.py").write_text("def b_c(event, context): ...\n")
    (tmp_path / "a_b.py").write_text("def c(event, context): ...\n")
    routes = (
        '"GET /a" = { scopes = [], integration = { lambda = "a.py:b_c" } }\n'
        '"GET /b" = { scopes = [], integration = { lambda = "a_b.py:c" } }\n'
    )
    with pytest.raises(
        SettingsError, match=r"the functions a\.b_c and a_b\.c would both be called ABC; rename one"
    ):
        drafted(tmp_path, PROJECT.replace("[[verifiers]]", f"{routes}[[verifiers]]"))


def test_functions_behind_a_websocket_api_may_send_messages_to_its_clients_and_nobody_elses(tmp_path):
    content = """
[api]
type = "websocket"
stage = "live"
[routes]
"$connect" = { scopes = ["chat"], integration = { lambda = "functions.py:list_pets" } }
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_id = "a"
client_secret = "env:SECRET"
"""
    (statement,) = drafted(tmp_path, content).backend_statements
    assert statement.actions == ("execute-api:ManageConnections",)
    assert statement.resources == (
        "arn:{deployed.partition}:execute-api:{deployed.region}:{deployed.account}:{deployed.api}/live/*/@connections/*",
    )
    assert drafted(tmp_path).backend_statements == ()
