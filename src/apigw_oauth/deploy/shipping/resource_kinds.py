"""CloudFormation's resource types in words that people read."""

import re
from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "AWS::ApiGateway::Account": "log settings of API Gateway in the account",
    "AWS::ApiGateway::Authorizer": "authorizer",
    "AWS::ApiGateway::BasePathMapping": "mapping of the domain",
    "AWS::ApiGateway::Deployment": "deployment of the API",
    "AWS::ApiGateway::DomainName": "domain",
    "AWS::ApiGateway::GatewayResponse": "gateway response",
    "AWS::ApiGateway::Method": "method of a route",
    "AWS::ApiGateway::Model": "model",
    "AWS::ApiGateway::Resource": "path of routes",
    "AWS::ApiGateway::RestApi": "REST API",
    "AWS::ApiGateway::Stage": "stage",
    "AWS::ApiGatewayV2::Api": "API",
    "AWS::ApiGatewayV2::ApiMapping": "mapping of the domain",
    "AWS::ApiGatewayV2::Authorizer": "authorizer",
    "AWS::ApiGatewayV2::Deployment": "deployment of the API",
    "AWS::ApiGatewayV2::DomainName": "domain",
    "AWS::ApiGatewayV2::Integration": "integration",
    "AWS::ApiGatewayV2::IntegrationResponse": "answer of an integration",
    "AWS::ApiGatewayV2::Route": "route",
    "AWS::ApiGatewayV2::RouteResponse": "answer of a route",
    "AWS::ApiGatewayV2::Stage": "stage",
    "AWS::CloudFormation::Stack": "stack",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::IAM::Policy": "policy",
    "AWS::IAM::Role": "role",
    "AWS::Lambda::Function": "Lambda function",
    "AWS::Lambda::Permission": "permission to invoke",
    "AWS::Logs::LogGroup": "log group",
}
_LOST: Mapping[str, str] = {
    "AWS::ApiGateway::RestApi": "the address of the API goes, with it every client that knows it",
    "AWS::ApiGatewayV2::Api": "the address of the API goes, with it every client that knows it",
    "AWS::ApiGateway::DomainName": "the domain answers nobody until its DNS record names the new one",
    "AWS::ApiGatewayV2::DomainName": "the domain answers nobody until its DNS record names the new one",
    "AWS::Logs::LogGroup": "what it holds is gone",
}


def name_of(resource_type: str) -> str:
    """Return what people call it."""
    return (
        _NAMES.get(resource_type) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource_type.rpartition(":")[2]).lower()
    )


def lost_with(resource_type: str) -> str:
    """Say what is lost when one is replaced or deleted; empty if nobody notices."""
    return _LOST.get(resource_type, "")
