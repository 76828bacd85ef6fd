"""Terraform: one file of HCL for the AWS provider, from version 5."""

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.terraform import (
    domain,
    functions,
    http_api,
    outputs,
    rest_api,
    settings,
    websocket_api,
)
from apigw_oauth.deploy.templates.terraform.hcl import document

_APIS = {"rest": rest_api.blocks, "http": http_api.blocks, "websocket": websocket_api.blocks}

__all__ = ["render"]


def render(blueprint: Blueprint) -> str:
    """Return the text of the file. Equal blueprints give equal texts."""
    made = (
        *functions.blocks(blueprint),
        *_APIS[blueprint.api_type](blueprint),
        *domain.blocks(blueprint),
        *outputs.blocks(blueprint),
    )
    return document((*settings.blocks(blueprint, document(made)), *made))
