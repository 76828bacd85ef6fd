from apigw_oauth.checks.rules import Rule
from tests.checks.checking import VERIFIER, Checking

ROUTES = '"GET /a" = ["a"]'
JWT = """
[[verifiers]]
type = "jwt"
issuer = "https://as.example"
audience = "https://api.example"
discovery = true
"""
FOREIGN = 'handler = "functions.py:handler"'


def test_a_project_without_verifiers(checking: Checking):
    assert checking.found(Rule.NO_VERIFIER, ROUTES, more="")
    assert checking.found(Rule.NO_VERIFIER, ROUTES, FOREIGN, more="") == []
    assert checking.found(Rule.NO_VERIFIER, ROUTES) == []


def test_what_protects_where_no_audience_is_asked_for(checking: Checking):
    (finding,) = checking.found(Rule.AUDIENCE, ROUTES)
    assert (finding.severity, finding.place) == ("info", "apigw-oauth.toml: verifiers[0]")
    assert "will do" not in finding.message
    (finding,) = checking.found(Rule.AUDIENCE, '"GET /me" = []')
    assert "will do for GET /me." in finding.message
    assert checking.found(Rule.AUDIENCE, ROUTES, FOREIGN) == []


def test_a_verifier_on_this_machine(checking: Checking):
    here = VERIFIER.replace("https://api.authlete.com", "http://127.0.0.1:8081")
    (finding,) = checking.found(Rule.PLAIN_HTTP_VERIFIER, ROUTES, more=here)
    assert finding.place == "apigw-oauth.toml: verifiers[0].base_url"
    assert checking.found(Rule.PLAIN_HTTP_VERIFIER, ROUTES) == []


def test_an_audience_is_asked_for_or_always_there(checking: Checking):
    asked = f'{VERIFIER}audience = "https://api.example"\n'
    assert checking.found(Rule.AUDIENCE, ROUTES, more=asked) == []
    assert checking.found(Rule.AUDIENCE, ROUTES, more=JWT) == []


def test_a_verifier_behind_one_that_takes_every_token(checking: Checking):
    (finding,) = checking.found(Rule.UNREACHED, ROUTES, more=f"{VERIFIER}{JWT}")
    assert (finding.place, "verifiers[0]" in finding.message) == ("apigw-oauth.toml: verifiers[1]", True)
    assert checking.found(Rule.UNREACHED, ROUTES, more=f"{JWT}{VERIFIER}") == []
    assert checking.found(Rule.UNREACHED, ROUTES, more=JWT) == []


def test_what_is_loosened_for_a_server(checking: Checking):
    (finding,) = checking.found(Rule.LOOSENED, ROUTES, more=f'{JWT}profile = "keycloak"\n')
    assert finding.place == "apigw-oauth.toml: verifiers[0].profile"
    assert checking.found(Rule.LOOSENED, ROUTES, more=f'{JWT}profile = "rfc9068"\n') == []
    assert checking.found(Rule.LOOSENED, ROUTES, more=JWT) == []


def test_other_addresses_on_this_machine(checking: Checking):
    here = JWT.replace("discovery = true", 'jwks_uri = "http://127.0.0.1:8081/jwks"')
    (finding,) = checking.found(Rule.PLAIN_HTTP_VERIFIER, ROUTES, more=here)
    assert finding.place == "apigw-oauth.toml: verifiers[0].jwks_uri"
