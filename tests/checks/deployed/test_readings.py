"""How an API and its function are read; botocore holds answers and questions against the models of the services."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from apigw_oauth.checks.deployed import function_reading, http_reading, reading, rest_reading
from apigw_oauth.checks.deployed.deployed_api import DeployedRoute, NotFoundError
from apigw_oauth.project import load_project

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:authorizer"
URI = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
SUFFIX = ".execute-api.eu-west-1.amazonaws.com"
EARLIER, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def stubbed(service: str, answers: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> Any:
    client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(client)
    for operation, answer, question in answers:
        stubber.add_response(operation, answer, question)
    stubber.activate()
    return client


def rest_answers(
    *, deployment: str = "new", authorizer: dict[str, Any] | None = None, summary: dict[str, Any] | None = None
) -> list[Any]:
    page = {"restApiId": "abc", "limit": 500}
    return [
        ("get_rest_api", {"id": "abc", "name": "mydemo", "disableExecuteApiEndpoint": True}, {"restApiId": "abc"}),
        ("get_stages", {"item": [{"stageName": "dev", "deploymentId": deployment}]}, {"restApiId": "abc"}),
        (
            "get_resources",
            {"items": [{"path": "/pets", "resourceMethods": {"GET": {"authorizationType": "CUSTOM", "authorizerId": "a1"}}}], "position": "2"},
            {**page, "embed": ["methods"]},
        ),
        (
            "get_resources",
            {"items": [{"path": "/"}, {"path": "/health", "resourceMethods": {"ANY": {"authorizationType": "NONE"}}}]},
            {**page, "embed": ["methods"], "position": "2"},
        ),
        ("get_authorizers", {"items": [authorizer or {"id": "a1", "type": "TOKEN"}]}, page),
        (
            "get_gateway_responses",
            {
                "items": [
                    {"responseType": "UNAUTHORIZED", "defaultResponse": False, "responseParameters": {"gatewayresponse.header.WWW-Authenticate": "'Bearer'", "gatewayresponse.path.x": "'y'"}},
                    {"responseType": "THROTTLED", "defaultResponse": True},
                ]
            },
            page,
        ),
        (
            "get_deployments",
            {"items": [{"id": one, "createdDate": at} for one, at in (("old", EARLIER), ("twin", LATER), ("new", LATER))]},
            page,
        ),
        (
            "get_deployment",
            {} if summary is None else {"apiSummary": summary},
            {"restApiId": "abc", "deploymentId": deployment, "embed": ["apisummary"]},
        ),
    ]  # fmt: skip


def test_a_rest_api_is_read_with_all_pages():
    api = rest_reading.read(stubbed("apigateway", rest_answers()), "abc", stage="dev", host_suffix=SUFFIX)
    assert api.routes == (DeployedRoute("GET /pets", "CUSTOM", "a1"), DeployedRoute("ANY /health", "NONE", None))
    assert api.gateway_responses == {"UNAUTHORIZED": {"WWW-Authenticate": "'Bearer'"}}
    assert api.url == "https://abc.execute-api.eu-west-1.amazonaws.com/dev"
    assert not api.default_endpoint_is_open
    assert not api.newer_than_stage


def test_an_older_deployment_on_the_stage_of_a_rest_api_is_noticed():
    client = stubbed("apigateway", rest_answers(deployment="old"))
    assert rest_reading.read(client, "abc", stage="dev", host_suffix=SUFFIX).newer_than_stage


def test_of_two_deployments_in_one_second_either_is_the_newest():
    client = stubbed("apigateway", rest_answers(deployment="twin"))
    assert not rest_reading.read(client, "abc", stage="dev", host_suffix=SUFFIX).newer_than_stage


@pytest.mark.parametrize(
    ("summary", "otherwise"),
    [
        (None, ()),
        ({"/pets": {"GET": {"authorizationType": "CUSTOM"}}, "/health": {"ANY": {}}}, ()),
        ({"/pets": {"GET": {"authorizationType": "NONE"}}}, ("GET /pets",)),
        ({"/health": {"ANY": {"authorizationType": "NONE"}}, "/gone": {"GET": {}}}, ("GET /gone",)),
    ],
    ids=["unknown", "the-same", "opened", "gone"],
)
def test_a_stage_serves_what_the_api_was_when_it_was_deployed(summary, otherwise):
    client = stubbed("apigateway", rest_answers(summary=summary))
    assert rest_reading.read(client, "abc", stage="dev", host_suffix=SUFFIX).served_otherwise == otherwise


def test_lists_that_are_empty_may_be_left_out():
    operations = ("get_resources", "get_authorizers", "get_gateway_responses", "get_deployments")
    api, stages, *rest, deployment = rest_answers()
    empty: dict[str, Any] = {one: (one, {}, question) for one, _, question in reversed(rest) if one in operations}
    answers = [api, stages, *(empty[one] for one in operations), deployment]
    read = rest_reading.read(stubbed("apigateway", answers), "abc", stage="dev", host_suffix=SUFFIX)
    assert (read.routes, read.authorizers, read.gateway_responses) == ((), {}, {})


def test_an_authorizer_of_a_rest_api_that_says_nothing_keeps_answers_for_five_minutes():
    api = rest_reading.read(stubbed("apigateway", rest_answers()), "abc", stage="dev", host_suffix=SUFFIX)
    assert (api.authorizers["a1"].ttl, api.authorizers["a1"].function) == (300, None)


def test_an_authorizer_of_a_rest_api_is_read_key_by_key():
    told = {
        "id": "a1",
        "type": "REQUEST",
        "authorizerResultTtlInSeconds": 0,
        "identitySource": "method.request.header.Authorization, context.resourceId",
        "authorizerUri": URI,
        "authorizerCredentials": "arn:aws:iam::123456789012:role/invoke",
    }
    client = stubbed("apigateway", rest_answers(authorizer=told))
    authorizer = rest_reading.read(client, "abc", stage="dev", host_suffix=SUFFIX).authorizers["a1"]
    assert authorizer.identity_sources == ("method.request.header.Authorization", "context.resourceId")
    assert (authorizer.type, authorizer.ttl, authorizer.function, authorizer.has_role) == (
        "REQUEST",
        0,
        FUNCTION,
        True,
    )


def test_a_stage_that_is_not_there_is_told_with_those_that_are():
    client = stubbed("apigateway", rest_answers()[:2])
    with pytest.raises(NotFoundError, match="no stage prod, but dev"):
        rest_reading.read(client, "abc", stage="prod", host_suffix=SUFFIX)


def test_an_api_that_is_not_there_is_told(tmp_path: Path):
    (tmp_path / "apigw-oauth.toml").write_text('[routes]\n"GET /pets" = []\n')
    client = boto3.client("apigateway", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with (
        Stubber(client) as stubber,
        pytest.raises(NotFoundError, match=r"^there is no REST API abc here; look at"),
    ):
        stubber.add_client_error("get_rest_api", "NotFoundException", "Invalid API identifier specified")
        project = load_project(tmp_path)
        reading.read(project, lambda _: client, identifier="abc", host_suffix=SUFFIX, fetch=lambda _: b"")


def http_answers(protocol: str, stage: dict[str, Any]) -> list[Any]:
    api = {"Name": "pets", "ProtocolType": protocol, "RouteSelectionExpression": "x"}
    page = {"ApiId": "abc", "MaxResults": "500"}
    return [
        ("get_api", api, {"ApiId": "abc"}),
        ("get_stages", {"Items": [stage]}, page),
        ("get_routes", {"Items": [{"RouteKey": "GET /pets", "AuthorizationType": "CUSTOM", "AuthorizerId": "a1"}], "NextToken": "2"}, page),
        ("get_routes", {"Items": [{"RouteKey": "$default"}]}, {**page, "NextToken": "2"}),
        (
            "get_authorizers",
            {
                "Items": [
                    {
                        "AuthorizerId": "a1",
                        "Name": "oauth",
                        "AuthorizerType": "REQUEST",
                        "AuthorizerUri": URI,
                        "AuthorizerPayloadFormatVersion": "2.0",
                        "EnableSimpleResponses": True,
                        "IdentitySource": ["$request.header.Authorization", "$context.routeKey"],
                        "AuthorizerResultTtlInSeconds": 60,
                    }
                ]
            },
            page,
        ),
        ("get_deployments", {"Items": [{"DeploymentId": "new", "CreatedDate": LATER}]}, page),
    ]  # fmt: skip


def test_an_http_api_is_read_with_all_pages():
    client = stubbed("apigatewayv2", http_answers("HTTP", {"StageName": "$default", "AutoDeploy": True})[:-1])
    api = http_reading.read(client, "abc", stage="$default", host_suffix=SUFFIX)
    assert api.routes == (DeployedRoute("GET /pets", "CUSTOM", "a1"), DeployedRoute("$default", "NONE", None))
    assert (api.api_type, api.url) == ("http", "https://abc.execute-api.eu-west-1.amazonaws.com")
    assert api.default_endpoint_is_open
    assert not api.newer_than_stage
    authorizer = api.authorizers["a1"]
    assert (authorizer.payload_format, authorizer.simple_responses, authorizer.ttl) == ("2.0", True, 60)
    assert authorizer.function == FUNCTION


def test_a_websocket_api_is_read_with_the_deployment_of_its_stage():
    answers = http_answers("WEBSOCKET", {"StageName": "live", "DeploymentId": "old"})
    api = http_reading.read(stubbed("apigatewayv2", answers), "abc", stage="live", host_suffix=SUFFIX)
    assert (api.api_type, api.url) == ("websocket", "wss://abc.execute-api.eu-west-1.amazonaws.com/live")
    assert api.newer_than_stage


def package(**files: object) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, document in files.items():
            archive.writestr(f"{name}.json", json.dumps(document))
    return content.getvalue()


def statement(source: str | None, **changes: Any) -> dict[str, Any]:
    condition = {} if source is None else {"Condition": {"ArnLike": {"AWS:SourceArn": source}}}
    return {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        **condition,
        **changes,
    }


def read_function(
    content: bytes | OSError, *statements: dict[str, Any], sources: Sequence[str] = ("abc/authorizers/a1",)
) -> Any:
    def fetch(url: str) -> bytes:
        assert url == "https://packages.example.com/1"
        if isinstance(content, OSError):
            raise content
        return content

    answers: list[Any] = [
        ("get_policy", {"Policy": json.dumps({"Statement": statements})}, {"FunctionName": FUNCTION}),
        ("get_function", {"Code": {"Location": "https://packages.example.com/1"}}, {"FunctionName": FUNCTION}),
    ]
    return function_reading.read(stubbed("lambda", answers), FUNCTION, sources=sources, fetch=fetch)


def test_the_package_of_a_function_tells_its_settings_and_its_version():
    read = read_function(package(authorizer={"format": 1}, package={"apigw_oauth": "0.1.0"}))
    assert (read.settings, read.version, read.unreadable) == ({"format": 1}, "0.1.0", None)


@pytest.mark.parametrize("content", [package(), package(authorizer=[])])
def test_a_package_without_settings_has_none(content):
    read = read_function(content)
    assert (read.settings, read.version, read.unreadable) == (None, None, None)


@pytest.mark.parametrize("content", [b"no zip", OSError("no network")])
def test_a_package_that_cannot_be_read_is_said_to_be_unreadable(content):
    assert read_function(content).unreadable is not None


ARN = "arn:aws:execute-api:eu-west-1:123456789012:"


@pytest.mark.parametrize(
    ("one", "lets_in"),
    [
        (statement(f"{ARN}abc/authorizers/a1"), True),
        (statement(f"{ARN}abc/authorizers/*"), True),
        (statement(f"{ARN}abc/*"), True),
        (statement(f"{ARN}*"), True),
        (statement(None), True),
        (statement(f"{ARN}abc/*/*"), True),
        (statement(f"{ARN}abc/*/*/*"), False),
        (statement(f"{ARN}abc/authorizers/a2"), False),
        (statement(f"{ARN}abc/dev/GET/pets"), False),
        (statement(f"{ARN}other/authorizers/*"), False),
        (statement(f"{ARN}abc/authorizers/*", Effect="Deny"), False),
        (statement(f"{ARN}abc/authorizers/*", Principal={"Service": "events.amazonaws.com"}), False),
    ],
    ids=str,
)
def test_api_gateway_may_invoke_an_authorizer_where_a_statement_is_about_authorizers(one, lets_in):
    assert read_function(package(), one).may_be_invoked is lets_in


def refusing(*operations: tuple[str, str]) -> Any:
    client = boto3.client("lambda", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(client)
    for operation, code in operations:
        stubber.add_client_error(operation, code, expected_params={"FunctionName": ANY})
    stubber.activate()
    return client


def test_a_function_without_a_policy_lets_nobody_in_and_one_that_may_not_be_read_says_nothing():
    without = refusing(("get_policy", "ResourceNotFoundException"), ("get_function", "AccessDeniedException"))
    sources = ["abc/authorizers/a1"]
    read = function_reading.read(without, FUNCTION, sources=sources, fetch=lambda _url: b"")
    assert (read.may_be_invoked, read.unreadable) == (False, "Lambda says AccessDeniedException")
    unread = refusing(("get_policy", "AccessDeniedException"), ("get_function", "AccessDeniedException"))
    read = function_reading.read(unread, FUNCTION, sources=sources, fetch=lambda _url: b"")
    assert read.may_be_invoked is None


@pytest.mark.parametrize(("authorizers", "lets_in"), [("1", True), ("12", False)])
def test_each_authorizer_has_to_be_let_in(authorizers, lets_in):
    sources = [f"abc/authorizers/a{number}" for number in authorizers]
    read = read_function(package(), statement(f"{ARN}abc/authorizers/a1"), sources=sources)
    assert read.may_be_invoked is lets_in
