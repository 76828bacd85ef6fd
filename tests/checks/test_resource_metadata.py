import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import Checking

ROUTES = '"GET /a" = ["a"]'
STAGE = "https://a.execute-api.eu-west-1.amazonaws.com/prod"
DOMAIN = '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/1"\n'
JWT = """
[[verifiers]]
type = "jwt"
issuer = "https://as.example.com"
audience = "x"
jwks_uri = "https://as.example.com/jwks"
"""


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    ("api", "found"),
    [
        ('type = "http"\nresource = "/mcp"', None),
        ('type = "http"\nstage = "prod"\nresource = "/mcp"', Rule.METADATA_ABOVE_STAGE),
        ('resource = "/mcp"', Rule.METADATA_BY_CHALLENGE),
        ('resource = "https://api.example.com/mcp"', None),
        (f'resource = "{STAGE}"', Rule.METADATA_ABOVE_STAGE),
        (f'stage = "prod"\nresource = "{STAGE}/mcp"\npublic_base_urls = ["{STAGE}"]', Rule.METADATA_BY_CHALLENGE),
        ('resource = "/"\npublic_base_urls = ["https://api.example.com"]', None),
        ('resource = "/"\npublic_base_urls = ["https://api.example.com/v1"]', Rule.METADATA_BY_CHALLENGE),
        (f'resource = "{STAGE}"\nresource_metadata = "https://h/meta"', None),
        ("", None),
    ],
)
def test_where_clients_look_and_where_the_metadata_is(checking: Checking, api: str, found: Rule | None):
    kinds = (Rule.METADATA_ABOVE_STAGE, Rule.METADATA_BY_CHALLENGE)
    findings = [one for rule in kinds for one in checking.found(rule, ROUTES, api=f"{api}\n")]
    assert [(one.code, one.place) for one in findings] == (
        [] if found is None else [(found.code, "apigw-oauth.toml: api.resource")]
    )


def test_a_domain_of_ones_own_has_no_stage(checking: Checking):
    assert checking.found(Rule.METADATA_BY_CHALLENGE, ROUTES, api='resource = "/mcp"\n', more=JWT + DOMAIN) == []


@pytest.mark.parametrize(
    ("api", "more", "found"),
    [
        ('resource = "/"', None, True),
        ('resource = "/"', JWT, False),
        ('resource = "/"\nauthorization_servers = ["https://as.example.com"]', None, False),
        ("", None, False),
    ],
)
def test_metadata_that_names_nobody_to_ask(checking: Checking, api: str, more: str | None, found: bool):
    findings = checking.found(
        Rule.METADATA_WITHOUT_SERVER, ROUTES, api=f"{api}\n", **({} if more is None else {"more": more})
    )
    assert [one.place for one in findings] == ["apigw-oauth.toml: api.authorization_servers"] * found


def test_nobody_has_to_say_anything_of_the_route_for_it(checking: Checking):
    api = (
        'resource = "/"\npublic_base_urls = ["https://api.example.com"]\nauthorization_servers = ["https://as"]\n'
    )
    codes = {
        one.code for one in checking.all('"GET /a" = { scopes = ["a"], integration = { mock = "" } }', api=api)
    }
    assert not codes & {"route-public", "route-without-integration", "route-not-in-openapi"}
