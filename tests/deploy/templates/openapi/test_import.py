"""The OpenAPI document imported by a local AWS that somebody else wrote.

It imports through CloudFormation alone, knows no greedy method, and reads no gateway responses.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from apigw_oauth.deploy.templates import openapi
from tests.deploy.templates import cases
from tests.ministack import Ministack

FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function"
STACK = "imported-openapi-document"


@pytest.fixture(scope="module")
def imported(ministack: Ministack) -> Iterator[str]:
    """The id of a REST API that was imported."""
    values = {
        "AuthorizerFunctionArn": f"{FUNCTION}:authorizer",
        "FunctionsPayBackendArn": f"{FUNCTION}:pay",
        "ListPetsArn": f"{FUNCTION}:list",
        "BaseUrl": "https://pets.example.com",
    }
    body = yaml.safe_load(openapi.render(cases.blueprint("petstore", imported=True), values))
    template = {
        "Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "pets", "Body": body}}},
        "Outputs": {"Id": {"Value": {"Ref": "Api"}}},
    }
    client = ministack.client("cloudformation")
    client.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    (stack,) = client.describe_stacks(StackName=STACK)["Stacks"]
    yield stack["Outputs"][0]["OutputValue"]
    client.delete_stack(StackName=STACK)


def methods(client: Any, api: str) -> dict[str, dict[str, Any]]:
    found = client.get_resources(restApiId=api, limit=500, embed=["methods"])["items"]
    return {
        f"{verb} {resource['path']}": method
        for resource in found
        for verb, method in resource.get("resourceMethods", {}).items()
    }


def test_the_authorizer_is_there_and_every_protected_method_asks_it(ministack, imported):
    client = ministack.client("apigateway")
    (authorizer,) = client.get_authorizers(restApiId=imported)["items"]
    assert (authorizer["name"], authorizer["type"]) == ("oauth", "REQUEST")
    assert authorizer["authorizerUri"].endswith(f"/functions/{FUNCTION}:authorizer/invocations")
    assert authorizer["authorizerResultTtlInSeconds"] == 60
    assert authorizer["identitySource"] == (
        "method.request.header.Authorization, context.resourceId, context.httpMethod"
    )
    ours = {
        route.key.replace("{petId}", "{id}"): route.authorized
        for route in cases.blueprint("petstore", imported=True).routes
        if route.method != "ANY"
    }
    found = methods(client, imported)
    assert {key: method["authorizationType"] == "CUSTOM" for key, method in found.items()} == ours
    assert {method["authorizerId"] for method in found.values() if "authorizerId" in method} == {authorizer["id"]}


def test_every_method_has_its_integration(ministack, imported):
    client = ministack.client("apigateway")
    found = methods(client, imported)
    assert found["GET /pets/{id}"]["methodIntegration"]["uri"] == "https://pets.example.com/{id}"
    assert found["POST /pets"]["methodIntegration"]["uri"].endswith(f"{FUNCTION}:pay/invocations")
    assert {method["methodIntegration"]["type"] for method in found.values()} == {
        "AWS_PROXY",
        "HTTP_PROXY",
        "MOCK",
    }
