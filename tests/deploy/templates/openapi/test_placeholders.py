"""Values that are known only once functions are deployed."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.templates import openapi
from apigw_oauth.deploy.templates.openapi import placeholders
from tests.deploy.templates import cases
from tests.deploy.templates.openapi.documents import INTEGRATION, NAMES, made_of, text

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:authorizer"


def test_values_take_the_place_of_placeholders():
    values = {
        "AuthorizerFunctionArn": ARN,
        "FunctionsPayBackendArn": f"{ARN}-pay",
        "ListPetsArn": f"{ARN}-list",
        "BaseUrl": "https://pets.example.com",
    }
    filled = openapi.render(cases.blueprint("petstore", imported=True), values)
    made = yaml.safe_load(filled)
    # Where it is, is told by the ARN; and nothing is escaped any more.
    assert made["components"]["securitySchemes"]["oauth"]["x-amazon-apigateway-authorizer"]["authorizerUri"] == (
        f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations"
    )
    assert made["info"]["description"] == "Buy a pet.\nIt costs ${price}, or %{less}.\n"
    assert "arn:aws:apigateway:${AWS::Region}:" in filled
    assert "Values to be filled in" not in filled


def test_some_values_leave_a_template():
    some = openapi.render(cases.blueprint("petstore", imported=True), {"BaseUrl": "https://x.example.com/${odd}"})
    assert "https://x.example.com/$${odd}/.well-known/oauth-protected-resource" in some
    assert "#   AuthorizerFunctionArn " in some
    assert "#   BaseUrl" not in some


def test_a_value_that_nothing_asks_for_is_a_mistake():
    with pytest.raises(
        SettingsError, match="there is no placeholder 'Nme' in the document; there is: Partition, Re"
    ):
        openapi.render(cases.blueprint("token", imported=True), {"Nme": "x"})


@pytest.mark.parametrize("name", NAMES)
def test_as_a_template_of_terraform_it_has_placeholders_and_nothing_else(name):
    found = re.findall(r"(?<![$%])[$%]\{[^}]*\}", text(name))
    assert {one[2:-1] for one in found} == set(re.findall(r"^#   (\w+)  +\S", text(name), re.MULTILINE))


def test_cloudformation_fills_placeholders_of_a_document_that_it_includes():
    values = {"ListPetsArn": f"{ARN}-${{odd}}"}
    made = yaml.safe_load(openapi.render(cases.blueprint("petstore", imported=True), values, fn_sub=True))
    authorizer = made["components"]["securitySchemes"]["oauth"]["x-amazon-apigateway-authorizer"]
    assert authorizer["authorizerUri"] == {
        "Fn::Sub": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${AuthorizerFunctionArn}/invocations"
    }
    # What is filled, or has no placeholder, is as it is.
    assert made["paths"]["/pets"]["get"][INTEGRATION]["uri"].startswith("arn:aws:apigateway:${AWS::Region}:")
    assert made["info"]["description"] == "Buy a pet.\nIt costs ${price}, or %{less}.\n"


def test_what_only_looks_like_a_placeholder_is_none_for_cloudformation(tmp_path):
    uri = "https://x.example.com/${Mine}/${stageVariables.a}/%{b}"
    extension = f'{{type: http_proxy, httpMethod: GET, uri: "{uri}"}}'
    content = f"openapi: 3.0.3\npaths: {{/a: {{get: {{{INTEGRATION}: {extension}}}}}}}\n"
    made = made_of(tmp_path, content, fn_sub=True)
    assert made["paths"]["/a"]["get"][INTEGRATION]["uri"] == {
        "Fn::Sub": "https://x.example.com/${Mine}/${!stageVariables.a}/%{b}"
    }


PIECES = st.lists(st.sampled_from(["$", "%", "{", "}", "${A}", "%{if}", "x", "${AWS::Region}"]), max_size=8).map(
    "".join
)


@pytest.mark.untraced
@settings(max_examples=60)
@given(PIECES, PIECES)
def test_a_document_whose_placeholders_are_filled_is_the_document(text, value):
    told = placeholders.of(f"{placeholders.literal(text)}:${{B}}:")
    made = placeholders.filled({"plain": text, "told": told}, {"B": value}, fn_sub=False)
    assert made.value == {"plain": text, "told": f"{text}:{value}:"}
    assert made.left == ()


def test_shared_integrations_of_the_document_may_have_placeholders(tmp_path):
    content = (
        "openapi: 3.0.3\npaths: {/a: {get: {x-amazon-apigateway-integration: {$ref:"
        ' "#/components/x-amazon-apigateway-integrations/a"}}}}\n'
        'components: {x-amazon-apigateway-integrations: {a: {type: aws_proxy, uri: ["${MyUri}"]}}}\n'
    )
    made = made_of(tmp_path, content, kind="http", fn_sub=True)
    reference = "#/components/x-amazon-apigateway-integrations/a"
    assert made["paths"]["/a"]["get"][INTEGRATION] == {"$ref": reference}
    shared = made["components"]["x-amazon-apigateway-integrations"]["a"]
    assert shared["uri"] == [{"Fn::Sub": "${MyUri}"}]
