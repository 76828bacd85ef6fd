"""Cache mode `token`: what one policy for all routes cannot say."""

import pytest

from apigw_oauth.checks import assumptions, stage_view
from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, Checking

TOKEN = 'cache = "token"'
PETS = '"GET /pets/{id}" = ["read"]\n"GET /pets/mine" = ["own"]'
OWNERS = '"GET /pets/{id}" = ["read"]\n"GET /pets/{id}/owner" = ["own"]'
EASY = '"GET /pets" = ["read"]\n"GET /pets/{id}" = ["read"]\n"POST /dogs/{id}" = ["own"]'
RULES = [
    Rule.UNPRINTABLE_ROUTES,
    Rule.UNPROTECTED_ROUTES,
    Rule.POLICY_TOO_LARGE,
    Rule.UNKNOWN_PATHS,
    Rule.ENCODED_SLASH,
    Rule.DECODED_ARN,
    Rule.TOO_MUCH,
]


def test_a_pattern_that_would_open_a_closed_route(checking: Checking):
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, PETS, TOKEN)
    assert finding.severity == "error"
    assert finding.message.startswith(
        "GET /pets/{id} is open to a token with read; its pattern pets/* would also open GET /pets/mine, which"
    )
    assert finding.mend.startswith('cache = "route"')


def test_a_token_event_cannot_have_the_route_in_its_key(checking: Checking):
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, PETS, 'event = "token"')
    assert finding.mend.startswith('event = "request" and cache = "route"')


def test_of_each_route_the_others_that_it_would_open_are_told_once(checking: Checking):
    routes = f'{PETS}\n"GET /pets/yours" = ["own"]\n"POST /pets/{{id}}" = ["read"]\n"ANY /pets/mine/x" = ["own"]'
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, routes, TOKEN)
    assert "GET /pets/mine, GET /pets/yours" in finding.message


def test_what_a_deny_can_cut_off_is_not_told(checking: Checking):
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, f'{PETS}\n"GET /pets/{{id}}/owner" = ["own"]', TOKEN)
    assert "would also open GET /pets/mine, which" in finding.message


def test_what_only_a_token_with_two_scopes_shows(checking: Checking):
    routes = '"GET /a/{x}" = ["one"]\n"GET /a/{x}/b" = ["two"]\n"GET /a/{x}/c" = ["three"]'
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, routes, TOKEN)
    assert "a token with one t" in finding.message
    assert "also open GET /a/{x}/" in finding.message


def test_what_only_a_token_with_two_scopes_shows_in_a_table_with_many(checking: Checking):
    routes = '"GET /a/{x}" = ["one"]\n"GET /a/{x}/b" = ["two"]\n"GET /a/{x}/c" = ["three"]\n'
    routes += "\n".join(f'"GET /r{number}/{{x}}" = ["s{number}"]' for number in range(40))
    (finding,) = checking.found(Rule.UNPRINTABLE_ROUTES, routes, TOKEN)
    assert "also open GET /a/{x}/" in finding.message


@pytest.mark.parametrize("routes", ['"GET /pets/{id}" = []', '"GET /pets/{id}" = "public"'])
def test_a_table_without_scopes(checking: Checking, routes: str):
    assert not checking.found(Rule.UNPRINTABLE_ROUTES, routes, TOKEN)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@pytest.mark.parametrize(
    ("routes", "authorizer"),
    [
        (EASY, TOKEN),
        (PETS, 'cache = "route"'),
        (PETS, 'cache = "off"'),
        (PETS, f"{TOKEN}\ncache_ttl = 0"),
        (PETS, f'{TOKEN}\nhandler = "functions.py:f"'),
    ],
)
def test_tables_and_modes_without_trouble(checking: Checking, rule: Rule, routes: str, authorizer: str):
    assert checking.found(rule, routes, authorizer) == []


def test_simple_responses_are_no_policies(checking: Checking):
    authorizer = f'{TOKEN}\nsimple_responses = true\nidentity_sources = ["$request.header.Authorization", "$context.routeKey"]'
    assert checking.found(Rule.UNPRINTABLE_ROUTES, PETS, authorizer, api=HTTP) == []
    assert checking.found(Rule.UNPRINTABLE_ROUTES, PETS, TOKEN, api=HTTP)


def test_nobody_asks_the_authorizer_about_a_public_route(checking: Checking):
    assert checking.found(Rule.UNPRINTABLE_ROUTES, PETS.replace('["read"]', '"public"'), TOKEN) == []


