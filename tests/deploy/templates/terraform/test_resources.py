"""What stands in the Terraform file of a project."""

import re

import pytest

from apigw_oauth.deploy.blueprint import Backend, Blueprint, Route, ToFunction, ToNobody
from apigw_oauth.deploy.templates import terraform
from tests.deploy.templates import cases
from tests.deploy.templates.terraform import hcl_reading
from tests.deploy.templates.terraform.files import of_type, resources, text


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


def test_no_caller_chooses_what_a_mock_answers():
    assert of_type("dpop", "aws_api_gateway_integration")["get_price"]["passthrough_behavior"] == "NEVER"


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


@pytest.mark.parametrize("name", ["mydemoresource", "httpapi", "websocket"])
def test_an_authorizer_that_is_in_use_elsewhere_keeps_its_permission_while_it_cannot_be_destroyed(name):
    permission = of_type(name, "aws_lambda_permission", "authorizer")["authorizer"]
    assert permission["source_arn"] == "${local.execution_arn}/authorizers/*"
    version = "aws_api_gateway_authorizer" if name == "mydemoresource" else "aws_apigatewayv2_authorizer"
    assert of_type(name, version, "authorizer")["oauth"]["depends_on"] == ["${aws_lambda_permission.authorizer}"]


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


def test_long_names_are_cut_and_stay_different():
    plan = cases.blueprint("mydemoresource")._replace(name="An API with a very long name, indeed")
    backends = tuple(Backend(f"Some{one}", f"handlers/{'long' * 20}.{one}") for one in ("first", "second"))
    routes = tuple(
        Route("GET", f"/{one.name.lower()}", authorized=True, integration=ToFunction(one)) for one in backends
    )
    made = hcl_reading.resources(terraform.render(plan._replace(routes=routes, backends=backends)))
    names = [body["function_name"] for (kind, _), body in made.items() if kind == "aws_lambda_function"]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"\$\{var\.name\}-[A-Za-z0-9_-]{1,33}", one) for one in names)


def test_a_body_may_say_where_the_api_is():
    plan: Blueprint = cases.blueprint("token")
    route = plan.routes[0]._replace(
        integration=ToNobody('{"at": "{deployed.base_url}/x"}', headers={"Link": "<{deployed.base_url}>"})
    )
    made = hcl_reading.resources(terraform.render(plan._replace(routes=(route,))))
    answer = made["aws_api_gateway_integration_response", "get_root"]
    assert answer["response_templates"] == {"application/json": '{"at": "${local.base_url}/x"}'}
    assert answer["response_parameters"] == {"method.response.header.Link": "'<${local.base_url}>'"}


def test_gateway_responses_may_have_templates():
    plan = cases.blueprint("token")
    response = plan.gateway_responses["UNAUTHORIZED"].model_copy(
        update={"status": 403, "headers": {}, "templates": {"application/json": '{"at": "{deployed.base_url}"}'}}
    )
    made = hcl_reading.resources(terraform.render(plan._replace(gateway_responses={"UNAUTHORIZED": response})))
    written = made["aws_api_gateway_gateway_response", "unauthorized"]
    assert written["status_code"] == "403"
    assert written["response_templates"] == {"application/json": '{"at": "${local.base_url}"}'}


def test_what_api_gateway_adds_to_a_gateway_response_is_written_out_so_that_no_plan_wants_it_away():
    written = of_type("token", "aws_api_gateway_gateway_response")
    assert {name: one.get("status_code") for name, one in written.items()} == {
        "unauthorized": "401",
        "access_denied": "403",
        "default_4xx": None,
        "default_5xx": None,
    }
    assert all(
        one["response_templates"] == {"application/json": '{"message":$context.error.messageString}'}
        for one in written.values()
    )


@pytest.mark.parametrize("name", ["token", "edges", "chat"])
def test_an_authorizer_may_be_asked_about_every_request(name):
    plan = cases.blueprint(name)
    nothing = plan.authorizer._replace(identity_sources=(), ttl=0, type="REQUEST", identity_validation=None)
    made = hcl_reading.resources(terraform.render(plan._replace(authorizer=nothing)))
    (authorizer,) = (body for (kind, _), body in made.items() if kind.endswith("_authorizer"))
    # The provider would look for the header Authorization where a REST API's says nothing.
    assert authorizer.get("identity_source") == ("" if name == "token" else None)
    assert "identity_sources" not in authorizer
