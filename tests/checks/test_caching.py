import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, WEBSOCKET, Checking

ROUTES = '"GET /a" = ["a"]\n"GET /b" = ["b"]'
FOREIGN = 'handler = "functions.py:handler"\n'

UNSAFE = [
    ('cache = "token"\nsimple_responses = true', "authorizer.cache"),
    (f"{FOREIGN}simple_responses = true", "authorizer.identity_sources"),
]
SAFE = [
    "",
    'cache = "route"\nsimple_responses = true',
    'cache = "token"\nsimple_responses = false',
    'cache = "token"\nsimple_responses = true\ncache_ttl = 0',
    'cache = "off"\nsimple_responses = true',
    'cache = "token"\nsimple_responses = true\nidentity_sources = ["$request.header.Authorization", "$context.routeKey"]',
    f'{FOREIGN}simple_responses = true\nidentity_sources = ["$request.header.X", "$context.routeKey"]',
    f"{FOREIGN}simple_responses = true\ncache_ttl = 0",
]


@pytest.mark.parametrize(("authorizer", "key"), UNSAFE)
def test_simple_responses_that_are_kept_for_all_routes(checking: Checking, authorizer: str, key: str):
    (finding,) = checking.found(Rule.SIMPLE_RESPONSE_WITHOUT_ROUTE, ROUTES, authorizer, api=HTTP)
    assert finding.severity == "error"
    assert finding.place == f"apigw-oauth.toml: {key}"
    assert "60 s" in finding.message


@pytest.mark.parametrize("authorizer", SAFE)
def test_simple_responses_that_are_kept_for_a_route_or_not_at_all(checking: Checking, authorizer: str):
    assert checking.found(Rule.SIMPLE_RESPONSE_WITHOUT_ROUTE, ROUTES, authorizer, api=HTTP) == []


PAYMENTS = '"POST /payments" = { scopes = ["pay"], %s }'
PER_REQUEST = [
    "sender_constrained = true", 'acr_values = ["silver"]', "max_age = 0", 'authorization_details = ["payment"]',
]  # fmt: skip


@pytest.mark.parametrize("required", PER_REQUEST)
@pytest.mark.parametrize("authorizer", ["", 'cache = "token"', 'event = "token"'])
def test_a_route_that_is_checked_anew_for_each_request(checking: Checking, authorizer: str, required: str):
    (finding,) = checking.found(Rule.PER_REQUEST_ROUTE, PAYMENTS % required, authorizer)
    assert finding.severity == "error"
    assert finding.place == 'apigw-oauth.toml: routes."POST /payments"'
    assert finding.message.startswith(required.partition(" ")[0])


@pytest.mark.parametrize(
    ("required", "authorizer"),
    [*((one, 'cache = "off"') for one in PER_REQUEST), ("max_age = 1", "cache_ttl = 0"), ("any_of = [[]]", "")],
)
def test_a_route_of_which_no_answer_is_kept(checking: Checking, required: str, authorizer: str):
    assert checking.found(Rule.PER_REQUEST_ROUTE, PAYMENTS % required, authorizer) == []


def test_a_token_event_has_no_proof(checking: Checking):
    bound, step_up = (PAYMENTS % required for required in PER_REQUEST[:2])
    (finding,) = checking.found(Rule.TOKEN_EVENT_WITHOUT_HEADERS, bound, 'event = "token"\ncache = "off"')
    assert 'event = "request"' in finding.mend
    assert checking.found(Rule.TOKEN_EVENT_WITHOUT_HEADERS, bound, 'cache = "off"') == []
    assert checking.found(Rule.TOKEN_EVENT_WITHOUT_HEADERS, step_up, 'event = "token"\ncache = "off"') == []


@pytest.mark.parametrize("event", ["token", "request"])
def test_a_foreign_handler_whose_answers_are_kept_for_all_routes(checking: Checking, event: str):
    (finding,) = checking.found(Rule.FOREIGN_HANDLER, ROUTES, f'{FOREIGN}event = "{event}"')
    assert "all 2 routes" in finding.message
    assert ("identity_sources" in finding.mend) == (event == "request")


@pytest.mark.parametrize(
    ("routes", "authorizer"),
    [
        (ROUTES, ""),
        (ROUTES, FOREIGN + "cache_ttl = 0"),
        (ROUTES, FOREIGN + 'cache = "off"'),
        (ROUTES, FOREIGN + 'identity_sources = ["context.resourceId", "context.httpMethod"]'),
        (ROUTES, FOREIGN + 'identity_sources = ["context.path", "context.httpMethod"]'),
        ('"GET /a" = ["a"]\n"GET /b" = "public"', FOREIGN),
    ],
)
def test_a_handler_whose_answers_are_for_one_route(checking: Checking, routes: str, authorizer: str):
    assert checking.found(Rule.FOREIGN_HANDLER, routes, authorizer) == []


def test_the_method_alone_does_not_name_the_route(checking: Checking):
    authorizer = FOREIGN + 'identity_sources = ["method.request.header.Authorization", "context.httpMethod"]'
    assert checking.found(Rule.FOREIGN_HANDLER, ROUTES, authorizer)


def test_a_foreign_handler_of_an_http_api(checking: Checking):
    (finding,) = checking.found(Rule.FOREIGN_HANDLER, ROUTES, FOREIGN, api=HTTP)
    assert "$context.routeKey" in finding.mend


CONNECT = '"$connect" = ["chat"]'


@pytest.mark.parametrize("authorizer", ["cache_ttl = 60", 'cache = "route"'])
def test_a_websocket_api_has_no_cache(checking: Checking, authorizer: str):
    (finding,) = checking.found(Rule.NO_CACHE_FOR_WEBSOCKETS, CONNECT, authorizer, api=WEBSOCKET)
    assert finding.mend == f"remove {authorizer.partition(' ')[0]}"


@pytest.mark.parametrize("authorizer", ["", 'cache = "off"', "cache_ttl = 0"])
def test_a_websocket_api_that_asks_for_none(checking: Checking, authorizer: str):
    assert checking.found(Rule.NO_CACHE_FOR_WEBSOCKETS, CONNECT, authorizer, api=WEBSOCKET) == []


def test_other_apis_have_a_cache(checking: Checking):
    assert checking.found(Rule.NO_CACHE_FOR_WEBSOCKETS, ROUTES, "cache_ttl = 60") == []
