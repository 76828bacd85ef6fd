"""A plain OpenAPI document → routes and what they require.

Security requirements of type oauth2 or openIdConnect say which scopes an operation needs: the objects of the list
are alternatives, the schemes in one object are all needed. See "Security Requirement Object" in OpenAPI 3.1.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.routes import VERBS, Route
from apigw_oauth.project.project_file import Integration
from apigw_oauth.project.routes import ProjectRoute

_ANY_METHOD = "x-amazon-apigateway-any-method"
_METHODS = {**{verb.lower(): verb for verb in VERBS}, _ANY_METHOD: "ANY"}
_OAUTH = frozenset({"oauth2", "openIdConnect"})


def read(path: Path) -> list[ProjectRoute]:
    """Read the document, JSON or YAML. Raises SettingsError: file, place, reason."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise SettingsError(f"{path}: is neither YAML nor JSON") from None
    try:
        return list(_routes(document))
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def _routes(document: Any) -> Iterator[ProjectRoute]:
    if not str(_mapping(document, "the document").get("openapi", "")).startswith("3."):
        raise SettingsError("openapi: must be 3.0 or 3.1")
    schemes = _oauth_schemes(document)
    for path, item in _mapping(document.get("paths"), "paths").items():
        operations = _mapping(item, f"paths.{path}")
        if "$ref" in operations:
            raise SettingsError(f"paths.{path}.$ref: references to path items are not supported")
        for name, method in _METHODS.items():
            if name in operations:
                place = f"paths.{path}.{name}"
                operation = _mapping(operations[name], place)
                security = operation.get("security", document.get("security"))
                yield _route(f"{method} {path}", operation, _alternatives(security, schemes, place), place)


def _route(key: str, operation: Mapping[str, Any], any_of: list[set[str]], place: str) -> ProjectRoute:
    integration = _integration(operation.get("x-amazon-apigateway-integration"))
    try:
        if not any_of:
            return ProjectRoute(Route.parse(key), integration, undeclared=True)
        return ProjectRoute(Route.parse(key, any_of=any_of), integration)
    except SettingsError as error:
        raise SettingsError(f"{place}: {error}") from None


def _oauth_schemes(document: Mapping[str, Any]) -> frozenset[str]:
    components = _mapping(document.get("components"), "components")
    schemes = _mapping(components.get("securitySchemes"), "components.securitySchemes")
    kinds = {
        name: _mapping(scheme, f"components.securitySchemes.{name}").get("type")
        for name, scheme in schemes.items()
    }
    return frozenset(name for name, kind in kinds.items() if kind in _OAUTH)


def _alternatives(security: Any, oauth: frozenset[str], place: str) -> list[set[str]]:
    """Return the sets of scopes of which one is needed; none where nothing is said of OAuth."""
    if not isinstance(security, list | None):
        raise SettingsError(f"{place}.security: must be a list")
    found = []
    for number, schemes in enumerate(security or ()):
        asked = {
            name: scopes
            for name, scopes in _mapping(schemes, f"{place}.security[{number}]").items()
            if name in oauth
        }
        if not all(
            isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)
            for scopes in asked.values()
        ):
            raise SettingsError(f"{place}.security[{number}]: the scopes must be lists of strings")
        if asked:
            found.append({scope for scopes in asked.values() for scope in scopes})
    return found


def _integration(extension: Any) -> Integration | None:
    """Return what the document says about the integration, as far as it can run here: HTTP proxies and mocks."""
    if not isinstance(extension, Mapping):
        return None
    uri = extension.get("uri")
    if (
        extension.get("type") in {"http", "http_proxy"}
        and isinstance(uri, str)
        and uri.startswith(("http://", "https://"))
    ):
        return Integration.model_validate({"http": uri})
    if extension.get("type") == "mock":
        return Integration.model_validate({"mock": _mock_body(extension)})
    return None


def _mock_body(extension: Mapping[str, Any]) -> str:
    try:
        body = extension["responses"]["default"]["responseTemplates"]["application/json"]
    except (KeyError, TypeError):
        return "{}"
    return body if isinstance(body, str) else json.dumps(body)


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise SettingsError(f"{place}: must be an object")
    return value
