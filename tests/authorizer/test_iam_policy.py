"""The policy that API Gateway is told, and keeps."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import AnswerTooLargeError, InsufficientScopeError, InvalidTokenError
from apigw_oauth.authorizer.iam_policy import CacheMode, PolicyWriter
from apigw_oauth.authorizer.policy_resource import matches
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from tests.authorizer.conftest import STAGE, make_request

TOKEN = AccessToken(subject="john", client_id="demo", scopes=frozenset({"read"}), expires_at=1_700_000_060.5)
TABLE = RouteTable(
    [
        Route.parse("GET /pets", any_of=[["read"]]),
        Route.parse("GET /pets/{id}", any_of=[["read"]]),
        Route.parse("POST /pets", any_of=[["write"]]),
        Route.parse("ANY /admin", any_of=[["admin"]]),
    ]
)
SPILLING = RouteTable(
    [Route.parse("GET /pets/{id}", any_of=[["read"]]), Route.parse("GET /pets/mine", any_of=[["own"]])]
)


def decide(routes: RouteTable, request: Request, token: AccessToken = TOKEN) -> Decision:
    serving = routes.serving(request)
    try:
        for route in serving:
            route.require(token)
    except InsufficientScopeError as error:
        return Decision.deny(error, serving, token)
    return (
        Decision.allow(Reason.AUTHORIZED, serving, token)
        if serving
        else Decision.forbid(Reason.UNKNOWN_ROUTE, access_token=token)
    )


def statements(
    routes: RouteTable, cache: CacheMode, request: Request, token: AccessToken = TOKEN
) -> dict[str, list[str]]:
    answer = PolicyWriter(routes=routes, cache=cache, claims=[]).answer(decide(routes, request, token), request)
    return {
        statement["Effect"]: [resource.removeprefix(STAGE + "/") for resource in statement["Resource"]]
        for statement in answer["policyDocument"]["Statement"]
    }


@pytest.mark.rule("R73")
@pytest.mark.parametrize("cache", ["route", "off"])
def test_an_answer_for_one_route_prints_that_routes_own_pattern(cache):
    assert statements(TABLE, cache, make_request(path="/pets/7")) == {"Allow": ["GET/pets/*"]}
    assert statements(TABLE, cache, make_request("POST", "/pets", resource="/pets")) == {"Deny": ["POST/pets"]}


def test_any_prints_one_resource_for_each_verb_and_never_a_star():
    admin = TOKEN._replace(scopes=frozenset({"admin"}))
    printed = statements(TABLE, "route", make_request("PUT", "/admin", resource="/admin"), admin)
    assert printed == {
        "Allow": [f"{verb}/admin" for verb in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")]
    }


@pytest.mark.rule("R73")
@pytest.mark.parametrize(
    "path", ["/pets/*", "/pets/?", "/pets/${aws:username}", "/pets/%2A", "/pets/é", "/pets/" + "x" * 2000]
)
@pytest.mark.parametrize("cache", ["route", "off", "token"])
def test_nothing_of_an_odd_path_gets_into_an_allow(cache, path):
    printed = statements(TABLE, cache, make_request(path=path))
    assert set(printed["Allow"]) <= {"GET/pets/*", "GET/pets"}


def test_an_unknown_resource_is_denied_by_api_gateways_own_name_for_it():
    request = make_request("GET", "/toys/7", resource="/toys/{id}")
    assert statements(TABLE, "route", request) == {"Deny": ["GET/toys/*"]}
    nameless = make_request("GET", "/toys/*", resource="nonsense")
    assert statements(TABLE, "route", nameless) == {"Deny": ["GET/toys/?"]}


def test_an_answer_for_the_whole_stage_is_the_same_for_a_refusal_and_an_allowance():
    allowed = statements(TABLE, "token", make_request(path="/pets/7", resource=None))
    refused = statements(TABLE, "token", make_request("POST", "/pets", resource=None))
    assert allowed == refused
    assert allowed["Allow"] == ["GET/pets", "GET/pets/*"]
    assert set(allowed["Deny"]) >= {"POST/*", "GET/admin", "DELETE/admin"}


@pytest.mark.parametrize("path", ["/toys", "/toys/*", "/pets/7%2Fx"])
def test_a_path_that_may_be_no_route_is_denied_though_a_pattern_might_match_it(path):
    printed = statements(TABLE, "token", make_request(path=path, resource=None))
    assert printed["Deny"][-1] == f"GET{path}".replace("*", "?")


def test_a_path_too_long_to_be_printed_is_denied_with_all_that_begin_like_it():
    printed = statements(TABLE, "token", make_request(path="/toys/" + "x" * 600, resource=None))
    assert printed["Deny"][-1].startswith("GET/toys/xxx")
    assert printed["Deny"][-1].endswith("x*")
    assert len(f"{STAGE}/{printed['Deny'][-1]}") == 512


def test_a_pattern_that_reaches_another_route_leaves_the_literal_request():
    mine = "GET/pets/mine"
    assert statements(SPILLING, "token", make_request(path="/pets/7", resource=None)) == {
        "Allow": ["GET/pets/7"],
        "Deny": [mine],
    }
    assert statements(SPILLING, "token", make_request(path="/pets/mine", resource=None)) == {"Deny": [mine]}
    writer = PolicyWriter(routes=SPILLING, cache="token", claims=[])
    request = make_request(path="/pets/*", resource=None)
    with pytest.raises(AnswerTooLargeError):
        writer.answer(Decision.allow(Reason.AUTHORIZED, SPILLING.serving(request), TOKEN), request)


def test_a_closed_route_that_cannot_be_denied_by_its_pattern_is_denied_by_its_path_when_it_is_asked_for():
    own = TOKEN._replace(scopes=frozenset({"own"}))
    assert statements(SPILLING, "token", make_request(path="/pets/7", resource=None), own) == {
        "Allow": ["GET/pets/mine"],
        "Deny": ["GET/pets/7"],
    }


@pytest.mark.parametrize("path", ["/pets/" + "x" * 600])
def test_a_literal_that_does_not_fit_is_never_widened(path):
    request = make_request(path=path, resource=None)
    writer = PolicyWriter(routes=SPILLING, cache="token", claims=[])
    with pytest.raises(AnswerTooLargeError):
        writer.answer(Decision.allow(Reason.AUTHORIZED, SPILLING.serving(request), TOKEN), request)


def test_a_table_too_large_for_one_answer_is_answered_for_the_literal_request():
    large = RouteTable(Route.parse(f"GET /r{number}", any_of=[["read"]]) for number in range(100))
    closed = [Route.parse("GET /a", any_of=[["write"]])]
    assert statements(large, "token", make_request(path="/r7", resource=None))["Allow"] == ["GET/*"]
    mixed = RouteTable([*large, *closed])
    assert statements(mixed, "token", make_request(path="/r7", resource=None)) == {"Allow": ["GET/r7"]}
    assert statements(mixed, "token", make_request(path="/a", resource=None)) == {"Deny": ["GET/a"]}


@pytest.mark.parametrize("cache", ["route", "token", "off"])
def test_an_allow_ends_with_the_token_and_a_deny_does_not(cache):
    request = make_request(path="/pets/7")
    answer = PolicyWriter(routes=TABLE, cache=cache, claims=[]).answer(decide(TABLE, request), request)
    for statement in answer["policyDocument"]["Statement"]:
        ends = statement.get("Condition")
        expected = {"DateLessThanIfExists": {"aws:CurrentTime": "2023-11-14T22:14:20Z"}}
        assert ends == (expected if statement["Effect"] == "Allow" else None)


@pytest.mark.parametrize("expires_at", [None, 1e300, float("inf"), -5.0])
def test_a_token_without_a_printable_end_has_no_condition(expires_at):
    request = make_request(path="/pets/7")
    token = TOKEN._replace(expires_at=expires_at)
    answer = PolicyWriter(routes=TABLE, cache="route", claims=[]).answer(decide(TABLE, request, token), request)
    assert "Condition" not in answer["policyDocument"]["Statement"][0]


def test_the_challenge_is_that_of_the_route_or_says_nothing_of_it():
    def challenge(cache: CacheMode, request: Request) -> str:
        writer = PolicyWriter(routes=TABLE, cache=cache, claims=[])
        said: str = writer.answer(decide(TABLE, request), request)["context"]["wwwAuthenticate"]
        return said

    open_route, closed = make_request(path="/pets/7"), make_request("POST", "/pets", resource="/pets")
    assert (
        challenge("route", open_route)
        == 'Bearer error="invalid_token", error_description="The access token expired."'
    )
    assert 'scope="write"' in challenge("route", closed)
    for request in (open_route, closed, make_request("GET", "/toys", resource=None)):
        assert challenge("token", request) == 'Bearer error="insufficient_scope"'


@pytest.mark.rule("R71")
def test_a_refusal_of_nobody_in_particular_closes_everything():
    request = make_request(path="/pets/7", resource=None)
    decision = Decision.deny(InvalidTokenError("no"), TABLE.serving(request), None)
    answer = PolicyWriter(routes=TABLE, cache="token", claims=[]).answer(decision, request)
    assert [statement["Effect"] for statement in answer["policyDocument"]["Statement"]] == ["Deny"]
    assert answer["principalId"] == "unidentified"
    assert "invalid_token" in answer["context"]["wwwAuthenticate"]


@pytest.mark.rule("R72")
@pytest.mark.parametrize("cache", ["route", "off"])
def test_an_allow_of_no_route_allows_nothing(cache):
    request = make_request()
    answer = PolicyWriter(routes=TABLE, cache=cache, claims=[]).answer(
        Decision.allow(Reason.AUTHORIZED, (), TOKEN), request
    )
    assert answer["policyDocument"]["Statement"] == []


def test_an_answer_is_its_callers_and_changes_no_later_one():
    writer, request = PolicyWriter(routes=TABLE, cache="route", claims=["sub"]), make_request()
    answer = writer.answer(decide(TABLE, request), request)
    before = json.dumps(answer)
    for changed in answer["policyDocument"]["Statement"]:
        changed["Resource"].append("*")
        changed["Condition"]["DateLessThanIfExists"].clear()
    answer["policyDocument"]["Statement"].clear()
    answer["context"].clear()
    assert json.dumps(writer.answer(decide(TABLE, request), request)) == before


def test_an_answer_that_api_gateway_would_not_take_is_not_given():
    request = make_request(path="/pets/7")
    token = TOKEN._replace(claims={"big": "x" * 9000})
    with pytest.raises(AnswerTooLargeError):
        PolicyWriter(routes=TABLE, cache="route", claims=["big"]).answer(decide(TABLE, request, token), request)


@pytest.mark.rule("R72")
@pytest.mark.parametrize(
    "changes",
    [
        {"claims": {"big": "\0" * 1300}},
        {"claims": {"big": "\U0001f600" * 650}},
        {"claims": {"big": '"' * 3950}},
        {"subject": "\0" * 1300},
        {"subject": "\\" * 3950},
    ],
    ids=range(5),
)
def test_room_is_what_the_answer_takes_with_its_escapes(changes):
    request, token = make_request(path="/pets/7"), TOKEN._replace(**changes)
    writer = PolicyWriter(routes=TABLE, cache="route", claims=["big"])
    with pytest.raises(AnswerTooLargeError):
        writer.answer(decide(TABLE, request, token), request)
    shorter = {"subject": "\0" * 1200} if "subject" in changes else {"claims": {"big": "\0" * 1200}}
    answer = writer.answer(decide(TABLE, request, TOKEN._replace(**shorter)), request)
    assert 7200 < len(json.dumps(answer)) <= 8192


@pytest.mark.parametrize("cache", ["route", "token"])
def test_a_policy_is_reckoned_with_as_no_shorter_than_it_is(cache):
    writer = PolicyWriter(routes=TABLE, cache=cache, claims=[])
    for path in ("/pets", "/pets/7", "/" + "a" * 400, "/nowhere"):
        request = make_request("GET", path, resource=path)
        policy, length = writer._policy(decide(TABLE, request), request)
        assert len(json.dumps(policy)) <= length


def test_a_policy_is_of_the_stage_that_was_asked_about():
    writer, request = PolicyWriter(routes=TABLE, cache="route", claims=[]), make_request()
    elsewhere = request._replace(method_arn=request.method_arn._replace(stage="prod"))
    for asked in (request, elsewhere, request):
        (statement,) = writer.answer(decide(TABLE, asked), asked)["policyDocument"]["Statement"]
        assert statement["Resource"] == [asked.method_arn.resource("GET/pets/*")]


@pytest.mark.rule("R72")
@given(
    path=st.text(max_size=30).map(lambda text: "/pets/" + text),
    cache=st.sampled_from(["route", "token", "off"]),
    table=st.sampled_from([TABLE, SPILLING]),
    named=st.booleans(),
)
def test_every_answer_has_the_shape_that_api_gateway_takes(path, cache, table, named):
    request = make_request(path=path, resource="/pets/{id}" if named else None)
    writer = PolicyWriter(routes=table, cache=cache, claims=["sub"])
    try:
        answer = writer.answer(decide(table, request), request)
    except AnswerTooLargeError:
        assert cache == "token"
        return
    assert set(answer) == {"principalId", "policyDocument", "context"}
    assert all(isinstance(value, str) for value in answer["context"].values())
    for statement in answer["policyDocument"]["Statement"]:
        assert statement["Resource"]
        assert all(len(resource) <= 512 for resource in statement["Resource"])
    assert len(json.dumps(answer)) <= 8192


def test_a_refusal_does_not_deny_the_open_path_of_another_route_that_is_spelled_much_like_it():
    table = RouteTable(
        [
            Route.parse("GET /{x}/v1:list", any_of=[["admin", "read"]]),
            Route.parse("GET /b/{y}", any_of=[["read"]]),
            Route.parse("GET /q/v1-list", any_of=[["read"]]),
        ]
    )
    denied = statements(table, "token", make_request(path="/q/v1:list", resource=None))["Deny"]
    assert "GET/q/v1:list" in denied
    assert not any(matches(pattern, "GET/q/v1-list") for pattern in denied)


def test_a_refusal_denies_the_arn_that_was_asked_about_whatever_route_the_event_names():
    named_closed = make_request("GET", "/pets/7", resource="/admin")
    printed = statements(TABLE, "token", named_closed)
    assert "GET/pets/7" in printed["Deny"]
