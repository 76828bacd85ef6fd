"""Gateway responses of a REST API: what clients get where no integration has answered."""

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.cloudformation import addresses
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, filled, ref, resource


def gateway_responses(blueprint: Blueprint) -> Resources:
    """Return them by logical id."""
    return {
        logical_id(kind): resource(
            "AWS::ApiGateway::GatewayResponse",
            {
                "RestApiId": ref("Api"),
                "ResponseType": kind,
                "StatusCode": None if one.status is None else str(one.status),
                "ResponseParameters": {
                    f"gatewayresponse.header.{name}": filled(value, addresses.base_url(blueprint))
                    for name, value in one.headers.items()
                }
                or None,
                "ResponseTemplates": {
                    kind: filled(text, addresses.base_url(blueprint)) for kind, text in one.templates.items()
                }
                or None,
            },
        )
        for kind, one in blueprint.gateway_responses.items()
    }


def logical_id(kind: str) -> str:
    """Return the logical id: of `ACCESS_DENIED`, `GatewayResponseAccessDenied`."""
    return "GatewayResponse" + "".join(word.capitalize() for word in kind.split("_"))
