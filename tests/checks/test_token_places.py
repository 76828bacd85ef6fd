"""Where a token has to be, and who cannot put it there."""

import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, REST, WEBSOCKET, Checking

ROUTES = '"GET /a" = ["a"]'
CONNECT = '"$connect" = ["a"]'
OFF = 'cache = "off"\n'


@pytest.mark.parametrize(
    ("routes", "api", "source", "mend"),
    [
        (ROUTES, REST, "method.request.header.X-Token", "method.request.header.Authorization"),
        (ROUTES, REST, "method.request.querystring.token", "method.request.header.Authorization"),
        (ROUTES, HTTP, "$request.header.X-Token", "$request.header.Authorization"),
        (CONNECT, WEBSOCKET, "route.request.querystring.token", "route.request.header.Authorization"),
    ],
)
def test_an_identity_source_in_which_nobody_looks_for_a_token(
    checking: Checking, routes: str, api: str, source: str, mend: str
):
    authorizer = f'{OFF}identity_sources = ["{source}"]'
    (finding,) = checking.found(Rule.TOKEN_NOT_READ, routes, authorizer, api=api)
    assert (finding.severity, finding.place) == ("warning", "apigw-oauth.toml: authorizer.identity_sources")
    assert finding.message.startswith(f"API Gateway asks for {source}, ")
    assert f'["{mend}"]' in finding.mend
    mended = f'{OFF}identity_sources = ["{mend}"]'
    assert checking.found(Rule.TOKEN_NOT_READ, routes, mended, api=api) == []
    assert checking.found(Rule.TOKEN_NOT_READ, routes.replace('["a"]', '"public"'), authorizer, api=api) == []


@pytest.mark.parametrize(
    "authorizer",
    [
        "",
        f"{OFF}identity_sources = []",
        f'{OFF}identity_sources = ["method.request.header.authorization", "method.request.header.X-Tenant"]',
        f'{OFF}identity_sources = ["context.identity.sourceIp", "stageVariables.x"]',
        'event = "token"\nidentity_sources = ["method.request.header.X-Token"]',
        'handler = "functions.py:f"\nidentity_sources = ["method.request.header.X-Token"]',
    ],
)
def test_identity_sources_with_which_a_token_is_found(checking: Checking, authorizer: str):
    assert checking.found(Rule.TOKEN_NOT_READ, ROUTES, authorizer) == []


def test_browsers_cannot_send_the_header_in_a_handshake(checking: Checking):
    (finding,) = checking.found(Rule.BROWSERS_ON_WEBSOCKETS, CONNECT, api=WEBSOCKET)
    assert (finding.severity, finding.place) == ("info", 'apigw-oauth.toml: routes."$connect"')


@pytest.mark.parametrize(
    ("routes", "authorizer", "api"),
    [
        (ROUTES, "", REST),
        (ROUTES, "", HTTP),
        ('"$connect" = "public"', "", WEBSOCKET),
        (CONNECT, 'handler = "functions.py:f"', WEBSOCKET),
    ],
)
def test_who_is_not_concerned_by_that(checking: Checking, routes: str, authorizer: str, api: str):
    assert checking.found(Rule.BROWSERS_ON_WEBSOCKETS, routes, authorizer, api=api) == []


DYNAMIC = 'refusals = "dynamic-401"'


def test_a_401_that_a_websocket_api_does_not_make(checking: Checking):
    (finding,) = checking.found(Rule.REFUSALS_ON_WEBSOCKETS, CONNECT, DYNAMIC, api=WEBSOCKET)
    assert (finding.severity, finding.place) == ("warning", "apigw-oauth.toml: authorizer.refusals")
    assert "fails with 403" in finding.message


@pytest.mark.parametrize(
    ("routes", "authorizer", "api"),
    [
        (CONNECT, "", WEBSOCKET),
        (CONNECT, 'refusals = "static-401"', WEBSOCKET),
        (CONNECT, f'{DYNAMIC}\nhandler = "functions.py:f"', WEBSOCKET),
        (ROUTES, DYNAMIC, REST),
    ],
)
def test_refusals_that_are_made(checking: Checking, routes: str, authorizer: str, api: str):
    assert checking.found(Rule.REFUSALS_ON_WEBSOCKETS, routes, authorizer, api=api) == []
