"""What is found where something else is deployed than the project has."""

from pathlib import Path

import pytest

from apigw_oauth.checks.deployed.comparison import compare
from apigw_oauth.checks.deployed.deployed_api import DeployedApi, DeployedAuthorizer, DeployedRoute
from apigw_oauth.project import Project, load_project
from tests.checks.checking import HTTP, VERIFIER, WEBSOCKET, Checking
from tests.checks.deployed.as_deployed import FUNCTION, as_deployed, codes, its_function

ROUTES = '"GET /pets/{id}" = ["pets"]\n"GET /health" = "public"\n'
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def rest(tmp_path: Path) -> Project:
    return Checking(tmp_path).load(ROUTES)


def with_route(api: DeployedApi, key: str, authorization: str, authorizer: str | None = None) -> DeployedApi:
    others = tuple(one for one in api.routes if one.key != key)
    return api._replace(routes=(*others, DeployedRoute(key, authorization, authorizer)))


def with_authorizer(api: DeployedApi, **changes: object) -> DeployedApi:
    changed: DeployedAuthorizer = api.authorizers["auth1"]._replace(**changes)  # type: ignore[arg-type]  # its fields
    return api._replace(authorizers={"auth1": changed})


@pytest.mark.parametrize("name", ["mydemoresource", "httpapi", "websocket"])
def test_nothing_is_found_where_everything_is_as_the_project_has_it(name):
    project = load_project(EXAMPLES / name)
    api = as_deployed(project)
    messages = tuple(DeployedRoute(one.key, "NONE", None) for one in project.message_routes)
    assert codes(project, api._replace(routes=(*api.routes, *messages))) == []


@pytest.mark.parametrize("authorization", ["NONE", "AWS_IAM", "JWT", "COGNITO_USER_POOLS"])
def test_a_route_that_requires_a_token_and_asks_nobody_for_one_is_open(rest, authorization):
    assert codes(rest, with_route(as_deployed(rest), "GET /pets/{id}", authorization)) == ["deployed-route-open"]


def test_a_route_with_an_authorizer_that_the_api_does_not_have_is_open(rest):
    api = with_route(as_deployed(rest), "GET /pets/{id}", "CUSTOM", "gone")
    assert codes(rest, api) == ["deployed-route-open"]


def test_a_route_is_the_same_whatever_its_path_variable_is_called(rest):
    api = as_deployed(rest)
    renamed = with_route(api._replace(routes=api.routes[1:]), "GET /pets/{petId}", "CUSTOM", "auth1")
    assert codes(rest, renamed) == []


def test_a_public_route_that_asks_the_authorizer_refuses_callers_without_a_token(rest):
    api = with_route(as_deployed(rest), "GET /health", "CUSTOM", "auth1")
    assert codes(rest, api) == ["deployed-route-closed"]


def test_a_route_that_is_not_deployed_is_missed(rest):
    api = as_deployed(rest)
    assert codes(rest, api._replace(routes=api.routes[:1])) == ["deployed-route-missing"]


@pytest.mark.parametrize(
    ("authorization", "words"),
    [("NONE", "nobody is asked"), ("CUSTOM", "refuses it to everybody"), ("AWS_IAM", "asks for AWS_IAM")],
)
def test_a_route_that_the_project_does_not_know_is_told_with_who_is_asked(rest, authorization, words):
    api = with_route(as_deployed(rest), "POST /pets", authorization, "auth1")
    (finding,) = compare(rest, api, {FUNCTION: its_function(rest)})
    assert finding.code == "deployed-route-unknown"
    assert words in finding.message


def test_preflights_are_not_unknown_routes(rest):
    assert codes(rest, with_route(as_deployed(rest), "OPTIONS /pets/{id}", "NONE")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ttl": 300}, "TTL: 300 there, 60 here"),
        ({"type": "TOKEN"}, "type: TOKEN there, REQUEST here"),
        ({"identity_sources": ("method.request.header.Authorization",)}, "identity sources: "),
        ({"identity_validation": "^x$"}, "identity validation: ^x$ there, none here"),
    ],
)
def test_an_authorizer_that_is_set_up_otherwise_is_told_with_both_sides(rest, change, words):
    (finding,) = compare(rest, with_authorizer(as_deployed(rest), **change), {FUNCTION: its_function(rest)})
    assert finding.code == "deployed-authorizer"
    assert words in finding.message


def test_identity_sources_are_the_same_in_another_order_and_another_case_of_their_header(rest):
    api = as_deployed(rest)
    sources = tuple(reversed(api.authorizers["auth1"].identity_sources))
    other = tuple(one.replace("Authorization", "authorization") for one in sources)
    assert codes(rest, with_authorizer(api, identity_sources=other)) == []


