"""The operations of a document: who is asked about each, and what answers it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apigw_oauth.authorizer.route import DEFAULT, VERBS, parse_path
from apigw_oauth.deploy.blueprint import Blueprint, Route, ToNobody
from apigw_oauth.deploy.templates.openapi import placeholders
from apigw_oauth.deploy.templates.openapi.integrations import EXTENSION, VARIABLE, integration

Tell = Callable[[str], None]

DOCUMENTED_SECURITY = "x-oauth-security"
"""Where an operation keeps what the document says of scopes, for people to read."""

_ANY = "x-amazon-apigateway-any-method"
_KNOWN = frozenset({*(verb.lower() for verb in VERBS), _ANY})
_UNKNOWN = frozenset({"trace"})
_AUTH = "x-amazon-apigateway-auth"
"""Of an operation: its type `NONE` would open it. See "x-amazon-apigateway-auth object" in the developer guide."""
_OAUTH = frozenset({"oauth2", "openIdConnect"})


def paths(document: Mapping[str, Any], blueprint: Blueprint, scheme: str, tell: Tell) -> dict[str, Any]:
    """Return the paths of the document with every route, in the order of the document; new ones come last."""
    made = dict(document.get("paths") or {})
    for path, item in made.items():
        if path.startswith("/"):
            made[path] = _known(item, path, tell)
    # What has operations is well-formed: the project has read it.
    alike = {_segments(path): path for path in made if path.startswith("/") and _KNOWN & made[path].keys()}
    for route in blueprint.routes:
        key = route.path if route.path.startswith("/") else f"/{route.path}"
        path = alike.setdefault(_segments(key), key)
        item = made.setdefault(path, {})
        verb = _ANY if route.method in {"", "ANY"} else route.method.lower()
        operation = _operation(route, item.get(verb), path, blueprint, scheme, document)
        for name in _not_asked_for(operation.get(DOCUMENTED_SECURITY), document):
            tell(f"paths.{path}.{verb}.security: nobody asks for {name}, but for an access token")
        _declare_variables(item, operation, path, document)
        # The extension comes last: people do not read it.
        extension = operation.pop(EXTENSION)
        item[verb] = {**operation, EXTENSION: extension}
    return made


def _not_asked_for(security: Any, document: Mapping[str, Any]) -> list[str]:
    """Return the security schemes that are not OAuth's."""
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    named = dict.fromkeys(name for alternative in security or () for name in alternative)
    return [name for name in named if (schemes.get(name) or {}).get("type") not in _OAUTH]


def _segments(path: str) -> tuple[str, ...]:
    """Return what two paths have in common that differ in the names of variables alone."""
    return (path,) if path == f"/{DEFAULT}" else parse_path(path)


def _known(item: Any, path: str, tell: Tell) -> dict[str, Any]:
    """Return a path item without what API Gateway does not have, and what would go round the authorizer."""
    made = dict(item or {})
    for verb in _UNKNOWN & made.keys():
        tell(f"paths.{path}.{verb}: is left out; API Gateway has no such method")
        del made[verb]
    for verb, operation in made.items():
        if verb in _KNOWN and _AUTH in (operation or {}):
            tell(f"paths.{path}.{verb}.{_AUTH}: is left out; it would take the place of the authorizer")
            made[verb] = {key: value for key, value in operation.items() if key != _AUTH}
    return made


def _operation(
    route: Route,
    documented: Mapping[str, Any] | None,
    path: str,
    blueprint: Blueprint,
    scheme: str,
    document: Mapping[str, Any],
) -> dict[str, Any]:
    made = dict(documented or {})
    said = made.pop("security", document.get("security") if documented is not None else None)
    # Each operation says it: what stands at the root of the document is ignored by REST APIs.
    made["security"] = [{scheme: []}] if route.authorized else []
    if said:
        made[DOCUMENTED_SECURITY] = said
    if route.path == DEFAULT:
        made["isDefaultRoute"] = True
    if route.documented and not _is_mock_of_http(made[EXTENSION], blueprint):
        made[EXTENSION] = placeholders.of_user(made[EXTENSION])
    else:
        renamed = dict(zip(VARIABLE.findall(route.path), VARIABLE.findall(path), strict=True))
        made[EXTENSION] = integration(route, blueprint, renamed)
    made["responses"] = _responses(made.get("responses"), route, blueprint)
    return made


def _is_mock_of_http(extension: Any, blueprint: Blueprint) -> bool:
    """Say whether the document has a mock for an HTTP API, which cannot have one."""
    kind = extension.get("type") if isinstance(extension, Mapping) else None
    return blueprint.api_type == "http" and str(kind).lower() == "mock"


def _responses(documented: Any, route: Route, blueprint: Blueprint) -> dict[str, Any]:
    """Return the responses; there has to be one, and those of mocks name the headers that are sent."""
    # In YAML a status may be a number.
    made = {str(status): one for status, one in documented.items()} if isinstance(documented, Mapping) else {}
    headers = route.integration.headers if isinstance(route.integration, ToNobody) else {}
    if route.documented or blueprint.api_type != "rest":
        headers = {}
    if not made or headers:
        answer = dict(made.get("200") or {"description": "OK"})
        if headers:
            declared = {name: {"schema": {"type": "string"}} for name in headers}
            answer["headers"] = {**declared, **(answer.get("headers") or {})}
        made["200"] = answer
    return made


def _declare_variables(
    item: Mapping[str, Any], operation: dict[str, Any], path: str, document: Mapping[str, Any]
) -> None:
    """Declare the variables of the path that nobody has: the import maps only what is declared."""
    declared = set(_declared([*(item.get("parameters") or []), *(operation.get("parameters") or [])], document))
    missing = [name for name in VARIABLE.findall(path) if name not in declared]
    if missing:
        made = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing]
        operation["parameters"] = [*(operation.get("parameters") or []), *made]


def _declared(parameters: list[Any], document: Mapping[str, Any]) -> Iterator[str]:
    shared = (document.get("components") or {}).get("parameters") or {}
    for one in parameters:
        parameter = shared.get(str(one["$ref"]).rpartition("/")[2], {}) if "$ref" in one else one
        if parameter.get("in") == "path":
            yield str(parameter.get("name")).removesuffix("+")
