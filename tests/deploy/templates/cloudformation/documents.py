"""Templates of the cases as plain data, and how to find something in them."""

from functools import cache
from typing import Any, Literal

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates import cloudformation
from tests.deploy.templates import cases

REST = ("mydemoresource", "token", "dpop")
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "1",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "mine",
    "AWS::NoValue": "",
    "Api": "abc",
    "ApiId": "abc",
    "Authorizer": "auth1",
    "AuthorizerFunction.Arn": "arn:function",
}


blueprint_of = cache(cases.blueprint)


@cache
def template(name: str, scope: Literal["api", "authorizer"] = "api") -> dict[str, Any]:
    return cloudformation.document(blueprint_of(name, scope))


def made(blueprint: Blueprint, kind: str) -> dict[str, dict[str, Any]]:
    return of_kind(cloudformation.document(blueprint), kind)


def of_kind(document: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: one["Properties"] for name, one in document["Resources"].items() if one["Type"] == f"AWS::{kind}"
    }


def one_of(document: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = of_kind(document, kind).values()
    return found
