"""What answers a route, as the import of API Gateway takes it.

See "x-amazon-apigateway-integration object" in the API Gateway developer guide.
"""

import re
from collections.abc import Mapping
from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint, Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.mock_template import vtl
from apigw_oauth.deploy.templates.openapi import placeholders
from apigw_oauth.deploy.templates.openapi.placeholders import Template

EXTENSION = "x-amazon-apigateway-integration"
STATIC_RESPONSES = "StaticResponsesFunctionArn"
"""The placeholder of the ARN of the function that answers where nobody does."""
VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
"""A variable of a path."""

_BLUEPRINTS = re.compile(r"\{deployed\.(base_url|partition|region|account)\}")
_NAMES = {"base_url": "BaseUrl", "partition": "Partition", "region": "Region", "account": "AccountId"}


def integration(route: Route, blueprint: Blueprint, renamed: Mapping[str, str]) -> dict[str, Any]:
    """Return the extension. `renamed` tells what the path calls the variables of the route."""
    is_http = blueprint.api_type == "http"
    match route.integration:
        case ToFunction(backend):
            return _function(f"{backend.name}BackendArn", is_http=is_http)
        case ToHttp(url):
            return _http(route, url, renamed, is_http=is_http)
        case ToNobody() if is_http:
            return _function(STATIC_RESPONSES, is_http=True)
        case ToNobody() as nobody:
            return _mock(nobody)


def invocations(function: str) -> Template:
    """Return the address by which API Gateway invokes a function: `function` is the placeholder of its ARN."""
    return placeholders.of(
        f"arn:${{Partition}}:apigateway:${{Region}}:lambda:path/2015-03-31/functions/${{{function}}}/invocations"
    )


def filled(text: str) -> str | Template:
    """Return a text of the blueprint, whose placeholders are those of the document."""
    parts = _BLUEPRINTS.split(text)
    if len(parts) == 1:
        return text
    return placeholders.of(
        "".join(
            f"${{{_NAMES[part]}}}" if number % 2 else placeholders.literal(part)
            for number, part in enumerate(parts)
        )
    )


def _function(arn: str, *, is_http: bool) -> dict[str, Any]:
    format_of_http = {"payloadFormatVersion": "2.0"} if is_http else {}
    return {"type": "aws_proxy", "httpMethod": "POST", "uri": invocations(arn), **format_of_http}


def _http(route: Route, url: str, renamed: Mapping[str, str], *, is_http: bool) -> dict[str, Any]:
    names = [renamed.get(name, name) for name in VARIABLE.findall(url)]
    made: dict[str, Any] = {
        "type": "http_proxy",
        "httpMethod": route.method or "ANY",
        "uri": VARIABLE.sub(lambda found: f"{{{renamed.get(found[1], found[1])}}}", url),
    }
    if is_http:
        return {**made, "payloadFormatVersion": "1.0"}
    if names:
        made["requestParameters"] = {
            f"integration.request.path.{name}": f"method.request.path.{name}" for name in names
        }
    return made


def _mock(nobody: ToNobody) -> dict[str, Any]:
    answer: dict[str, Any] = {"statusCode": "200"}
    if nobody.headers:
        answer["responseParameters"] = {
            f"method.response.header.{name}": filled(f"'{value}'") for name, value in nobody.headers.items()
        }
    answer["responseTemplates"] = {nobody.content_type: filled(vtl(nobody.body))}
    return {
        "type": "mock",
        # A request of another type gets 415: its body would be taken for this template.
        "passthroughBehavior": "never",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": answer},
    }
