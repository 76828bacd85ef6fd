"""A plain OpenAPI document as the source of routes."""

from typing import Any

import pytest

from apigw_oauth.authorizer import settings
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import load_project

DOCUMENT = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
security:
  - oauth: [pets:read]
components:
  securitySchemes:
    oauth: { type: oauth2, flows: {} }
    oidc: { type: openIdConnect, openIdConnectUrl: "https://as.example/.well-known/openid-configuration" }
    key: { type: apiKey, in: header, name: X-Key }
paths:
  /pets:
    get: {}
    post:
      security:
        - oauth: [pets:write]
          oidc: [openid]
        - oauth: [pets:admin]
    trace: {}
  /pets/{petId}:
    parameters: []
    get:
      security: [{ oidc: [] }]
      x-amazon-apigateway-integration: { type: http_proxy, uri: "http://127.0.0.1:9/pets/{petId}" }
  /keys:
    get: { security: [{ key: [] }] }
  /both:
    get: { security: [{ key: [], oauth: [pets:read] }] }
  /open:
    get: { security: [] }
  /optional:
    get: { security: [{}, { oauth: [pets:read] }] }
  /all/{proxy+}:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration:
        type: mock
        responses: { default: { statusCode: "200", responseTemplates: { application/json: '{"ok":true}' } } }
"""


@pytest.fixture
def load(tmp_path):
    def load(document: str, routes: str = ""):
        (tmp_path / "openapi.yaml").write_text(document)
        (tmp_path / "apigw-oauth.toml").write_text(
            f'[api]\nopenapi = "openapi.yaml"\n[routes]\n{routes}\n'
            '[[verifiers]]\ntype = "authlete"\nbase_url = "https://a"\napi_key = "k"\napi_secret = "env:S"\n'
        )
        return load_project(tmp_path)

    return load


def required(project) -> dict[str, Any]:
    return {entry["route"]: entry.get("any_of") for entry in project.authorizer_settings()["routes"]}


def test_security_requirements_say_what_a_token_needs(load):
    assert required(load(DOCUMENT)) == {
        "GET /pets": [["pets:read"]],
        "POST /pets": [["openid", "pets:write"], ["pets:admin"]],
        "GET /pets/{petId}": [[]],
        "GET /optional": [["pets:read"]],
        "ANY /all/{proxy+}": [["pets:read"]],
        "GET /keys": None,
        "GET /both": None,
        "GET /open": None,
    }


def test_an_operation_that_says_nothing_of_oauth_is_denied_but_known(load):
    entries = load(DOCUMENT).authorizer_settings()["routes"]
    assert [entry["route"] for entry in entries if entry.get("closed")] == ["GET /keys", "GET /both", "GET /open"]


def test_what_is_denied_is_also_denied_to_a_cached_answer(load):
    project = load(DOCUMENT.replace("/keys:", "/pets/secret:"))
    table = settings.load({**project.authorizer_settings(), "verifiers": []}, environ={}, directory="").routes
    found = table.match("GET", "/pets/secret")
    assert found is not None
    assert not found.is_open_to(frozenset({"pets:read"}))


def test_integrations_are_taken_over_as_far_as_they_can_run_here(load):
    integrations = {one.route.key: one.integration for one in load(DOCUMENT).routes}
    assert integrations["GET /pets/{petId}"].http == "http://127.0.0.1:9/pets/{petId}"
    assert integrations["ANY /all/{proxy+}"].mock == '{"ok":true}'
    assert integrations["GET /pets"] is None


def test_a_route_of_the_project_file_replaces_the_same_operation(load):
    project = load(DOCUMENT, '"GET /pets/{id}" = ["other"]\n"GET /open" = "public"\n"GET /new" = []')
    found = required(project)
    assert found["GET /pets/{id}"] == [["other"]]
    assert "GET /pets/{petId}" not in found
    assert found["GET /open"] is None
    assert found["GET /new"] == [[]]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("3.1.0", '"2.0"', "openapi"), ("openapi: 3.1.0", "swagger: '2.0'", "openapi"), ("/pets:", "pets:", "paths.pets.get"),
        ("[pets:read]\ncomponents", "pets:read\ncomponents", "security"), ("[pets:write]", "[1]", "security[0]"),
        ("get: {}", "get: []", "paths./pets.get"), ("get: {}", "$ref: '#/x'", "$ref"), ("paths:", "paths: [", "YAML"),
        ("security: [{ oidc: [] }]", "security: 5", "security"), ("/open:", "/op en:", "/op en"), ("/open:", "5:", "paths"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_place(load, old, new, place):
    assert old in DOCUMENT
    with pytest.raises(SettingsError) as caught:
        load(DOCUMENT.replace(old, new, 1))
    assert "openapi.yaml" in str(caught.value)
    assert place in str(caught.value)


def test_two_spellings_of_one_path_are_a_mistake(load):
    with pytest.raises(SettingsError, match="are one route"):
        load(DOCUMENT.replace("/both:", "/pets/{other}:"))


def test_json_may_be_indented_with_tabs_but_not_say_things_twice(load):
    document = '{\n\t"openapi": "3.0.3",\n\t"paths": {"/x": {"get": {}}}\n}'
    assert [one.route.key for one in load(document).routes] == ["GET /x"]
    with pytest.raises(SettingsError, match="stands twice"):
        load('{"openapi": "3.0.3", "paths": {"/x": {"get": {}, "get": {"security": []}}}}')


@pytest.mark.parametrize("body", ["2020-01-01", "!!binary aGk=", "&a [*a]", "{a: !!python/object:os.system x}"])
def test_odd_yaml_is_told_or_taken_and_never_a_traceback(load, body):
    try:
        load(DOCUMENT.replace("""'{"ok":true}'""", body))
    except SettingsError as error:
        assert "openapi.yaml" in str(error)
