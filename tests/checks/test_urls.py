import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import REST, WEBSOCKET, Checking

ROUTES = '"GET /a" = ["a"]'


def test_a_public_address_that_is_not_known(checking: Checking):
    (finding,) = checking.found(Rule.NO_PUBLIC_URL, ROUTES)
    assert (finding.severity, finding.place) == ("info", "apigw-oauth.toml: api.public_base_urls")
    assert checking.found(Rule.NO_PUBLIC_URL, '"$connect" = ["a"]', api=WEBSOCKET) == []
    known = REST + 'public_base_urls = ["https://api.example.com"]\n'
    assert checking.found(Rule.NO_PUBLIC_URL, ROUTES, api=known) == []
    assert checking.found(Rule.PLAIN_PUBLIC_URL, ROUTES, api=known) == []


def test_a_public_address_in_the_clear(checking: Checking):
    api = REST + 'public_base_urls = ["http://127.0.0.1:8080/dev", "http://api.example.com"]\n'
    (finding,) = checking.found(Rule.PLAIN_PUBLIC_URL, ROUTES, api=api)
    assert finding.place == "apigw-oauth.toml: api.public_base_urls[1]"


@pytest.mark.parametrize(
    ("url", "count"),
    [
        ("http://backend.example.com/{id}", 1),
        ("http://10.0.0.1/", 1),
        ("https://backend.example.com/{id}", 0),
        ("http://127.0.0.1:9000/{id}", 0),
        ("http://[", 0),
    ],
)
def test_a_backend_that_gets_tokens_in_the_clear(checking: Checking, url: str, count: int):
    route = f'"GET /a/{{id}}" = {{ scopes = ["a"], integration = {{ http = "{url}" }} }}'
    assert len(checking.found(Rule.PLAIN_INTEGRATION, route)) == count
    assert checking.found(Rule.PLAIN_INTEGRATION, route.replace('scopes = ["a"]', "public = true")) == []
