"""A domain name of the API's own, and mutual TLS with it."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint, Domain
from apigw_oauth.deploy.templates.terraform.hcl import Block, Comment, Expression, Value, block
from apigw_oauth.deploy.templates.terraform.settings import api_id

_POLICY = "TLS_1_2"


def blocks(blueprint: Blueprint) -> Iterator[Block | Comment]:
    """Return the domain name and what it leads to."""
    domain = blueprint.domain
    if domain is None or blueprint.scope == "authorizer":
        return
    yield Comment(f"Requests to {domain.name}: its DNS has to lead to the output `domain_target`.")
    yield from _of_rest(blueprint, domain) if blueprint.api_type == "rest" else _of_v2(blueprint, domain)


def target(blueprint: Blueprint) -> tuple[Expression, Expression]:
    """Return where the DNS of the domain has to lead, and the hosted zone of that."""
    if blueprint.api_type == "rest":
        name = "aws_api_gateway_domain_name.api"
        return Expression(f"{name}.regional_domain_name"), Expression(f"{name}.regional_zone_id")
    name = "aws_apigatewayv2_domain_name.api.domain_name_configuration[0]"
    return Expression(f"{name}.target_domain_name"), Expression(f"{name}.hosted_zone_id")


def _of_rest(blueprint: Blueprint, domain: Domain) -> Iterator[Block]:
    yield block(
        "resource",
        "aws_api_gateway_domain_name",
        "api",
        attributes={
            "domain_name": domain.name,
            "regional_certificate_arn": domain.certificate,
            "security_policy": _POLICY,
        },
        blocks=[block("endpoint_configuration", attributes={"types": ["REGIONAL"]}), *_mutual_tls(domain)],
    )
    yield block(
        "resource",
        "aws_api_gateway_base_path_mapping",
        "api",
        attributes={
            "api_id": api_id(blueprint),
            "stage_name": Expression("aws_api_gateway_stage.api.stage_name"),
            "domain_name": Expression("aws_api_gateway_domain_name.api.domain_name"),
        },
    )


def _of_v2(blueprint: Blueprint, domain: Domain) -> Iterator[Block]:
    configuration: dict[str, Value] = {
        "certificate_arn": domain.certificate,
        "endpoint_type": "REGIONAL",
        "security_policy": _POLICY,
    }
    yield block(
        "resource",
        "aws_apigatewayv2_domain_name",
        "api",
        attributes={"domain_name": domain.name},
        blocks=[block("domain_name_configuration", attributes=configuration), *_mutual_tls(domain)],
    )
    yield block(
        "resource",
        "aws_apigatewayv2_api_mapping",
        "api",
        attributes={
            "api_id": api_id(blueprint),
            "domain_name": Expression("aws_apigatewayv2_domain_name.api.id"),
            "stage": Expression("aws_apigatewayv2_stage.api.id"),
        },
    )


def _mutual_tls(domain: Domain) -> list[Block]:
    if domain.trust_store is None:
        return []
    return [block("mutual_tls_authentication", attributes={"truststore_uri": domain.trust_store})]
