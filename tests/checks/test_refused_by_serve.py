"""What `serve` refuses to start with is found by `check`: the same definition, the same message."""

import pytest

from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.cli.check import findings_of
from tests.checks.checking import HTTP, REST, SECRET, VERIFIER, WEBSOCKET, Checking
from tests.serve_process import FREE, run_refused

ROUTES = '"GET /a" = ["a"]'
CONNECT = '"$connect" = ["a"]'
API, AUTHSERVER = Rule.SERVE_REFUSES_API, Rule.SERVE_REFUSES_AUTHSERVER

REFUSED = [
    (API, REST, ROUTES, "", '[gateway_responses.UNAUTHORIZED]\nheaders = { WWW-Authenticate = "Bearer" }', "WWW-Authenticate"),
    (API, REST, ROUTES, "", "[gateway_responses.UNAUTHORIZED.headers]\n'X Y' = \"'z'\"", "X Y"),
    (API, REST, ROUTES, "", '[gateway_responses.UNAUTHORIZED.templates]\n"json" = "{}"', "not a content type"),
    (API, REST, ROUTES, "", "[gateway_responses.FOO]\nstatus = 400", "FOO"),
    (API, REST, ROUTES, 'cache = "off"\nidentity_sources = ["context.foo"]', "", "context.foo"),
    (API, HTTP, ROUTES, 'cache = "off"\nidentity_sources = ["$context.authorizer.x"]', "", "authorizer.x"),
    (API, REST, ROUTES, 'cache = "off"\nidentity_sources = ["method.request.header.X Y"]', "", "X Y"),
    (API, REST, '"GET /a" = { scopes = [], integration = { http = "https://b.example/{id}" } }', "", "", "{id}"),
    (API, WEBSOCKET, '"$connect" = []\n"$default" = { integration = { http = "https://b.example" } }', "", "", "name a function"),
    (AUTHSERVER, REST, ROUTES, "", '[[local.clients]]\nclient_id = "a"\n[[local.clients]]\nclient_id = "a"', "'a' is there twice"),
    (AUTHSERVER, REST, ROUTES, "", '[[local.clients]]\nclient_id = "a"\nscopes = ["b c"]', "clients[0].scopes"),
    (AUTHSERVER, HTTP, ROUTES, "", '[[local.clients]]\nclient_id = "a"\nredirect_uris = ["/cb"]', "clients[0].redirect_uris"),
    (AUTHSERVER, WEBSOCKET, CONNECT, "", '[[local.users]]\nlogin = "ä"\npassword = "geheim-4711"', "users[0].login"),
]  # fmt: skip


def refused(checking: Checking, *arguments: str, **options: str) -> list[Finding]:
    found = findings_of(checking.load(*arguments, **options))
    return [one for one in found if one.code in {API.code, AUTHSERVER.code}]


@pytest.mark.parametrize(("rule", "api", "routes", "authorizer", "more", "said"), REFUSED)
def test_what_serve_refuses_is_an_error(
    checking: Checking, rule: Rule, api: str, routes: str, authorizer: str, more: str, said: str
):
    (finding,) = refused(checking, routes, authorizer, api=api, more=VERIFIER + more)
    assert (finding.code, finding.severity) == (rule.code, "error")
    assert finding.place.startswith("apigw-oauth.toml")
    assert said in f"{finding.place} {finding.message}"
    assert str(checking.directory) not in finding.message
    assert "geheim-4711" not in finding.message


@pytest.mark.parametrize(("rule", "api", "routes", "authorizer", "more", "said"), [REFUSED[0], REFUSED[-2]])
def test_serve_ends_with_the_same_words(
    checking: Checking, rule: Rule, api: str, routes: str, authorizer: str, more: str, said: str
):
    (finding,) = refused(checking, routes, authorizer, api=api, more=VERIFIER + more)
    done = run_refused("--project", str(checking.directory), *FREE)
    assert (done.returncode, finding.code) == (2, rule.code)
    assert said in f"{finding.place} {finding.message}"
    assert finding.message in done.stderr


def test_both_servers_are_asked(checking: Checking):
    more = f"{VERIFIER}{REFUSED[3][4]}\n{REFUSED[9][4]}"
    found = refused(checking, ROUTES, more=more)
    assert [one.code for one in found] == [API.code, AUTHSERVER.code]


SIMPLE = 'cache = "token"\nsimple_responses = true'


@pytest.mark.parametrize(
    ("rule", "api", "routes", "authorizer"),
    [
        (Rule.SIMPLE_RESPONSE_WITHOUT_ROUTE, HTTP, ROUTES, SIMPLE),
        (Rule.PER_REQUEST_ROUTE, REST, '"GET /a" = { scopes = [], max_age = 5 }', ""),
        (
            Rule.TOKEN_EVENT_WITHOUT_HEADERS,
            REST,
            '"GET /a" = { scopes = [], sender_constrained = true }',
            'event = "token"\ncache = "off"',
        ),
    ],
)
def test_what_has_a_finding_already_gets_no_second_one(
    checking: Checking, rule: Rule, api: str, routes: str, authorizer: str
):
    project = checking.load(routes, authorizer, api=api)
    codes = [one.code for one in findings_of(project)]
    assert codes.count(rule.code) == 1
    assert not {API.code, AUTHSERVER.code}.intersection(codes)


def test_behind_a_finding_there_may_be_another_one(checking: Checking):
    routes = '"GET /a" = { scopes = [], max_age = 5, integration = { http = "https://b.example/{id}" } }'
    (finding,) = refused(checking, routes)
    assert "{id}" in finding.message


@pytest.mark.parametrize(
    ("api", "routes", "authorizer", "more"),
    [
        (REST, ROUTES, "", VERIFIER),
        (REST, ROUTES, "", ""),
        (REST, ROUTES, 'handler = "functions.py:f"', ""),
        (HTTP, ROUTES, "", VERIFIER.replace(SECRET, "ssm:/absent")),
        (WEBSOCKET, CONNECT, "", VERIFIER),
    ],
)
def test_no_function_is_loaded_no_reference_resolved_and_no_store_opened(
    checking: Checking, api: str, routes: str, authorizer: str, more: str
):
    (checking.directory / "functions.py").write_text("raise SystemExit('the function was loaded')")
    store = '\n[local]\nstore = "store.sqlite"\n'
    assert refused(checking, routes, authorizer, api=api, more=more + store) == []
    assert not (checking.directory / "store.sqlite").exists()
