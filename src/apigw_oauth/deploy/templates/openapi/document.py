"""The project's OpenAPI document, or a new one, with all that API Gateway has to know."""

from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.openapi import authorizer, openapi_3_0, operations, placeholders, restrictions
from apigw_oauth.deploy.templates.openapi.integrations import filled
from apigw_oauth.project.cors import Cors

Tell = Callable[[str], None]

DOCUMENTED_SCHEMES = "x-oauth-security-schemes"
"""Where the document keeps the security schemes that API Gateway does not know, for people to read."""

_RESPONSES = "x-amazon-apigateway-gateway-responses"
_CORS = "x-amazon-apigateway-cors"
_ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
_VERSION = "x-amazon-apigateway-importexport-version"


def built(blueprint: Blueprint, tell: Tell) -> dict[str, Any]:
    """Return the document, with placeholders. Raises SettingsError for what API Gateway cannot import.

    Whatever is not as the project's document has it is told.
    """
    given: Mapping[str, Any] = blueprint.document or {"openapi": openapi_3_0.VERSION}
    restrictions.refuse_other_files(given)
    made = openapi_3_0.lowered(given, tell)
    if blueprint.api_type == "rest":
        made = restrictions.obeyed(made, tell)
    info = {"title": blueprint.name, "version": "1", **(made.get("info") or {})}
    info["version"] = str(info["version"])  # in YAML it may be a number
    components = _with_placeholders(made.get("components") or {})
    kept, dropped = _sorted_schemes(components.pop("securitySchemes", None) or {})
    scheme = authorizer.name(kept)
    paths = operations.paths(made, blueprint, scheme, tell)
    # Operations say it themselves, and its schemes are gone.
    made.pop("security", None)
    components["securitySchemes"] = {**kept, scheme: authorizer.security_scheme(blueprint)}
    if dropped:
        components[DOCUMENTED_SCHEMES] = dropped
    ours = {"openapi": made["openapi"], "info": info}
    rest = _with_placeholders({key: value for key, value in made.items() if key not in ours})
    return {**ours, **rest, "paths": paths, "components": components, **_extensions(made, blueprint)}


def _with_placeholders(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return members of the user's document, in whose words for API Gateway there may be placeholders."""
    return {
        key: placeholders.of_user(value) if key.startswith("x-amazon-apigateway-") else value
        for key, value in members.items()
    }


def _sorted_schemes(schemes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schemes that API Gateway knows, and the others.

    It drops those of type oauth2 with a warning, and imports their operations without any authorizer: whoever has
    the import fail on warnings could not import the document.
    """
    known = {name: one for name, one in schemes.items() if _is_known(one)}
    return known, {name: one for name, one in schemes.items() if name not in known}


def _is_known(scheme: Mapping[str, Any]) -> bool:
    is_api_key = (scheme.get("in"), str(scheme.get("name")).lower()) == ("header", "x-api-key")
    return scheme.get("type") == "apiKey" and (is_api_key or "x-amazon-apigateway-authtype" in scheme)


def _extensions(made: Mapping[str, Any], blueprint: Blueprint) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if blueprint.default_endpoint_is_closed:
        first, *others = made.get("servers") or [{"url": "/"}]
        closed = {**(first.get(_ENDPOINT) or {}), "disableExecuteApiEndpoint": True}
        found["servers"] = [{**first, _ENDPOINT: closed}, *others]
    if blueprint.gateway_responses:
        found[_RESPONSES] = _gateway_responses(made.get(_RESPONSES) or {}, blueprint)
    if blueprint.cors is not None:
        found[_CORS] = _cors(blueprint.cors)
    if blueprint.api_type == "http":
        found[_VERSION] = "1.0"
    return found


def _gateway_responses(documented: Mapping[str, Any], blueprint: Blueprint) -> dict[str, Any]:
    """Return those of the document, and over them what the project says."""
    made = {kind: placeholders.of_user(dict(one)) for kind, one in documented.items()}
    for kind, one in blueprint.gateway_responses.items():
        response = made.setdefault(kind, {})
        if one.status is not None:
            response["statusCode"] = str(one.status)
        headers = {f"gatewayresponse.header.{name}": filled(value) for name, value in one.headers.items()}
        templates = {content_type: filled(text) for content_type, text in one.templates.items()}
        for key, ours in (("responseParameters", headers), ("responseTemplates", templates)):
            if ours:
                response[key] = {**(response.get(key) or {}), **ours}
    return made


def _cors(cors: Cors) -> dict[str, Any]:
    lists = {
        "allowOrigins": cors.origins,
        "allowMethods": cors.methods,
        "allowHeaders": cors.headers,
        "exposeHeaders": cors.exposed,
    }
    return {**{name: list(values) for name, values in lists.items() if values}, "maxAge": cors.max_age}
