"""A domain name of the API's own, and mutual TLS there."""

from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint, Domain
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, attribute, ref, resource

DOMAIN = "Domain"
_OLDEST_TLS = "TLS_1_2"


def domain(blueprint: Blueprint) -> Resources:
    """Return the domain name, and that everything below it is the stage; nothing where there is none."""
    if blueprint.domain is None:
        return {}
    is_rest = blueprint.api_type == "rest"
    return _rest(blueprint.domain) if is_rest else _version_2(blueprint.domain)


def outputs(blueprint: Blueprint) -> dict[str, Any]:
    """Return what the DNS has to have for the domain: the target of an alias record, and its hosted zone."""
    if blueprint.domain is None or blueprint.scope != "api":
        return {}
    name = blueprint.domain.name
    return {
        "DomainTarget": {
            "Description": f"What the DNS must have an alias (A) record to for {name}",
            "Value": attribute(DOMAIN, "RegionalDomainName"),
        },
        "DomainTargetZone": {
            "Description": "The hosted zone of the target, as Route 53 wants it",
            "Value": attribute(DOMAIN, "RegionalHostedZoneId"),
        },
    }


def _rest(one: Domain) -> Resources:
    return {
        DOMAIN: resource(
            "AWS::ApiGateway::DomainName",
            {
                "DomainName": one.name,
                "RegionalCertificateArn": one.certificate,
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                "SecurityPolicy": _OLDEST_TLS,
                "MutualTlsAuthentication": _mutual_tls(one),
            },
        ),
        "DomainMapping": resource(
            "AWS::ApiGateway::BasePathMapping",
            {"DomainName": ref(DOMAIN), "RestApiId": ref("Api"), "Stage": ref("Stage")},
        ),
    }


def _version_2(one: Domain) -> Resources:
    return {
        DOMAIN: resource(
            "AWS::ApiGatewayV2::DomainName",
            {
                "DomainName": one.name,
                "DomainNameConfigurations": [
                    {
                        "CertificateArn": one.certificate,
                        "EndpointType": "REGIONAL",
                        "SecurityPolicy": _OLDEST_TLS,
                    }
                ],
                "MutualTlsAuthentication": _mutual_tls(one),
            },
        ),
        "DomainMapping": resource(
            "AWS::ApiGatewayV2::ApiMapping",
            {"DomainName": ref(DOMAIN), "ApiId": ref("Api"), "Stage": ref("Stage")},
        ),
    }


def _mutual_tls(one: Domain) -> dict[str, Any] | None:
    return None if one.trust_store is None else {"TruststoreUri": one.trust_store}
