from apigw_oauth.authorizer.policy_resource import MAX_RESOURCE_LENGTH
from apigw_oauth.authorizer.route import MAX_PATH_LENGTH, VERBS, Route
from apigw_oauth.checks.rules import Rule
from apigw_oauth.checks.stage_view import LONGEST_PREFIX
from tests.checks.checking import HTTP, Checking

MANY = ", ".join(f'"https://scopes.example.com/{number:04}"' for number in range(230))


def test_scopes_that_leave_no_room_for_other_claims(checking: Checking):
    (finding,) = checking.found(Rule.ANSWER_SIZE, f'"GET /a" = [{MANY}]')
    assert "8192 bytes" in finding.message
    assert checking.found(Rule.ANSWER_SIZE, f'"GET /a" = [{MANY}]', 'context = ["sub"]') == []
    assert checking.found(Rule.ANSWER_SIZE, '"GET /a" = ["a"]') == []


def test_a_policy_for_all_routes_leaves_less_room(checking: Checking):
    scopes = MANY[: len(MANY) // 5].rpartition(",")[0]
    routes = "\n".join([f'"GET /a" = [{scopes}]', *(f'"ANY /b{number}/{{id}}" = []' for number in range(10))])
    assert checking.found(Rule.ANSWER_SIZE, routes, 'cache = "token"')
    assert checking.found(Rule.ANSWER_SIZE, routes, 'cache = "route"') == []
    assert checking.found(Rule.ANSWER_SIZE, routes, 'cache = "route"', api=HTTP) == []


def test_paths_of_any_length(checking: Checking):
    (finding,) = checking.found(Rule.LONG_PATHS, '"ANY /files/{path+}" = ["a"]\n"GET /a/{id}" = ["a"]')
    assert "of any length: ANY /files/{path+}." in finding.message
    assert "1600 bytes with 414" in finding.message
    assert checking.found(Rule.LONG_PATHS, '"GET /a/{id}" = ["a"]') == []
    assert checking.found(Rule.LONG_PATHS, '"ANY /files/{path+}" = ["a"]', api=HTTP) == []


def test_the_longest_route_that_a_project_may_have_fits_into_a_policy():
    route = Route.parse("GET /" + "a" * (MAX_PATH_LENGTH - 1))
    longest_stage, longest_verb = 128, max(map(len, VERBS))
    assert LONGEST_PREFIX + longest_stage + longest_verb + 1 + len(route.pattern) <= MAX_RESOURCE_LENGTH
