"""The API of a template: routes, integrations, gateway responses, deployments, against the project."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.deploy.blueprint import Backend, Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.templates import cloudformation
from apigw_oauth.project.project_file import GatewayResponse
from tests.deploy.templates import cases
from tests.deploy.templates.cloudformation.cfn_reading import references, substituted
from tests.deploy.templates.cloudformation.documents import (
    PSEUDO,
    REST,
    blueprint_of,
    made,
    of_kind,
    one_of,
    template,
)
from tests.path_templates import path_template


@pytest.mark.parametrize("name", cases.NAMES)
def test_the_authorizer_is_asked_about_every_route_that_is_not_public_and_about_no_other(name):
    document, blueprint = template(name), blueprint_of(name)
    methods = of_kind(document, "ApiGateway::Method" if name in REST else "ApiGatewayV2::Route")
    assert len(methods) == len(blueprint.routes)
    for route, method in zip(blueprint.routes, methods.values(), strict=True):
        assert route.method == method.get("HttpMethod", route.method)
        assert route.key == method.get("RouteKey", route.key)
        asked = {"Ref": "Authorizer"} if route.authorized else None
        assert (method["AuthorizationType"] == "CUSTOM", method.get("AuthorizerId")) == (route.authorized, asked)


@pytest.mark.parametrize("name", REST)
def test_gateway_responses_are_those_of_the_blueprint(name):
    wanted = blueprint_of(name).gateway_responses
    found = {one["ResponseType"]: one for one in of_kind(template(name), "ApiGateway::GatewayResponse").values()}
    assert found.keys() == wanted.keys()
    for kind, one in found.items():
        assert one.get("StatusCode") == (None if wanted[kind].status is None else str(wanted[kind].status))
        base_url = "https://abc.execute-api.eu-west-1.amazonaws.com/dev"
        assert {key: substituted(value, PSEUDO) for key, value in one["ResponseParameters"].items()} == {
            f"gatewayresponse.header.{key}": value.replace("{deployed.base_url}", base_url)
            for key, value in wanted[kind].headers.items()
        }


def test_what_looks_like_a_variable_in_a_text_stays_what_it_is():
    response = GatewayResponse(
        status=418, headers={"X": "'${Api} {deployed.base_url} {deployed.region}'"}, templates={"text/plain": "$"}
    )
    blueprint = blueprint_of("mydemoresource")._replace(gateway_responses={"ACCESS_DENIED": response})
    (one,) = made(blueprint, "ApiGateway::GatewayResponse").values()
    header = one["ResponseParameters"]["gatewayresponse.header.X"]
    assert substituted(header, PSEUDO) == "'${Api} https://abc.execute-api.eu-west-1.amazonaws.com/dev eu-west-1'"
    assert one["ResponseTemplates"] == {"text/plain": "$"}


def test_path_variables_reach_an_http_server():
    item = template("token")["Resources"]["MethodAnyPetsById"]["Properties"]
    assert item["RequestParameters"] == {"method.request.path.id": True}
    assert item["Integration"] == {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": "ANY",
        "Uri": "https://pets.example.com/v1/{id}",
        "RequestParameters": {"integration.request.path.id": "method.request.path.id"},
    }
    files = template("token")["Resources"]["MethodGetFilesAnyProxy"]["Properties"]
    assert files["RequestParameters"] == {"method.request.path.proxy": True}


def test_a_greedy_variable_is_written_without_its_plus():
    route = Route("GET", "/{proxy+}", authorized=True, integration=ToHttp("https://a.example.com/{proxy+}"))
    (rest,) = made(blueprint_of("token")._replace(routes=(route,)), "ApiGateway::Method").values()
    assert rest["Integration"]["Uri"] == "https://a.example.com/{proxy}"
    (http,) = made(blueprint_of("edges")._replace(routes=(route,)), "ApiGatewayV2::Integration").values()
    assert http["IntegrationUri"] == "https://a.example.com/{proxy}"


def test_an_http_server_may_be_told_nothing_of_the_path():
    route = Route("POST", "/hooks/{id}", authorized=True, integration=ToHttp("https://a.example.com/hooks"))
    (method,) = made(blueprint_of("token")._replace(routes=(route,)), "ApiGateway::Method").values()
    assert "RequestParameters" not in method
    assert method["Integration"] == {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": "https://a.example.com/hooks",
    }


def test_a_resource_lies_below_the_one_above_it():
    resources = template("token")["Resources"]
    assert resources["ResourcePetsById"]["Properties"]["ParentId"] == {"Ref": "ResourcePets"}
    assert resources["ResourcePets"]["Properties"]["ParentId"] == {"Fn::GetAtt": ["Api", "RootResourceId"]}
    assert resources["MethodGetRoot"]["Properties"]["ResourceId"] == {"Fn::GetAtt": ["Api", "RootResourceId"]}


CHANGES = {
    "a mock": lambda one: one._replace(
        routes=(one.routes[0]._replace(integration=ToNobody("{}")), *one.routes[1:])
    ),
    "a public route": lambda one: one._replace(routes=(*one.routes[1:], one.routes[0]._replace(authorized=True))),
    "the TTL": lambda one: one._replace(authorizer=one.authorizer._replace(ttl=61)),
    "a challenge": lambda one: one._replace(
        gateway_responses={"UNAUTHORIZED": GatewayResponse(headers={"A": "'b'"})}
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_stage_shows_is_deployed_anew_when_it_changes(what):
    before = blueprint_of("mydemoresource")
    after = CHANGES[what](before)
    assert not made(before, "ApiGateway::Deployment").keys() & made(after, "ApiGateway::Deployment").keys()


def test_what_a_stage_does_not_show_deploys_nothing_anew():
    before = blueprint_of("mydemoresource")
    after = before._replace(function=before.function._replace(memory=1024), alarm_topic="arn:aws:sns:a:1:b")
    assert made(before, "ApiGateway::Deployment").keys() == made(after, "ApiGateway::Deployment").keys()


def test_a_deployment_waits_for_everything_that_it_shows():
    resources = template("dpop")["Resources"]
    (deployment,) = (one for one in resources.values() if one["Type"] == "AWS::ApiGateway::Deployment")
    waited = {name for name, one in resources.items() if one["Type"].endswith(("::Method", "::GatewayResponse"))}
    assert set(deployment["DependsOn"]) == waited


@pytest.mark.parametrize("name", cases.NAMES)
def test_the_address_of_api_gateway_is_closed_where_certificates_matter(name):
    kind = "ApiGateway::RestApi" if name in REST else "ApiGatewayV2::Api"
    assert one_of(template(name), kind).get("DisableExecuteApiEndpoint", False) is (name == "dpop")


def test_a_domain_asks_for_client_certificates():
    domain = one_of(template("dpop"), "ApiGateway::DomainName")
    assert domain["MutualTlsAuthentication"] == {"TruststoreUri": "s3://trust/store.pem"}
    assert one_of(template("dpop"), "ApiGateway::BasePathMapping")["DomainName"] == {"Ref": "Domain"}
    assert template("dpop")["Outputs"]["Url"]["Value"] == "https://pay.example.com"
    assert template("dpop")["Outputs"]["DomainTarget"]["Value"] == {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}


def test_an_http_api_answers_browsers_as_the_blueprint_says():
    cors = blueprint_of("edges").cors
    assert cors is not None
    api = one_of(template("edges"), "ApiGatewayV2::Api")
    assert api["CorsConfiguration"] == {
        "AllowOrigins": list(cors.origins),
        "AllowMethods": list(cors.methods),
        "AllowHeaders": list(cors.headers),
        "ExposeHeaders": list(cors.exposed),
        "MaxAge": cors.max_age,
    }
    assert "CorsConfiguration" not in one_of(template("httpapi"), "ApiGatewayV2::Api")


def test_the_access_log_of_an_http_api_tells_what_failed_and_nothing_of_the_request():
    stage = one_of(template("httpapi"), "ApiGatewayV2::Stage")
    told = json.loads(stage["AccessLogSettings"]["Format"])
    assert told["authorizerError"] == "$context.authorizer.error"
    assert not {"$context.path", "$context.identity.sourceIp"} & {*told.values()}


def test_the_access_log_has_a_name_that_makes_no_policy_of_the_account_longer():
    resources = template("httpapi")["Resources"]
    assert resources["AccessLog"]["Properties"]["LogGroupName"]["Fn::Sub"].startswith("/aws/vendedlogs/")


def test_what_nobody_answers_in_an_http_api_is_answered_by_a_function():
    resources = template("httpapi")["Resources"]
    assert resources["RouteGetHealth"]["Properties"]["Target"] == {
        "Fn::Sub": "integrations/${StaticResponsesIntegration}"
    }
    function = resources["StaticResponsesFunction"]["Properties"]
    assert (function["Handler"], function["Code"]["S3Key"]) == (
        "static_responses.handler",
        {"Ref": "FunctionsKey"},
    )
    told = function["Environment"]["Variables"]["APIGW_OAUTH_PUBLIC_BASE_URL"]
    assert substituted(told, PSEUDO) == "https://abc.execute-api.eu-west-1.amazonaws.com"


def test_a_client_of_a_websocket_api_is_sent_what_a_mock_says_and_nothing_else():
    routes = of_kind(template("chat"), "ApiGatewayV2::Route").values()
    answered = {one["RouteKey"] for one in routes if "RouteResponseSelectionExpression" in one}
    assert answered == {"$default"}
    answer = one_of(template("chat"), "ApiGatewayV2::IntegrationResponse")
    assert answer["ResponseTemplates"] == {"200": '{"say": "hello"}'}


INTEGRATIONS = st.sampled_from(
    [
        ToNobody("$#{deployed.base_url}"),
        ToHttp("https://a.example.com"),
        ToFunction(Backend("FunctionsHello", "functions.hello")),
    ]
)


PARTS = st.sampled_from(["pets", "by", "any", "root", "Pets", "a-b", "ab", "~", "8", "{x}", ".well-known"])
PATHS = st.builds(path_template, st.lists(PARTS, max_size=4), st.sampled_from([[], ["{rest+}"]]))


@settings(max_examples=50)
@given(paths=st.lists(PATHS, unique=True, min_size=1, max_size=8), data=st.data())
def test_any_routes_make_a_template_in_which_each_has_its_place(paths, data):
    routes = tuple(
        Route(method, path, authorized=data.draw(st.booleans()), integration=data.draw(INTEGRATIONS))
        for path in paths
        for method in data.draw(st.lists(st.sampled_from(["GET", "POST", "ANY"]), unique=True, min_size=1))
    )
    backends = {one.integration.backend for one in routes if isinstance(one.integration, ToFunction)}
    for name, kind in (("mydemoresource", "ApiGateway::Method"), ("httpapi", "ApiGatewayV2::Route")):
        blueprint = blueprint_of(name)._replace(routes=routes, backends=tuple(backends))
        document = cloudformation.document(blueprint)
        assert [one["AuthorizationType"] == "CUSTOM" for one in of_kind(document, kind).values()] == [
            one.authorized for one in routes
        ]
        known = {*document["Resources"], *document["Parameters"]}
        assert {one for one in references(document) if not one.startswith("AWS::")} <= known
        assert all(name.isalnum() and name.isascii() for name in known)
