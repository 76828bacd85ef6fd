import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, WEBSOCKET, Checking

OPENAPI = """
openapi: 3.0.3
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {}}
    key: {type: apiKey, in: header, name: X-Key}
paths:
  /pets:
    get: {security: [{oauth: [pets]}]}
    post: {%s}
"""


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("", "says nothing of security"),
        ("security: []", "needs no security"),
        ("security: [{}]", "needs no security"),
        ("security: [{key: []}]", "not OAuth alone"),
        ("security: [{key: [], oauth: [pets]}]", "not OAuth alone"),
    ],
)
def test_an_operation_without_oauth_is_closed(checking: Checking, operation: str, said: str):
    (finding,) = checking.found(Rule.CLOSED_ROUTE, "", openapi=OPENAPI % operation)
    assert finding.place == "openapi.yaml: paths./pets.post"
    assert said in finding.message
    assert '"POST /pets" = ["SCOPE"]' in finding.mend


@pytest.mark.parametrize(
    ("operation", "routes"),
    [("security: [{oauth: [a]}]", ""), ("", '"POST /pets" = "public"'), ("", '"POST /pets" = []')],
)
def test_an_operation_with_oauth_or_said_in_routes_is_not(checking: Checking, operation: str, routes: str):
    assert checking.found(Rule.CLOSED_ROUTE, routes, openapi=OPENAPI % operation) == []


def test_any_and_default_are_named_as_the_document_has_them(checking: Checking):
    document = OPENAPI % "security: [{oauth: [a]}]" + "  /$default: {x-amazon-apigateway-any-method: {}}\n"
    (finding,) = checking.found(Rule.CLOSED_ROUTE, "", openapi=document, api=HTTP)
    assert finding.place == "openapi.yaml: paths./$default.x-amazon-apigateway-any-method"
    assert '"$default" = ["SCOPE"]' in finding.mend


def test_a_route_that_the_document_lacks(checking: Checking):
    routes = '"GET /pet" = ["pets"]\n"POST /pets" = ["pets"]'
    (finding,) = checking.found(Rule.NOT_IN_OPENAPI, routes, openapi=OPENAPI % "")
    assert finding.place == 'apigw-oauth.toml: routes."GET /pet"'


def test_a_method_that_the_document_has_as_any_and_variables_of_other_names(checking: Checking):
    document = OPENAPI % "" + "  /a/{id}: {x-amazon-apigateway-any-method: {}}\n"
    assert checking.found(Rule.NOT_IN_OPENAPI, '"GET /a/{name}" = "public"', openapi=document) == []


def test_without_a_document_nothing_is_missing_in_it(checking: Checking):
    assert checking.found(Rule.NOT_IN_OPENAPI, '"GET /a" = ["a"]') == []


def test_public_routes_are_told(checking: Checking):
    (finding,) = checking.found(Rule.PUBLIC_ROUTE, '"GET /a" = "public"\n"GET /b" = ["b"]\n"GET /c" = "public"')
    assert finding.severity == "info"
    assert "GET /a, GET /c." in finding.message
    assert checking.found(Rule.PUBLIC_ROUTE, '"GET /b" = ["b"]') == []


def test_a_public_route_that_takes_everything(checking: Checking):
    (finding,) = checking.found(Rule.PUBLIC_EVERYTHING, '"ANY /{proxy+}" = "public"\n"GET /a" = ["a"]')
    assert finding.place == 'apigw-oauth.toml: routes."ANY /{proxy+}"'
    assert checking.found(Rule.PUBLIC_EVERYTHING, '"$default" = "public"', api=HTTP)


def test_a_public_route_for_preflight_requests_takes_nothing_else(checking: Checking):
    routes = '"OPTIONS /{proxy+}" = "public"\n"GET /a" = ["a"]'
    assert checking.found(Rule.PUBLIC_EVERYTHING, routes) == []
    assert len(checking.found(Rule.PUBLIC_EVERYTHING, routes.replace("OPTIONS", "GET"))) == 1


def test_a_public_route_that_takes_a_part_or_everything_for_a_scope(checking: Checking):
    assert checking.found(Rule.PUBLIC_EVERYTHING, '"GET /static/{p+}" = "public"\n"ANY /{p+}" = ["a"]') == []


def test_routes_without_an_integration(checking: Checking):
    routes = '"GET /a" = ["a"]\n"GET /b" = { scopes = ["b"], integration = { mock = "{}" } }'
    (finding,) = checking.found(Rule.NO_INTEGRATION, routes)
    assert "No integration: GET /a." in finding.message
    assert "http = " in finding.mend
    assert checking.found(Rule.NO_INTEGRATION, routes.partition("\n")[2]) == []


def test_messages_of_a_websocket_api_without_an_integration(checking: Checking):
    (finding,) = checking.found(Rule.NO_INTEGRATION, '"$connect" = ["a"]\n"send" = {}', api=WEBSOCKET)
    assert "No integration: $connect, send." in finding.message
    assert "http = " not in finding.mend
    assert "lambda = " in finding.mend


SIBLINGS = [
    ('"GET /pets/{a}" = []\n"GET /pets/{b}/x" = []', "{b}", "call both {a}"),
    ('"GET /pets/{a}" = []\n"PUT /pets/{b}" = []', "{b}", "call both {a}"),
    ('"GET /{t}/pets/{a}/y" = []\n"GET /{t}/pets/{b}/x" = []', "{b}", "call both {a}"),
    ('"GET /pets/{a}" = []\n"GET /pets/{rest+}" = []', "{rest+}", "keep one of the two"),
]


@pytest.mark.parametrize(("routes", "variable", "mend"), SIBLINGS)
def test_two_variables_at_one_place(checking: Checking, routes: str, variable: str, mend: str):
    (finding,) = checking.found(Rule.SIBLING_VARIABLES, routes)
    assert finding.severity == "error"
    assert f"the variable {variable} where" in finding.message
    assert mend in finding.mend
    assert checking.found(Rule.SIBLING_VARIABLES, routes, api=HTTP) == []


def test_one_variable_at_each_place(checking: Checking):
    routes = '"GET /pets/{a}" = []\n"GET /pets/{a}/{b}" = []\n"GET /dogs/{b}" = []\n"GET /pets/mine/{c+}" = []'
    assert checking.found(Rule.SIBLING_VARIABLES, routes) == []


def test_the_same_pair_of_variables_is_told_once(checking: Checking):
    routes = '"GET /p/{a}" = []\n"GET /p/{b}/x" = []\n"GET /p/{b}/y" = []'
    assert len(checking.found(Rule.SIBLING_VARIABLES, routes)) == 1
