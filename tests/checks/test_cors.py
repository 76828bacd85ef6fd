import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, REST, VERIFIER, WEBSOCKET, Checking


def recommended(path: str) -> str:
    return f'"OPTIONS {path}" = {{ public = true, integration = {{ lambda = "functions.py:preflight" }} }}'


@pytest.mark.parametrize("routes", ['"ANY /a" = ["a"]', '"OPTIONS /a" = ["a"]\n"GET /a" = ["a"]'])
@pytest.mark.parametrize("api", ['type = "rest"\n', HTTP])
def test_a_preflight_request_that_needs_a_token(checking: Checking, routes: str, api: str):
    (finding,) = checking.found(Rule.PREFLIGHT, routes, api=api)
    assert finding.mend.startswith(f"{recommended('/a')}, a function")
    ways_out = 'or cors_origins = ["https://app' if "ANY" in routes and "rest" in api else "with cors_origins"
    assert (ways_out in finding.mend) == (api == HTTP or "ANY" in routes)


def test_the_default_route_takes_preflight_requests(checking: Checking):
    (finding,) = checking.found(Rule.PREFLIGHT, '"$default" = ["a"]', api=HTTP)
    assert finding.mend.startswith(recommended("/{proxy+}"))


@pytest.mark.parametrize(
    ("route", "path", "api"),
    [
        ('"$default" = ["a"]', "/{proxy+}", HTTP),
        ('"ANY /{proxy+}" = ["a"]', "/{proxy+}", HTTP),
        ('"ANY /{proxy+}" = ["a"]', "/{proxy+}", REST),
        ('"ANY /a" = ["a"]', "/a", REST),
    ],
)
def test_the_mend_clears_the_finding_and_makes_no_other(checking: Checking, route: str, path: str, api: str):
    (finding,) = checking.found(Rule.PREFLIGHT, route, api=api)
    assert recommended(path) in finding.mend
    found = checking.all(f"{route}\n{recommended(path)}", api=api)
    assert [one.code for one in found if one.severity != "info"] == []


def test_a_preflight_route_that_requires_a_token_clears_nothing(checking: Checking):
    routes = '"$default" = ["a"]\n"OPTIONS /{proxy+}" = ["a"]'
    (finding,) = checking.found(Rule.PREFLIGHT, routes, api=HTTP)
    assert finding.place == 'apigw-oauth.toml: routes."OPTIONS /{proxy+}"'


@pytest.mark.parametrize(
    "routes", ['"GET /a" = ["a"]', '"ANY /a" = "public"', '"ANY /a/{id}" = ["a"]\n"OPTIONS /a/{name}" = "public"']
)
def test_a_preflight_request_that_needs_none(checking: Checking, routes: str):
    assert checking.found(Rule.PREFLIGHT, routes) == []


ORIGINS = 'cors_origins = ["https://app.example.com"]\n'


def test_with_origins_api_gateway_answers_in_a_rest_api_what_routes_do_not(checking: Checking):
    assert checking.found(Rule.PREFLIGHT, '"ANY /a" = ["a"]', api=REST + ORIGINS) == []
    assert len(checking.found(Rule.PREFLIGHT, '"OPTIONS /a" = ["a"]', api=REST + ORIGINS)) == 1


@pytest.mark.parametrize("route", ['"ANY /a" = ["a"]', '"$default" = ["a"]', '"OPTIONS /a" = ["a"]'])
def test_with_origins_routes_of_an_http_api_take_preflight_requests_all_the_same(checking: Checking, route: str):
    assert len(checking.found(Rule.PREFLIGHT, route, api=HTTP + ORIGINS)) == 1
    assert checking.found(Rule.PREFLIGHT, '"GET /a" = ["a"]', api=HTTP + ORIGINS) == []


@pytest.mark.parametrize(
    ("api", "integration", "found"),
    [
        (REST + ORIGINS, '{ lambda = "functions.py:f" }', True),
        (REST + ORIGINS, '{ http = "https://backend.example.com" }', True),
        (REST + ORIGINS, '{ mock = "" }', False),
        (REST, '{ lambda = "functions.py:f" }', False),
        (HTTP + ORIGINS, '{ lambda = "functions.py:f" }', False),
    ],
)
def test_who_names_the_origin_in_answers(checking: Checking, api: str, integration: str, found: bool):
    routes = f'"GET /a" = {{ scopes = ["a"], integration = {integration} }}'
    findings = checking.found(Rule.CORS_BACKEND, routes, api=api)
    assert [one.place for one in findings] == ["apigw-oauth.toml: api.cors_origins"] * found


def test_websocket_apis_have_no_preflight_requests(checking: Checking):
    assert checking.found(Rule.PREFLIGHT, '"$connect" = ["a"]', api=WEBSOCKET) == []


ROUTES = '"GET /a" = ["a"]'


@pytest.mark.parametrize(
    ("response", "lacking"),
    [
        ("[gateway_responses.THROTTLED]\nstatus = 429", "Access-Control-Allow-Origin:"),
        (
            '[gateway_responses.DEFAULT_5XX.headers]\n"Access-Control-Allow-Origin" = ""',
            "Access-Control-Allow-Origin:",
        ),
        (
            '[gateway_responses.UNAUTHORIZED.headers]\n"access-control-allow-origin" = "\'\'"',
            "Access-Control-Allow-Origin:",
        ),
        (
            '[gateway_responses.ACCESS_DENIED.headers]\n"Access-Control-Expose-Headers" = ""',
            "Access-Control-Expose-Headers:",
        ),
    ],
)
def test_a_gateway_response_that_a_script_cannot_read(checking: Checking, response: str, lacking: str):
    (finding,) = checking.found(Rule.CORS_HEADER, ROUTES, more=VERIFIER + response)
    assert finding.place.startswith("apigw-oauth.toml: gateway_responses.")
    assert f"without {lacking}" in finding.message


@pytest.mark.parametrize(
    "response",
    [
        "",
        "[gateway_responses.UNAUTHORIZED]\nstatus = 401",
        '[gateway_responses.THROTTLED.headers]\n"access-control-allow-origin" = "\'https://app.example.com\'"',
    ],
)
def test_gateway_responses_that_it_can(checking: Checking, response: str):
    assert checking.found(Rule.CORS_HEADER, ROUTES, more=VERIFIER + response) == []
