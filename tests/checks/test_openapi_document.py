from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, Checking

DOCUMENT = """
openapi: 3.1.0
%s
components: {securitySchemes: {oauth: {type: oauth2, flows: {}}}}
paths:
  /pets:
    get: {}
    post: {security: [{oauth: [pets]}]}
    x-amazon-apigateway-any-method: {}
"""
ROOT = "security: [{oauth: [pets]}]"


def test_operations_that_rely_on_the_root(checking: Checking):
    (finding,) = checking.found(Rule.ROOT_SECURITY, "", openapi=DOCUMENT % ROOT)
    assert finding.place == "openapi.yaml: security"
    assert "GET /pets, ANY /pets inherit" in finding.message


def test_http_apis_and_documents_without_it(checking: Checking):
    assert checking.found(Rule.ROOT_SECURITY, "", openapi=DOCUMENT % ROOT, api=HTTP) == []
    assert checking.found(Rule.ROOT_SECURITY, "", openapi=DOCUMENT % "") == []
    assert checking.found(Rule.ROOT_SECURITY, '"GET /a" = ["a"]') == []


def test_a_root_that_nobody_relies_on(checking: Checking):
    document = DOCUMENT % ROOT
    assert checking.found(Rule.ROOT_SECURITY, "", openapi=document.replace("{}\n", f"{{{ROOT}}}\n")) == []
