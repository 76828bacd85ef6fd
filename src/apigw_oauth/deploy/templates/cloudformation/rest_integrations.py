"""What answers the methods of a REST API."""

from typing import Any

from apigw_oauth.deploy.blueprint import Route, ToFunction, ToHttp, ToNobody
from apigw_oauth.deploy.mock_template import vtl
from apigw_oauth.deploy.templates.cloudformation import addresses, functions
from apigw_oauth.deploy.templates.cloudformation.http_url import http_uri, variables
from apigw_oauth.deploy.templates.cloudformation.intrinsics import filled, sub


def integration(route: Route, base_url: str) -> dict[str, Any]:
    """Return the properties of a method that tell what answers it."""
    match route.integration:
        case ToFunction(backend):
            return {
                "Integration": {
                    "Type": "AWS_PROXY",
                    "IntegrationHttpMethod": "POST",
                    "Uri": sub(addresses.invocations(f"{functions.logical_name(backend)}Function")),
                }
            }
        case ToHttp(url):
            return _http(route.method, url)
        case ToNobody() as nobody:
            return _mock(nobody, base_url)


def _http(method: str, url: str) -> dict[str, Any]:
    names = variables(url)
    proxy: dict[str, Any] = {"Type": "HTTP_PROXY", "IntegrationHttpMethod": method, "Uri": http_uri(url)}
    if not names:
        return {"Integration": proxy}
    mapped = {f"integration.request.path.{name}": f"method.request.path.{name}" for name in names}
    return {
        "RequestParameters": {f"method.request.path.{name}": True for name in names},
        "Integration": {**proxy, "RequestParameters": mapped},
    }


def _mock(nobody: ToNobody, base_url: str) -> dict[str, Any]:
    headers = {
        f"method.response.header.{name}": filled(f"'{value}'", base_url) for name, value in nobody.headers.items()
    }
    answer: dict[str, Any] = {
        "StatusCode": "200",
        "ResponseTemplates": {nobody.content_type: filled(vtl(nobody.body), base_url)},
    }
    declared: dict[str, Any] = {"StatusCode": "200"}
    if headers:
        answer["ResponseParameters"] = headers
        declared["ResponseParameters"] = dict.fromkeys(headers, True)
    return {
        "Integration": {
            "Type": "MOCK",
            # A request of another type gets 415: its body would be taken for this template.
            "PassthroughBehavior": "NEVER",
            "RequestTemplates": {"application/json": '{"statusCode": 200}'},
            "IntegrationResponses": [answer],
        },
        "MethodResponses": [declared],
    }
