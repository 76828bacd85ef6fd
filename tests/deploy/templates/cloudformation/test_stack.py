"""CloudFormation templates in a local AWS: they become stacks, and a change of them becomes a change of the API.

With functions that are made by hand, since the real ones are deployed in tests of `deploy`.
"""

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest

from apigw_oauth.deploy import static_answers
from apigw_oauth.deploy.blueprint import Blueprint, ToNobody
from apigw_oauth.deploy.draft import draft, unanswered
from apigw_oauth.deploy.target import of_host
from apigw_oauth.deploy.templates import cloudformation
from tests.deploy.templates import cases
from tests.ministack import Ministack

BUCKET = "templates-for-stacks"
FUNCTION = b"def handler(event, context):\n    return {}\n"
Stacks = Callable[[str, Blueprint], dict[str, str]]


def zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return content.getvalue()


@pytest.fixture(scope="module")
def stacks(ministack: Ministack) -> Stacks:
    """Make a stack, or update it, and return what it says about itself."""
    objects, client = ministack.client("s3"), ministack.client("cloudformation")
    objects.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": ministack.region})
    objects.put_object(Bucket=BUCKET, Key="code.zip", Body=zipped({"lambda_function.py": FUNCTION}))
    answers = static_answers.files(unanswered(cases.project("httpapi")))
    objects.put_object(Bucket=BUCKET, Key="functions.zip", Body=zipped({"functions.py": FUNCTION, **answers}))

    def made(name: str, blueprint: Blueprint) -> dict[str, str]:
        template = cloudformation.document(blueprint)
        values = {"CodeBucket": BUCKET, "CodeKey": "code.zip", "FunctionsKey": "functions.zip"}
        values |= {one.name: "value" for one in blueprint.parameters}
        given: dict[str, Any] = {
            "StackName": name,
            "TemplateBody": cloudformation.render(blueprint),
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in values.items()
                if key in template["Parameters"]
            ],
        }
        is_there = any(one["StackName"] == name for one in client.list_stacks()["StackSummaries"])
        (client.update_stack if is_there else client.create_stack)(**given)
        while (status := client.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"].endswith(
            "_IN_PROGRESS"
        ):
            time.sleep(0.02)
        assert status["StackStatus"] == ("UPDATE_COMPLETE" if is_there else "CREATE_COMPLETE"), status
        return {one["OutputKey"]: one["OutputValue"] for one in status["Outputs"]}

    return made


def blueprint_of(name: str) -> Blueprint:
    target = of_host()
    assert target is not None
    return draft(cases.project(name), target=target)


def get(ministack: Ministack, api_id: str, path: str) -> httpx2.Response:
    return httpx2.get(f"{ministack.endpoint_url}/_aws/execute-api/{api_id}{path}", trust_env=False, timeout=60)


def test_a_rest_api_is_what_the_project_says_and_shows_what_is_changed(ministack: Ministack, stacks: Stacks):
    blueprint = blueprint_of("mydemoresource")
    told = stacks("template-rest", blueprint)
    assert told["Url"] == f"https://{told['ApiId']}.execute-api.eu-west-1.amazonaws.com/dev"
    authorizer = ministack.client("apigateway").get_authorizer(
        restApiId=told["ApiId"], authorizerId=told["AuthorizerId"]
    )
    assert (authorizer["type"], authorizer["authorizerResultTtlInSeconds"]) == ("REQUEST", 60)
    configuration = ministack.client("lambda").get_function_configuration(
        FunctionName=told["AuthorizerFunctionName"]
    )
    assert configuration["Environment"]["Variables"]["APIGW_OAUTH_PUBLIC_BASE_URL"] == told["Url"]
    assert get(ministack, told["ApiId"], "/dev/health").json() == {"status": "ok"}
    refused = get(ministack, told["ApiId"], "/dev/me")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")

    health = blueprint.routes[0]._replace(integration=ToNobody('{"paid": "$5 #1"}'))
    again = stacks("template-rest", blueprint._replace(routes=(health, *blueprint.routes[1:])))
    assert again["ApiId"] == told["ApiId"]
    assert get(ministack, told["ApiId"], "/dev/health").json() == {"paid": "$5 #1"}


def test_an_http_api_is_what_the_project_says(ministack: Ministack, stacks: Stacks):
    told = stacks("template-http", blueprint_of("httpapi"))
    (authorizer,) = ministack.client("apigatewayv2").get_authorizers(ApiId=told["ApiId"])["Items"]
    assert authorizer["AuthorizerId"] == told["AuthorizerId"]
    assert authorizer["IdentitySource"] == ["$request.header.Authorization", "$context.routeKey"]
    assert authorizer["EnableSimpleResponses"] is True
    assert get(ministack, told["ApiId"], "/$default/health").json() == {"status": "ok"}
    assert get(ministack, told["ApiId"], "/$default/pets").status_code == 401


def test_a_websocket_api_is_what_the_project_says(ministack: Ministack, stacks: Stacks):
    told = stacks("template-websocket", blueprint_of("websocket"))
    assert told["Url"] == f"wss://{told['ApiId']}.execute-api.eu-west-1.amazonaws.com/live"
    routes = ministack.client("apigatewayv2").get_routes(ApiId=told["ApiId"])["Items"]
    asked = {one["RouteKey"]: one.get("AuthorizerId") for one in routes}
    assert asked == {"$connect": told["AuthorizerId"], "hello": None}
