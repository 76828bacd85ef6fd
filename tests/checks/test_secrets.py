import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import SECRET, VERIFIER, Checking

ROUTES = '"GET /a" = ["a"]'


def test_a_secret_that_is_written_out(checking: Checking):
    more = VERIFIER.replace(SECRET, "c4a21f7e0b")
    (finding,) = checking.found(Rule.LITERAL_SECRET, ROUTES, more=more)
    assert (finding.severity, finding.place) == ("error", "apigw-oauth.toml: verifiers[0].api_secret")
    assert '"secretsmanager:api/authlete#api_secret"' in finding.mend
    assert all("c4a21f7e0b" not in part for one in checking.all(ROUTES, more=more) for part in one)


def test_a_service_access_token_that_is_written_out(checking: Checking):
    more = """
[[verifiers]]
type = "authlete"
version = 3
base_url = "https://eu.authlete.com"
service_id = "123"
service_access_token = "abc"
"""
    (finding,) = checking.found(Rule.LITERAL_SECRET, ROUTES, more=more)
    assert finding.place == "apigw-oauth.toml: verifiers[0].service_access_token"


def test_what_is_no_secret(checking: Checking):
    clients = (
        '[[local.clients]]\nclient_id = "demo"\nclient_secret = "x"\n[[local.users]]\nlogin = "j"\npassword = "p"'
    )
    more = VERIFIER.replace("env:AUTHLETE_API_KEY", "12345") + clients
    assert checking.found(Rule.LITERAL_SECRET, ROUTES, more=more) == []
    assert checking.found(Rule.LITERAL_SECRET, ROUTES, more=VERIFIER.replace(SECRET, "file:x")) == []


@pytest.mark.parametrize(
    ("reference", "rule"), [("env:NAME", Rule.ENVIRONMENT_SECRET), ("file:secret.txt", Rule.FILE_SECRET)]
)
def test_a_secret_that_more_people_could_read_than_should(checking: Checking, reference: str, rule: Rule):
    api = 'type = "rest"\nname = "Our pets 2"\n'
    (finding,) = checking.found(rule, ROUTES, api=api, more=VERIFIER.replace(SECRET, reference))
    assert (finding.severity, finding.place) == ("warning", "apigw-oauth.toml: verifiers[0].api_secret")
    assert finding.mend == (
        '"secretsmanager:Our-pets-2/authlete#api_secret" or "ssm:/Our-pets-2/authlete/api_secret"'
    )


def test_the_mend_is_a_reference_that_the_project_takes_and_that_is_not_found_again(checking: Checking):
    more = VERIFIER.replace(SECRET, "env:NAME")
    (finding,) = checking.found(Rule.ENVIRONMENT_SECRET, ROUTES, more=more)
    for mended in finding.mend.split('"')[1::2]:
        again = checking.all(ROUTES, more=VERIFIER.replace(SECRET, mended))
        assert not {Rule.ENVIRONMENT_SECRET.code, Rule.FILE_SECRET.code} & {one.code for one in again}


def test_what_is_no_secret_may_stand_anywhere(checking: Checking):
    more = VERIFIER.replace("https://api.authlete.com", "env:URL").replace("env:AUTHLETE_API_KEY", "file:key")
    codes = {one.code for one in checking.all(ROUTES, more=more)}
    assert not {Rule.ENVIRONMENT_SECRET.code, Rule.FILE_SECRET.code} & codes