def test_a_closed_route_that_cannot_be_denied(checking: Checking):
    (finding,) = checking.found(Rule.UNPROTECTED_ROUTES, OWNERS, TOKEN)
    assert finding.severity == "warning"
    assert "GET /pets/{id}, for a token with own" in finding.message
    assert "resource policy" in finding.message


def test_http_apis_have_no_resource_policy_that_could_allow_it(checking: Checking):
    assert checking.found(Rule.UNPROTECTED_ROUTES, OWNERS, TOKEN, api=HTTP) == []


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        (PETS, "would also open GET /pets/mine, which is not. So"),
        (f'{PETS}\n"GET /pets/yours" = ["own"]', "GET /pets/mine, GET /pets/yours, which are not. So"),
    ],
)
def test_one_route_and_several_that_a_pattern_would_open(checking: Checking, routes: str, said: str):
    assert said in checking.found(Rule.UNPRINTABLE_ROUTES, routes, TOKEN)[0].message


def test_an_encoded_slash_that_could_open_a_closed_route(checking: Checking):
    (finding,) = checking.found(Rule.ENCODED_SLASH, OWNERS, TOKEN)
    assert finding.message.startswith(
        "GET /pets/x%2Fowner is a path of GET /pets/{id}, which is closed to a token"
    )


def test_an_encoded_slash_that_could_open_a_part_of_the_rest(checking: Checking):
    routes = '"ANY /admin/{proxy+}" = ["admin"]\n"GET /admin/{a}/log" = ["log"]'
    other, finding = sorted(checking.found(Rule.ENCODED_SLASH, routes, TOKEN), reverse=True)
    assert "GET /admin/x%2Flog is a path of ANY /admin/{proxy+}" in finding.message
    # The literal path that the token may take, if API Gateway shows it so.
    assert "GET /admin/x%2Fx/log is a path of GET /admin/{a}/log" in other.message


@pytest.mark.parametrize(
    "routes", [PETS, OWNERS.replace("GET /pets/{id}/", "PUT /pets/{id}/"), OWNERS.replace("own", "read")]
)
def test_an_encoded_slash_that_opens_nothing(checking: Checking, routes: str):
    assert checking.found(Rule.ENCODED_SLASH, routes, TOKEN) == []


def test_an_encoded_letter_that_could_open_a_closed_route(checking: Checking):
    (finding,) = checking.found(Rule.DECODED_ARN, PETS, TOKEN)
    assert finding.message.startswith(
        "GET /pets/mine, with a letter of it percent-encoded, is a path of GET /pets/{id}, which is closed to"
    )


@pytest.mark.parametrize("routes", [EASY, OWNERS, PETS.replace("GET /pets/mine", "PUT /pets/mine")])
def test_an_encoded_letter_that_opens_nothing(checking: Checking, routes: str):
    assert checking.found(Rule.DECODED_ARN, routes, TOKEN) == []


def test_paths_that_no_route_has(checking: Checking):
    routes = '"GET /pets/{id}" = ["read"]\n"GET /pets/{id}/owner" = ["read"]'
    (finding,) = checking.found(Rule.UNKNOWN_PATHS, routes, TOKEN)
    assert finding.severity == "info"
    assert "GET/pets/* (such as GET/pets/x/x)" in finding.message


def test_a_policy_that_does_not_fit(checking: Checking):
    pairs = (f'"GET /r{number}/{{id}}/{"x" * 100}" = ["all"]\n"GET /r{number}/y" = ["y"]' for number in range(60))
    routes = "\n".join(pairs)
    found = checking.all(routes, TOKEN)
    (finding,) = [one for one in found if one.code == Rule.POLICY_TOO_LARGE.code]
    assert finding.severity == "error"
    assert "a token with all" in finding.message
    # Patterns that are not printed reach nothing.
    assert Rule.UNPRINTABLE_ROUTES.code not in {one.code for one in found}


def test_a_policy_that_does_not_fit_for_a_token_with_nearly_all_scopes(checking: Checking):
    pairs = (f'"GET /r{n}/{{id}}" = ["s{n}"]\n"GET /r{n}/{{id}}/owner" = ["admin"]' for n in range(20))
    (finding,) = checking.found(Rule.POLICY_TOO_LARGE, "\n".join(pairs), TOKEN)
    assert "admin" not in finding.message


