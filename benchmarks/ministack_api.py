"""The API to measure, made in ministack as in an account of AWS."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SOURCE = "method.request.header.Authorization"


def make(endpoint: str, functions: Path, rows: Mapping[str, str]) -> str:
    """Make functions, authorizers and routes; return the identifier of the API."""
    arns = {
        name: _function(endpoint, functions, name) for name in ("hello", "token_authorizer", "request_authorizer")
    }
    gateway = _client(endpoint, "apigateway")
    api = gateway.create_rest_api(name="benchmark")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for row, path in rows.items():
        resource = gateway.create_resource(restApiId=api, parentId=root, pathPart=path)["id"]
        _route(gateway, api, resource, _authorizer(gateway, api, row, arns), arns["hello"])
    gateway.create_deployment(restApiId=api, stageName="dev")
    return str(api)


def _route(gateway: Any, api: str, resource: str, authorizer: Mapping[str, str], function: str) -> None:
    method = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    gateway.put_method(**method, **authorizer)
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=_uri(function))


def _authorizer(gateway: Any, api: str, row: str, arns: Mapping[str, str]) -> dict[str, str]:
    """Return what a method says of its authorizer."""
    if row == "no authorizer":
        return {"authorizationType": "NONE"}
    kind = row.partition(",")[0]
    made = gateway.create_authorizer(
        restApiId=api,
        name=row.replace(", ", "-"),
        type=kind,
        authorizerUri=_uri(arns[f"{kind.lower()}_authorizer"]),
        identitySource=_SOURCE,
        authorizerResultTtlInSeconds=300 if "cached" in row else 0,
    )
    return {"authorizationType": "CUSTOM", "authorizerId": made["id"]}


def _function(endpoint: str, source: Path, name: str) -> str:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(source, "functions.py")
    made = _client(endpoint, "lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/benchmark",
        Handler=f"functions.{name}",
        Code={"ZipFile": package.getvalue()},
        Timeout=10,
    )
    return str(made["FunctionArn"])


def _uri(arn: str) -> str:
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def _client(endpoint: str, service: str) -> Any:
    import boto3

    credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **credentials)
