"""OpenAPI: the project's document as API Gateway imports it, or one that is made of its routes."""

from collections.abc import Mapping

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.openapi import document, placeholders, yaml_text

__all__ = ["render"]

_NOTHING: Mapping[str, str] = {}


def render(blueprint: Blueprint, values: Mapping[str, str] = _NOTHING, *, fn_sub: bool = False) -> str:
    """Return the document as YAML; `values` take the place of its placeholders.

    `fn_sub` leaves the others to CloudFormation, for a template that includes the document. Raises SettingsError
    for what is no OpenAPI document, and for values that nothing asks for.
    """
    if blueprint.api_type == "websocket":
        raise SettingsError(
            "template openapi: OpenAPI does not describe WebSocket APIs; use cloudformation or terraform"
        )
    if blueprint.scope == "authorizer":
        raise SettingsError(
            "template openapi: is a whole API, with its authorizer; use it without --authorizer-only, or"
            " cloudformation or terraform with it"
        )
    notes: list[str] = []
    try:
        made = placeholders.filled(document.built(blueprint, notes.append), values, fn_sub=fn_sub)
        return yaml_text.written(made, blueprint, notes, fn_sub=fn_sub)
    except RecursionError:
        raise SettingsError("template openapi: the document of the project is nested too deeply") from None
