"""A plain OpenAPI document → routes and what they require.

Security requirements of type oauth2 or openIdConnect say which scopes an operation needs: the objects of the list
are alternatives, the schemes in one object are all needed. See "Security Requirement Object" in OpenAPI 3.1.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.route import DEFAULT, VERBS, Route
from apigw_oauth.project.project_file import ApiType, Integration
from apigw_oauth.project.routes import ProjectRoute

_ANY_METHOD = "x-amazon-apigateway-any-method"
_METHODS = {**{verb.lower(): verb for verb in VERBS}, _ANY_METHOD: "ANY"}
_OAUTH = frozenset({"oauth2", "openIdConnect"})


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key that stands twice: the second one would silently replace the first."""


def _mapping_without_duplicates(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            line = node.value[number][0].start_mark.line + 1
            raise SettingsError(f"{key!r} stands twice in one object (line {line})")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_duplicates)


class OpenApiDocument(NamedTuple):
    """The document as it is, and its operations as routes."""

    content: Mapping[str, Any]
    routes: list[ProjectRoute]


def read(path: Path, *, api_type: ApiType) -> OpenApiDocument:
    """Read the document, JSON or YAML. Raises SettingsError (file, place, reason), and OSError."""
    try:
        content = _mapping(_parse(path.read_text(encoding="utf-8")), "the document")
        return OpenApiDocument(content, list(_routes(content, api_type)))
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    except (yaml.YAMLError, RecursionError, TypeError, ValueError):
        raise SettingsError(f"{path}: is neither YAML nor JSON") from None


def key_of(method: str, path: str, api_type: ApiType) -> str:
    """Return the route key of an operation; the path `/$default` stands for an HTTP API's route `$default`."""
    if (api_type, method, path) == ("http", "ANY", f"/{DEFAULT}"):
        return DEFAULT
    return f"{method} {path}"


def _parse(text: str) -> Any:
    # JSON may be indented with tabs, which YAML does not take.
    if text.lstrip().startswith("{"):
        return json.loads(text, object_pairs_hook=_object_without_duplicates)
    return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader


def _object_without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in members]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise SettingsError(f"{name!r} stands twice in one object")
    return dict(members)


def _routes(document: Mapping[str, Any], api_type: ApiType) -> Iterator[ProjectRoute]:
    if not str(document.get("openapi", "")).startswith("3."):
        raise SettingsError("openapi: must be 3.0 or 3.1")
    schemes = _scheme_types(document)
    for path, item in _mapping(document.get("paths"), "paths").items():
        operations = _mapping(item, f"paths.{path}")
        if "$ref" in operations:
            raise SettingsError(f"paths.{path}.$ref: references to path items are not supported")
        for name, method in _METHODS.items():
            if name in operations:
                place = f"paths.{path}.{name}"
                operation = _mapping(operations[name], place)
                security = operation.get("security", document.get("security"))
                key = key_of(method, path, api_type)
                yield _route(key, operation, _alternatives(security, schemes, place), place)


def _route(key: str, operation: Mapping[str, Any], any_of: list[set[str]], place: str) -> ProjectRoute:
    integration = _integration(operation.get("x-amazon-apigateway-integration"))
    try:
        if not any_of:
            return ProjectRoute(Route.closed(key), integration, "openapi")
        return ProjectRoute(Route.parse(key, any_of=any_of), integration, "openapi")
    except SettingsError as error:
        raise SettingsError(f"{place}: {error}") from None


def _scheme_types(document: Mapping[str, Any]) -> dict[str, str]:
    components = _mapping(document.get("components"), "components")
    schemes = _mapping(components.get("securitySchemes"), "components.securitySchemes")
    types = {}
    for name, scheme in schemes.items():
        place = f"components.securitySchemes.{name}"
        kind = _mapping(scheme, place).get("type")
        if not isinstance(kind, str):
            raise SettingsError(f"{place}.type: is missing (references are not supported)")
        types[name] = kind
    return types


def _alternatives(security: Any, types: Mapping[str, str], place: str) -> list[set[str]]:
    """Return the sets of scopes of which one is needed.

    An alternative without OAuth, or that asks for something else besides, is none: nobody here can check it.
    """
    if not isinstance(security, list | None):
        raise SettingsError(f"{place}.security: must be a list")
    found = []
    for number, schemes in enumerate(security or ()):
        where = f"{place}.security[{number}]"
        asked = _mapping(schemes, where)
        for name, scopes in asked.items():
            if name not in types:
                raise SettingsError(f"{where}: there is no security scheme {name!r}")
            if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
                raise SettingsError(f"{where}.{name}: must be a list of strings")
        if asked and all(types[name] in _OAUTH for name in asked):
            found.append({scope for scopes in asked.values() for scope in scopes})
    return found


def _integration(extension: Any) -> Integration | None:
    """Return what the document says about the integration, as far as it can run here: HTTP proxies and mocks."""
    if not isinstance(extension, Mapping):
        return None
    kind, uri = str(extension.get("type")), extension.get("uri")
    if kind in {"http", "http_proxy"} and isinstance(uri, str) and uri.startswith(("http://", "https://")):
        return Integration.model_validate({"http": uri})
    return Integration.model_validate({"mock": _mock_body(extension)}) if kind == "mock" else None


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
