"""The Terraform file of a project, checked as far as it can be without Terraform and its provider."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from apigw_oauth.deploy.blueprint import Blueprint, ToNobody
from apigw_oauth.deploy.templates import terraform
from tests.deploy.templates import cases
from tests.deploy.templates.terraform import hcl_reading
from tests.deploy.templates.terraform.provider_schema import DATA, META, RESOURCES, Schema

SCOPES = ("api", "authorizer")
ALL = [(name, scope) for name in cases.NAMES for scope in SCOPES]
_REFERENCE = re.compile(r"\b(data\.)?(aws_\w+)\.(\w+)(?:\.(\w+))?")


@cache
def text(name: str, scope: str = "api") -> str:
    return terraform.render(cases.blueprint(name, "api" if scope == "api" else "authorizer"))


@cache
def resources(name: str, scope: str = "api") -> Mapping[tuple[str, str], dict[str, Any]]:
    return hcl_reading.resources(text(name, scope))


def of_type(name: str, kind: str, scope: str = "api") -> dict[str, dict[str, Any]]:
    return {label: body for (found, label), body in resources(name, scope).items() if found == kind}


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_the_file_is_what_it_was(name, scope):
    assert text(name, scope) == cases.golden(f"terraform/{name}-{scope}.tf", text(name, scope))


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_every_argument_is_one_that_the_provider_knows(name, scope):
    for (kind, label), body in resources(name, scope).items():
        assert list(mistakes(body, RESOURCES[kind], f"{kind}.{label}")) == []


def mistakes(body: Mapping[str, Any], schema: Schema, place: str) -> Iterator[str]:
    blocks = {name: value for name, value in body.items() if name in schema.blocks}
    plain = {name for name in body if name not in blocks} - META
    yield from (f"{place}.{name}: is missing" for name in schema.required - plain)
    yield from (f"{place}.{name}: is unknown" for name in plain - schema.required - schema.optional)
    for name, values in blocks.items():
        for inside in values:
            yield from mistakes(hcl_reading.attributes(inside), schema.blocks[name], f"{place}.{name}")


def test_the_table_of_arguments_finds_what_is_missing_and_what_is_unknown():
    found = mistakes({"roll": "x", "environment": [{"variable": {}}]}, RESOURCES["aws_lambda_function"], "f")
    assert sorted(found) == [
        "f.environment.variable: is unknown",
        "f.function_name: is missing",
        "f.role: is missing",
        "f.roll: is unknown",
    ]


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_everything_that_is_referred_to_is_there(name, scope):
    read = hcl_reading.read(text(name, scope))
    declared = {(kind, label) for one in read["data"] for kind, named in one.items() for label in named}
    for data, kind, label, attribute in _REFERENCE.findall(text(name, scope)):
        known = DATA[kind] if data else RESOURCES[kind]
        assert (kind, label) in (declared if data else resources(name, scope))
        arguments = known.required | known.optional | known.exported | frozenset(known.blocks)
        assert not attribute or attribute in arguments
    variables = {label for one in read["variable"] for label in one}
    assert set(re.findall(r"\bvar\.(\w+)", text(name, scope))) == variables
    assert set(re.findall(r"\blocal\.(\w+)", text(name, scope))) <= set(hcl_reading.attributes(read["locals"][0]))
    used = {(kind, label) for data, kind, label, _ in _REFERENCE.findall(text(name, scope)) if data}
    assert declared == used


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_nothing_has_to_be_there_before_itself(name, scope):
    places = str(hcl_reading.read(text(name, scope))["locals"])
    needs = {
        key: {(kind, label) for data, kind, label, _ in _REFERENCE.findall(_seen(body, places)) if not data}
        for key, body in resources(name, scope).items()
    }
    while ready := [key for key, before in needs.items() if not before & needs.keys()]:
        for key in ready:
            del needs[key]
    assert needs == {}


def _seen(body: Mapping[str, Any], places: str) -> str:
    return str(body) + (places if "local." in str(body) else "")


@pytest.mark.parametrize("name", cases.NAMES)
def test_exactly_the_public_routes_have_no_authorizer(name):
    plan = cases.blueprint(name)
    kind = "aws_api_gateway_method" if plan.api_type == "rest" else "aws_apigatewayv2_route"
    key = "authorization" if plan.api_type == "rest" else "authorization_type"
    asked = [
        body[key] == "CUSTOM" and "oauth.id" in body["authorizer_id"] for body in of_type(name, kind).values()
    ]
    assert asked == [route.authorized for route in plan.routes]


@pytest.mark.parametrize("name", cases.NAMES)
def test_what_a_deployment_shows_makes_a_new_one_when_it_changes(name):
    plan = cases.blueprint(name)
    if plan.api_type == "http":
        assert of_type(name, "aws_apigatewayv2_stage")["api"]["auto_deploy"] is True
        return
    kind = "aws_api_gateway_deployment" if plan.api_type == "rest" else "aws_apigatewayv2_deployment"
    deployment = of_type(name, kind)["api"]
    begins = "aws_api_gateway_" if plan.api_type == "rest" else "aws_apigatewayv2_"
    apart = {"rest_api", "api", "deployment", "stage", "domain_name", "base_path_mapping", "api_mapping"}
    shown = {
        f"{found}.{label}"
        for found, label in resources(name)
        if found.startswith(begins) and found.removeprefix(begins) not in apart
    }
    trigger = deployment["triggers"]["redeployment"]
    assert {f"{found}.{label}" for _, found, label, _ in _REFERENCE.findall(trigger)} == shown
    assert hcl_reading.attributes(deployment["lifecycle"][0]) == {"create_before_destroy": True}


def test_the_function_is_as_it_was_packaged():
    function = of_type("mydemoresource", "aws_lambda_function")["authorizer"]
    assert (function["runtime"], function["architectures"]) == ("python3.13", ["arm64"])
    assert function["source_code_hash"] == "${filebase64sha256(var.package)}"
    assert function["timeout"] < 10
    assert function["reserved_concurrent_executions"] == "${var.reserved_concurrency}"


def test_the_role_allows_nothing_but_its_log_and_its_secrets():
    policy = of_type("token", "aws_iam_role_policy")["authorizer"]["policy"]
    assert re.findall(r'"(\w+:\w+)"', policy) == [
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    ]
    assert ":secret:prod/as-??????" in policy


def test_api_gateway_may_invoke_the_function_as_this_authorizer_alone():
    permission = of_type("token", "aws_lambda_permission")["authorizer"]
    assert permission["source_arn"] == "${local.execution_arn}/authorizers/${aws_api_gateway_authorizer.oauth.id}"


def test_a_function_may_be_invoked_for_its_routes_alone():
    permission = of_type("dpop", "aws_lambda_permission")["backend_functions_pay"]
    assert permission["for_each"] == '${toset(["*/POST/payments"])}'
    assert permission["source_arn"] == "${local.execution_arn}/${each.value}"


def test_a_token_authorizer_has_its_header_and_its_expression():
    authorizer = of_type("token", "aws_api_gateway_authorizer")["oauth"]
    assert authorizer["type"] == "TOKEN"
    assert authorizer["identity_source"] == "method.request.header.Authorization"
    assert authorizer["identity_validation_expression"] == "^Bearer [-0-9a-zA-Z._~+/]+=*$"


def test_path_variables_go_on_to_the_server():
    method = of_type("token", "aws_api_gateway_method")["get_files_any_proxy"]
    integration = of_type("token", "aws_api_gateway_integration")["get_files_any_proxy"]
    assert method["request_parameters"] == {"method.request.path.proxy": True}
    assert integration["uri"] == "https://files.example.com/{proxy}"
    assert integration["request_parameters"] == {"integration.request.path.proxy": "method.request.path.proxy"}


def test_a_mock_answers_what_it_was_told_to():
    body = of_type("dpop", "aws_api_gateway_integration_response")["get_price"]["response_templates"]
    assert body == {"application/json": r'{"price": "\u00245", "note": "\u0024{not} \u0023a %{template}"}'}


def test_certificates_close_the_address_that_asks_for_none():
    assert of_type("dpop", "aws_api_gateway_rest_api")["api"]["disable_execute_api_endpoint"] is True
    domain = of_type("dpop", "aws_api_gateway_domain_name")["api"]
    assert hcl_reading.attributes(domain["mutual_tls_authentication"][0]) == {
        "truststore_uri": "s3://trust/store.pem"
    }
    assert of_type("mydemoresource", "aws_api_gateway_rest_api")["api"]["disable_execute_api_endpoint"] is False


def test_secrets_are_asked_for_as_such():
    read = hcl_reading.read(text("dpop"))
    variables = {label: body for one in read["variable"] for label, body in one.items()}
    assert variables["apigw_oauth_dpop_nonce_secret"]["sensitive"] is True
    assert "sensitive" not in variables["client_id"]


def test_somebody_is_told_that_the_authorization_server_cannot_be_reached():
    alarm = of_type("dpop", "aws_cloudwatch_metric_alarm")["authorization_server_unreachable"]
    assert alarm["alarm_actions"] == alarm["ok_actions"] == ["arn:aws:sns:eu-west-1:111122223333:alarms"]
    assert alarm["metric_name"] == "AuthorizationServerUnreachable"


def test_without_metrics_there_is_no_alarm():
    plan = cases.blueprint("token")
    silent = plan._replace(function=plan.function._replace(variables={}))
    assert "aws_cloudwatch_metric_alarm" not in terraform.render(silent)


@pytest.mark.parametrize("name", ["mydemoresource", "httpapi", "websocket"])
def test_the_authorizer_alone_is_for_an_api_that_is_there(name):
    kinds = {kind for kind, _ in resources(name, "authorizer")}
    version = "aws_api_gateway_authorizer" if name == "mydemoresource" else "aws_apigatewayv2_authorizer"
    assert {kind for kind in kinds if kind.startswith("aws_api")} == {version}
    assert (
        next(iter(of_type(name, version, "authorizer").values()))[
            "rest_api_id" if name == "mydemoresource" else "api_id"
        ]
        == "${var.api_id}"
    )


def test_browsers_may_call_an_http_api():
    (cors,) = of_type("edges", "aws_apigatewayv2_api")["api"]["cors_configuration"]
    assert cors["allow_origins"] == ["*"]
    assert "authorization" in map(str.lower, cors["allow_headers"])


def test_environment_variables_with_names_of_ours_or_of_terraform_keep_apart():
    plan = cases.blueprint("token")
    (one,) = plan.parameters
    called = ("name", "count", "API_KEY", "api_key")
    many = plan._replace(parameters=tuple(one._replace(variable=variable) for variable in called))
    read = hcl_reading.read(terraform.render(many))
    variables = [label for found in read["variable"] for label in found]
    assert variables[-4:] == ["env_name", "env_count", "env_API_KEY", "env_api_key"]


def test_a_body_may_say_where_the_api_is():
    plan: Blueprint = cases.blueprint("token")
    route = plan.routes[0]._replace(
        integration=ToNobody('{"at": "{base_url}/x"}', headers={"Link": "<{base_url}>"})
    )
    made = hcl_reading.resources(terraform.render(plan._replace(routes=(route,))))
    answer = made["aws_api_gateway_integration_response", "get_root"]
    assert answer["response_templates"] == {"application/json": '{"at": "${local.base_url}/x"}'}
    assert answer["response_parameters"] == {"method.response.header.Link": "'<${local.base_url}>'"}
