import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, VERIFIER, WEBSOCKET, Checking

ROUTES = '"GET /a" = ["a"]'


@pytest.mark.parametrize(
    ("authorizer", "rule", "seconds"),
    [
        ("", Rule.REVOCATION, 90),
        ("cache_ttl = 300", Rule.REVOCATION, 330),
        ("cache_ttl = 301", Rule.REVOCATION_IS_SLOW, 331),
        ("cache_ttl = 3600", Rule.REVOCATION_IS_SLOW, 3630),
        ('cache = "off"\ncache_ttl = 3600', Rule.REVOCATION, 30),
    ],
)
def test_the_time_until_a_revoked_token_is_refused(checking: Checking, authorizer: str, rule: Rule, seconds: int):
    (finding,) = checking.found(rule, ROUTES, authorizer)
    assert f"after {seconds} s at the latest" in finding.message
    assert ("cache_ttl" in finding.mend) == (seconds > 30)
    (other,) = {Rule.REVOCATION, Rule.REVOCATION_IS_SLOW} - {rule}
    assert checking.found(other, ROUTES, authorizer) == []


@pytest.mark.parametrize("authorizer", ["", "cache_ttl = 3600"])
def test_websocket_apis_keep_nothing_that_could_be_kept_for_less(checking: Checking, authorizer: str):
    (finding,) = checking.found(Rule.REVOCATION, '"$connect" = ["a"]', authorizer, api=WEBSOCKET)
    assert finding.place == "apigw-oauth.toml: api.type"
    assert "cache_ttl" not in finding.mend
    assert "API Gateway keeps no answer" in finding.message


def test_what_a_foreign_handler_keeps_is_not_known(checking: Checking):
    (finding,) = checking.found(Rule.REVOCATION, ROUTES, 'handler = "functions.py:f"')
    assert "add what it keeps itself" in finding.message


@pytest.mark.parametrize(
    ("authorizer", "api", "said"),
    [
        ("", 'type = "rest"\n', "403 instead of 401, with a challenge that says that it expired"),
        (
            'cache = "token"',
            'type = "rest"\n',
            "403 instead of 401, with a challenge that says insufficient_scope",
        ),
        ('refusals = "dynamic-401"', 'type = "rest"\n', "gets 401, with a challenge that says that it expired"),
        ("simple_responses = false", HTTP, "an expired token gets 403, as any refused one. If API Gateway does"),
        ("", HTTP, "cannot end with its token"),
    ],
)
def test_what_an_expired_token_gets_while_its_answer_is_kept(
    checking: Checking, authorizer: str, api: str, said: str
):
    (finding,) = checking.found(Rule.EXPIRY, ROUTES, authorizer, api=api)
    assert said in finding.message


@pytest.mark.parametrize("authorizer", ["cache_ttl = 0", 'cache = "off"', 'handler = "functions.py:f"'])
def test_without_a_cache_of_ours_there_is_nothing_to_say(checking: Checking, authorizer: str):
    assert checking.found(Rule.EXPIRY, ROUTES, authorizer) == []


def test_connections_outlive_their_token(checking: Checking):
    (finding,) = checking.found(Rule.OPEN_CONNECTIONS, '"$connect" = ["a"]', api=WEBSOCKET)
    assert "2 hours" in finding.message
    assert checking.found(Rule.OPEN_CONNECTIONS, ROUTES) == []


JWT = """
[[verifiers]]
type = "jwt"
issuer = "https://as.example"
audience = "https://api.example"
discovery = true
"""


def test_what_the_verifier_keeps_counts(checking: Checking):
    (finding,) = checking.found(Rule.REVOCATION, ROUTES, 'cache = "off"', more=f"{VERIFIER}positive_ttl = 0\n")
    assert ("after 0 s at the latest" in finding.message, finding.mend) == (True, "none is needed")
    (finding,) = checking.found(Rule.REVOCATION, ROUTES, more=f"{VERIFIER}positive_ttl = 5\n")
    assert "after 65 s at the latest" in finding.message


def test_nobody_is_asked_about_a_jwt(checking: Checking):
    (finding,) = checking.found(Rule.REVOKED_JWT, ROUTES, more=JWT)
    assert finding.place == "apigw-oauth.toml: verifiers[0]"
    assert checking.found(Rule.REVOKED_JWT, ROUTES) == []
    assert checking.found(Rule.REVOKED_JWT, ROUTES, more=f"{JWT}{VERIFIER}introspect_jwts = true\n") == []
    assert checking.found(Rule.REVOKED_JWT, ROUTES, 'handler = "functions.py:f"', more=JWT) == []