def test_a_table_with_too_many_sets_of_scopes_is_told(checking: Checking):
    routes = "\n".join(f'"GET /r{number}" = ["s{number}"]' for number in range(460))
    (finding,) = checking.found(Rule.TOO_MUCH, routes, TOKEN)
    assert "sets of scopes were looked at, there are more" in finding.message


def test_a_table_with_too_many_pairs_of_routes_is_told(checking: Checking):
    view = stage_view.StageView.of(checking.load(OWNERS, TOKEN))
    assert view is not None
    assert [one.code for one in assumptions.spellings(view, most_work=0)] == [Rule.TOO_MUCH.code]


@pytest.mark.parametrize("work", [0, 90, 10**6])
def test_of_many_tokens_some_are_looked_at_evenly(checking: Checking, work: int):
    routes = "\n".join(f'"GET /r{number}" = ["s{number:02}"]' for number in range(45))
    view = stage_view.StageView.of(checking.load(routes, TOKEN), work=work)
    assert view is not None
    assert view.is_complete == (work == 10**6)
    assert len(view.tokens) <= 12 or view.is_complete
    assert [len(token.granted) for token in view.tokens[:2]] == [0, 45]
    assert max(min(token.granted) for token in view.tokens[2:]) > "s35"


OVERRIDE = '"GET /pets" = ["read"]\n"DELETE /pets" = ["admin"]'


@pytest.mark.parametrize(
    "routes", [OVERRIDE, OVERRIDE.replace("DELETE", "ANY"), OVERRIDE.replace('["read"]', '"public"')]
)
def test_methods_of_one_path_that_differ(checking: Checking, routes: str):
    (finding,) = checking.found(Rule.METHOD_OVERRIDE, routes, TOKEN)
    assert "GET /pets and " in finding.message


@pytest.mark.parametrize("cache", ["", '\ncache = "off"'])
def test_a_token_event_never_shows_which_method_is_run(checking: Checking, cache: str):
    (finding,) = checking.found(Rule.METHOD_OVERRIDE, OVERRIDE, f'event = "token"{cache}')
    assert finding.mend.startswith('event = "request" and cache = "off"')


def test_a_key_with_the_method_may_have_that_of_the_request(checking: Checking):
    (finding,) = checking.found(Rule.METHOD_OVERRIDE_IN_KEY, OVERRIDE, "")
    assert finding.severity == "info"
    assert checking.found(Rule.METHOD_OVERRIDE_IN_KEY, OVERRIDE, 'cache = "off"') == []
    assert checking.found(Rule.METHOD_OVERRIDE_IN_KEY, OVERRIDE, TOKEN) == []


@pytest.mark.parametrize(("rule", "routes"), [(Rule.ENCODED_SLASH, OWNERS), (Rule.DECODED_ARN, PETS)])
def test_a_token_event_has_nothing_but_the_arn_with_the_cache_off_too(checking: Checking, rule: Rule, routes: str):
    assert len(checking.found(rule, routes, 'event = "token"\ncache = "off"')) == 1
    assert checking.found(rule, routes, 'cache = "off"') == []


def test_what_is_said_of_kept_policies_is_not_said_where_none_is_kept(checking: Checking):
    found = {
        one.code
        for one in checking.all(f"{PETS}\n{OWNERS.partition(chr(10))[2]}", 'event = "token"\ncache = "off"')
    }
    assert found.isdisjoint({Rule.UNPRINTABLE_ROUTES.code, Rule.UNPROTECTED_ROUTES.code, Rule.UNKNOWN_PATHS.code})


@pytest.mark.parametrize(
    ("routes", "authorizer", "api"),
    [
        (OVERRIDE, "", 'type = "rest"\n'),
        (OVERRIDE, f"{TOKEN}\ncache_ttl = 0", 'type = "rest"\n'),
        (OVERRIDE, 'cache = "off"', 'type = "rest"\n'),
        (OVERRIDE, TOKEN, HTTP),
        (OVERRIDE.replace("admin", "read"), TOKEN, 'type = "rest"\n'),
        (OVERRIDE.replace("DELETE /pets", "DELETE /dogs"), TOKEN, 'type = "rest"\n'),
    ],
)
def test_methods_that_do_not_differ_or_are_not_kept(checking: Checking, routes: str, authorizer: str, api: str):
    assert checking.found(Rule.METHOD_OVERRIDE, routes, authorizer, api=api) == []
