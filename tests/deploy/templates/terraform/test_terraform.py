"""The Terraform file of a project, checked as far as it can be without Terraform and its provider."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.deploy.templates import cases
from tests.deploy.templates.terraform import hcl_reading
from tests.deploy.templates.terraform.files import of_type, resources, text
from tests.deploy.templates.terraform.provider_schema import DATA, META, RESOURCES, Schema

SCOPES = ("api", "authorizer")
ALL = [(name, scope) for name in cases.NAMES for scope in SCOPES]
_REFERENCE = re.compile(r"\b(data\.)?(aws_\w+)\.(\w+)(?:\.(\w+))?")


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
    # Of the API itself nothing but this is shown: without a deployment the default endpoint stays open.
    api = "aws_api_gateway_rest_api" if plan.api_type == "rest" else "aws_apigatewayv2_api"
    told = _REFERENCE.findall(deployment["triggers"]["redeployment"])
    assert ("", api, "api", "disable_execute_api_endpoint") in told
    assert {f"{found}.{label}" for _, found, label, _ in told} == shown | {f"{api}.api"}
    assert hcl_reading.attributes(deployment["lifecycle"][0]) == {"create_before_destroy": True}


@pytest.mark.parametrize(
    ("name", "address"),
    [("token", "aws_api_gateway_deployment.api"), ("websocket", "aws_apigatewayv2_deployment.api")],
)
def test_who_takes_a_route_away_is_told_how_it_is_no_longer_served(name, address):
    assert f"terraform apply -replace={address}\n" in text(name)