@pytest.mark.parametrize("change", [{"payload_format": "1.0"}, {"simple_responses": False}])
def test_an_http_api_that_expects_another_answer_is_told(tmp_path, change):
    project = Checking(tmp_path).load(ROUTES, api=HTTP)
    assert codes(project, with_authorizer(as_deployed(project), **change)) == ["deployed-authorizer"]


def test_a_websocket_api_has_no_ttl_to_differ(tmp_path):
    project = Checking(tmp_path).load('"$connect" = ["chat"]\n', api=WEBSOCKET)
    assert codes(project, with_authorizer(as_deployed(project), ttl=300)) == []


def test_an_authorizer_that_no_route_asks_does_not_matter(rest):
    api = as_deployed(rest)
    spare = api.authorizers["auth1"]._replace(ttl=3600)
    assert codes(rest, api._replace(authorizers={**api.authorizers, "spare": spare})) == []


def test_a_gateway_response_that_is_not_there_is_missed(rest):
    api = as_deployed(rest)
    responses = {kind: one for kind, one in api.gateway_responses.items() if kind != "ACCESS_DENIED"}
    assert codes(rest, api._replace(gateway_responses=responses)) == ["deployed-gateway-response"]


def test_a_gateway_response_with_another_challenge_is_told(rest):
    api = as_deployed(rest)
    other = {**api.gateway_responses["UNAUTHORIZED"], "WWW-Authenticate": "'Basic'"}
    (finding,) = compare(
        rest,
        api._replace(gateway_responses={**api.gateway_responses, "UNAUTHORIZED": other}),
        {FUNCTION: its_function(rest)},
    )
    assert finding.code == "deployed-gateway-response"
    assert finding.message.startswith("WWW-Authenticate: ")


def test_names_of_headers_of_gateway_responses_have_no_case(rest):
    api = as_deployed(rest)
    lower = {
        kind: {name.lower(): value for name, value in one.items()} for kind, one in api.gateway_responses.items()
    }
    assert codes(rest, api._replace(gateway_responses=lower)) == []


def test_the_default_endpoint_must_not_be_open_beside_mutual_tls(tmp_path):
    domain = (
        '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/2"\n'
        'trust_store = "s3://trust/store.pem"\n'
    )
    checking = Checking(tmp_path)
    project = checking.load(ROUTES, more=f"{domain}{VERIFIER}")
    assert codes(project, as_deployed(project)) == []
    assert codes(project, as_deployed(project)._replace(default_endpoint_is_open=True)) == [
        "deployed-default-endpoint"
    ]


def test_a_stage_that_serves_an_older_deployment_is_told(rest):
    assert codes(rest, as_deployed(rest)._replace(newer_than_stage=True)) == ["deployed-stage-behind"]


def test_routes_that_a_stage_still_serves_are_named(rest):
    (finding,) = compare(
        rest, as_deployed(rest)._replace(served_otherwise=("GET /gone",)), {FUNCTION: its_function(rest)}
    )
    assert (finding.code, finding.message.endswith("though they are gone: GET /gone.")) == (
        "deployed-stage-behind",
        True,
    )


def test_a_package_of_another_state_of_the_project_is_told_with_what_differs(rest, tmp_path):
    api, function = as_deployed(rest), its_function(rest)
    changed = Checking(tmp_path).load('"GET /pets/{id}" = ["admin"]\n"GET /health" = "public"\n')
    (finding,) = compare(changed, api, {FUNCTION: function})
    assert finding.code == "deployed-settings"
    assert "routes in its authorizer.json differs" in finding.message


def test_a_function_without_settings_is_not_ours(rest):
    function = its_function(rest)._replace(settings=None)
    assert codes(rest, as_deployed(rest), function) == ["deployed-settings"]


def test_a_package_of_another_version_is_told(rest):
    assert codes(rest, as_deployed(rest), its_function(rest)._replace(version="0.0.1")) == ["deployed-version"]


def test_a_function_that_api_gateway_may_not_invoke_is_told_unless_it_takes_a_role(rest):
    api, function = as_deployed(rest), its_function(rest)._replace(may_be_invoked=False)
    assert codes(rest, api, function) == ["deployed-permission"]
    assert codes(rest, with_authorizer(api, has_role=True), function) == []
    assert codes(rest, api, function._replace(may_be_invoked=None)) == []


def test_code_that_could_not_be_read_is_not_taken_for_the_same(rest):
    function = its_function(rest)._replace(settings=None, unreadable="Lambda says AccessDeniedException")
    assert codes(rest, as_deployed(rest), function) == ["deployed-code-unread"]


def test_a_project_that_cannot_be_packaged_says_nothing_of_the_package(tmp_path):
    project = Checking(tmp_path).load(ROUTES, more="")
    api = as_deployed(project)
    function = its_function(Checking(tmp_path).load(ROUTES))
    assert codes(project, api, function) == []
