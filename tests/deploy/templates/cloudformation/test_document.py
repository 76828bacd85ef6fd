"""The functions, the authorizer, parameters and outputs of a template, against the project that it is made of."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.blueprint import Parameter, Route, ToNobody
from apigw_oauth.deploy.templates import cloudformation
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


@pytest.mark.parametrize("scope", ["api", "authorizer"])
@pytest.mark.parametrize("name", cases.NAMES)
def test_the_authorizer_is_the_one_that_the_project_defines(name, scope):
    wanted, document = cases.project(name).authorizer_definition(), template(name, scope)
    if name in REST:
        authorizer = one_of(document, "ApiGateway::Authorizer")
        assert authorizer["Type"] == wanted.type
        assert authorizer["IdentitySource"] == ",".join(wanted.identity_sources)
        assert authorizer.get("IdentityValidationExpression") == wanted.identity_validation
    else:
        authorizer = one_of(document, "ApiGatewayV2::Authorizer")
        assert authorizer["AuthorizerType"] == wanted.type
        assert authorizer["IdentitySource"] == list(wanted.identity_sources)
        assert authorizer.get("AuthorizerPayloadFormatVersion") == wanted.payload_format
        assert authorizer.get("EnableSimpleResponses", False) == wanted.simple_responses
    assert authorizer.get("AuthorizerResultTtlInSeconds", 0) == wanted.ttl
    assert substituted(authorizer["AuthorizerUri"], PSEUDO).endswith("/functions/arn:function/invocations")


@pytest.mark.parametrize("scope", ["api", "authorizer"])
@pytest.mark.parametrize("name", cases.NAMES)
def test_whatever_is_referred_to_is_there(name, scope):
    document = template(name, scope)
    known = {*document["Resources"], *document["Parameters"]}
    assert {one for one in references(document) if not one.startswith("AWS::")} <= known


@pytest.mark.parametrize("name", cases.NAMES)
def test_a_function_may_write_its_own_log_and_nobody_elses(name):
    document = template(name)
    for function in of_kind(document, "Lambda::Function").values():
        role = document["Resources"][function["Role"]["Fn::GetAtt"][0]]["Properties"]
        (policy,) = role["Policies"]
        log = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert policy["PolicyDocument"]["Statement"][0] == {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::GetAtt": [log, "Arn"]},
        }
        assert document["Resources"][log]["Properties"]["RetentionInDays"] == 30
        assert "ManagedPolicyArns" not in role


def test_the_authorizer_may_read_the_secrets_that_it_needs():
    role = template("token")["Resources"]["AuthorizerRole"]["Properties"]
    (policy,) = role["Policies"]
    _, secrets = policy["PolicyDocument"]["Statement"]
    assert secrets["Action"] == ["secretsmanager:GetSecretValue"]
    (resource,) = secrets["Resource"]
    assert substituted(resource, PSEUDO) == "arn:aws:secretsmanager:eu-west-1:1:secret:prod/as-??????"


@pytest.mark.parametrize("name", cases.NAMES)
def test_api_gateway_may_invoke_the_authorizer_as_this_authorizer_alone(name):
    permission = template(name, "api")["Resources"]["AuthorizerPermission"]["Properties"]
    assert permission["FunctionName"] == {"Ref": "AuthorizerFunction"}
    assert substituted(permission["SourceArn"], PSEUDO) == "arn:aws:execute-api:eu-west-1:1:abc/authorizers/auth1"


@pytest.mark.parametrize("name", cases.NAMES)
def test_an_authorizer_that_is_in_use_elsewhere_keeps_its_permission_while_it_cannot_be_deleted(name):
    resources = template(name, "authorizer")["Resources"]
    permission = resources["AuthorizerPermission"]["Properties"]
    assert substituted(permission["SourceArn"], PSEUDO) == "arn:aws:execute-api:eu-west-1:1:abc/authorizers/*"
    assert resources["Authorizer"]["DependsOn"] == ["AuthorizerPermission"]


def test_api_gateway_may_invoke_a_function_for_its_own_routes():
    sources = [
        substituted(one["SourceArn"], PSEUDO).removeprefix("arn:aws:execute-api:eu-west-1:1:abc/")
        for one in of_kind(template("httpapi"), "Lambda::Permission").values()
    ]
    assert sources == ["authorizers/auth1", "*/GET/pets", "*/GET/pets/*", "*/POST/pets", "*/GET/health"]


def test_the_function_is_the_one_that_was_packaged():
    function = template("dpop")["Resources"]["AuthorizerFunction"]["Properties"]
    told = {
        key: function[key] for key in ("Runtime", "Architectures", "Handler", "MemorySize", "Timeout", "Layers")
    }
    assert told == {
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Handler": "lambda_function.handler",
        "MemorySize": 256,
        "Timeout": 6,
        "Layers": ["arn:aws:lambda:eu-west-1:111122223333:layer:extension:12"],
    }


def test_values_of_variables_are_parameters_and_secret_ones_are_not_shown():
    document = template("dpop")
    variables = document["Resources"]["AuthorizerFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["CLIENT_ID"] == {"Ref": "ClientId"}
    assert variables["APIGW_OAUTH_DPOP_NONCE_SECRET"] == {"Ref": "ApigwOauthDpopNonceSecret"}
    assert document["Parameters"]["ApigwOauthDpopNonceSecret"]["NoEcho"] is True
    assert "NoEcho" not in document["Parameters"]["ClientId"]


def test_concurrency_is_reserved_only_if_somebody_says_so():
    document = template("token")
    function = document["Resources"]["AuthorizerFunction"]["Properties"]
    condition, yes, no = function["ReservedConcurrentExecutions"]["Fn::If"]
    assert document["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, "-1"]}]
    }
    assert (yes, no) == ({"Ref": "ReservedConcurrency"}, {"Ref": "AWS::NoValue"})
    assert document["Parameters"]["ReservedConcurrency"]["Default"] == -1


def test_an_alarm_is_raised_where_the_authorization_server_cannot_be_reached():
    alarm = one_of(template("dpop"), "CloudWatch::Alarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("apigw-oauth", "AuthorizationServerUnreachable")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "AuthorizerFunction"}}]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == ["arn:aws:sns:eu-west-1:111122223333:alarms"]
    assert "AlarmActions" not in one_of(template("token"), "CloudWatch::Alarm")


def test_without_metrics_there_is_no_alarm():
    blueprint = blueprint_of("token")
    silent = blueprint._replace(function=blueprint.function._replace(variables={}))
    assert made(silent, "CloudWatch::Alarm") == {}


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("mydemoresource", "https://abc.execute-api.eu-west-1.amazonaws.com/dev"),
        ("httpapi", "https://abc.execute-api.eu-west-1.amazonaws.com"),
        ("websocket", "wss://abc.execute-api.eu-west-1.amazonaws.com/live"),
    ],
)
def test_the_address_is_told_to_people_and_to_the_function(name, url):
    document = template(name)
    assert substituted(document["Outputs"]["Url"]["Value"], PSEUDO) == url
    variables = document["Resources"]["AuthorizerFunction"]["Properties"]["Environment"]["Variables"]
    assert substituted(variables["APIGW_OAUTH_PUBLIC_BASE_URL"], PSEUDO) == url
    alone = template(name, "authorizer")["Resources"]["AuthorizerFunction"]["Properties"]["Environment"]
    assert substituted(alone["Variables"]["APIGW_OAUTH_PUBLIC_BASE_URL"], PSEUDO) == url


@pytest.mark.parametrize("name", cases.NAMES)
def test_the_authorizer_alone_is_for_an_api_that_is_there(name):
    document = template(name, "authorizer")
    kinds = {one["Type"].partition("::")[2] for one in document["Resources"].values()}
    assert kinds == {
        "Logs::LogGroup",
        "IAM::Role",
        "Lambda::Function",
        "Lambda::Permission",
        "CloudWatch::Alarm",
        "ApiGateway::Authorizer" if name in REST else "ApiGatewayV2::Authorizer",
    }
    assert document["Outputs"]["ApiId"]["Value"] == {"Ref": "ApiId"}
    assert "FunctionsKey" not in document["Parameters"]


def test_more_than_a_stack_can_have_is_refused():
    routes = tuple(
        Route("GET", f"/r{number}", authorized=True, integration=ToNobody("{}")) for number in range(250)
    )
    with pytest.raises(SettingsError, match=r"would have 51\d resources, and a stack has 500 at most; .*openapi"):
        cloudformation.document(blueprint_of("mydemoresource")._replace(routes=routes))


def test_two_things_of_one_name_are_refused():
    blueprint = blueprint_of("token")
    taken = Parameter("CodeKey", "CODE_KEY", secret=False, description="")
    with pytest.raises(SettingsError, match="would be called CodeKey"):
        cloudformation.document(blueprint._replace(parameters=(taken,)))
