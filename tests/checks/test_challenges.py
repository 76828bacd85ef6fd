import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, VERIFIER, Checking

ROUTES = '"GET /a" = ["a"]'


@pytest.mark.parametrize(
    ("kind", "headers", "how"),
    [
        ("UNAUTHORIZED", '"WWW-Authenticate" = "\'\'"', "without WWW-Authenticate"),
        ("UNAUTHORIZED", '"WWW-Authenticate" = ""', "without WWW-Authenticate"),
        ("UNAUTHORIZED", '"www-authenticate" = "\'Bearer\'"', "two headers"),
        ("ACCESS_DENIED", '"WWW-Authenticate" = "\'Bearer\'"', "with WWW-Authenticate: 'Bearer'"),
        ("ACCESS_DENIED", '"WWW-Authenticate" = ""', "without WWW-Authenticate"),
    ],
)
def test_a_gateway_response_that_loses_the_challenge(checking: Checking, kind: str, headers: str, how: str):
    more = f"{VERIFIER}[gateway_responses.{kind}.headers]\n{headers}"
    (finding,) = checking.found(Rule.NO_CHALLENGE, ROUTES, more=more)
    assert finding.place == f"apigw-oauth.toml: gateway_responses.{kind}.headers"
    assert how in finding.message


@pytest.mark.parametrize(
    "headers",
    ["", '"WWW-Authenticate" = "\'Bearer realm=\\"pets\\"\'"', '"X-Other" = "\'1\'"'],
)
def test_a_gateway_response_that_keeps_it(checking: Checking, headers: str):
    more = f"{VERIFIER}[gateway_responses.UNAUTHORIZED.headers]\n{headers}"
    assert checking.found(Rule.NO_CHALLENGE, ROUTES, more=more) == []


def test_a_foreign_handler_has_challenges_of_its_own(checking: Checking):
    more = '[gateway_responses.ACCESS_DENIED.headers]\n"WWW-Authenticate" = "\'Bearer\'"'
    assert checking.found(Rule.NO_CHALLENGE, ROUTES, 'handler = "functions.py:f"', more=more) == []


def test_http_apis_have_no_challenges(checking: Checking):
    (finding,) = checking.found(Rule.NO_CHALLENGE_ON_HTTP, ROUTES, api=HTTP)
    assert (finding.severity, finding.place) == ("info", "apigw-oauth.toml: api.type")
    (finding,) = checking.found(Rule.NO_CHALLENGE_ON_HTTP, ROUTES, 'refusals = "dynamic-401"', api=HTTP)
    assert finding.place == "apigw-oauth.toml: authorizer.refusals"
    assert "no effect" in finding.mend
    assert checking.found(Rule.NO_CHALLENGE_ON_HTTP, ROUTES, 'refusals = "dynamic-401"') == []
