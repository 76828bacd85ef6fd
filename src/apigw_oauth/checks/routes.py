"""Routes that are closed, public, undeclared, or unanswered."""

from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth.authorizer.route import REST_OF_PATH, VERBS, WHOLE_PATH, parse_key
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project
from apigw_oauth.project.openapi import key_of
from apigw_oauth.project.routes import ProjectRoute

_OPERATIONS = {**{verb.lower(): verb for verb in VERBS}, "x-amazon-apigateway-any-method": "ANY"}


def closed(project: Project) -> Iterator[Finding]:
    """Find operations of the OpenAPI document that require nothing we can check, and are therefore closed."""
    operations = dict(_operations(project))
    root = (project.openapi or {}).get("security")
    for one in project.routes:
        if one.route.public or one.route.any_of:
            continue
        operation = operations.get((one.route.method, one.route.segments), {})
        yield Rule.CLOSED_ROUTE.found(
            place.of_route(project, one),
            f"{_said_of_security(operation.get('security', root))} {one.route.key} is refused to everybody.",
            mend=f"give the operation `security` of a scheme of type oauth2 or openIdConnect, or say in [routes]:"
            f' "{one.route.key}" = ["SCOPE"], or "public"',
        )


def _said_of_security(security: Any) -> str:
    if security is None:
        return "The operation says nothing of security."
    if not security or {} in security:
        return "The operation says that it needs no security; that is believed of [routes] only."
    return "The operation's security is not OAuth alone, and nothing here can check the rest."


def not_in_openapi(project: Project) -> Iterator[Finding]:
    """Find routes of [routes] that the OpenAPI document lacks: misspelt, perhaps."""
    if project.openapi is None:
        return
    declared = {key for key, _ in _operations(project)}
    for one in _written(project):
        route = one.route
        if declared.isdisjoint({(route.method, route.segments), ("ANY", route.segments)}):
            yield Rule.NOT_IN_OPENAPI.found(
                place.of_route(project, one),
                f"{project.file.api.openapi} has no operation {route.key}: it adds a route, and changes none.",
                mend="add it to the document; or, if it was meant for another operation, spell it as there",
            )


def public(project: Project) -> Iterator[Finding]:
    """Say which routes are public, and find one that makes everything so."""
    open_to_all = [one for one in _written(project) if one.route.public]
    for one in open_to_all:
        # A preflight request is answered without looking at anything.
        if one.route.segments in {(REST_OF_PATH,), (WHOLE_PATH,)} and one.route.method != "OPTIONS":
            yield Rule.PUBLIC_EVERYTHING.found(
                place.of_route(project, one),
                f"{one.route.key} is public and takes every path that no other route takes: a route that is"
                " forgotten, or misspelt, is open.",
                mend="make the pages that are to be public routes of their own, or require a scope here",
            )
    if open_to_all:
        yield Rule.PUBLIC_ROUTE.found(
            place.of_key(project, "routes"),
            f"Public: {listed(one.route.key for one in open_to_all)}. No token is looked at there, a valid one"
            " neither, and the backend is told nothing about the caller.",
            mend="require scopes where this is not meant; `[]` stands for any valid token",
        )


def without_integration(project: Project) -> Iterator[Finding]:
    """Say which routes nothing answers."""
    lacking = [one.route.key for one in _written(project) if one.integration is None]
    lacking += [one.key for one in project.message_routes if one.integration is None]
    http = "" if project.file.api.type == "websocket" else '{ http = "https://…" }, or '
    if lacking:
        yield Rule.NO_INTEGRATION.found(
            place.of_key(project, "routes"),
            f"No integration: {listed(lacking)}. The local gateway answers for them that there is none.",
            mend=f'integration = {{ lambda = "functions.py:name" }}, or {http}{{ mock = "…" }}',
        )


def _written(project: Project) -> Iterator[ProjectRoute]:
    """List the routes that somebody has written: not that of the resource metadata."""
    return (one for one in project.routes if one.declared_by != "resource")


def _operations(project: Project) -> Iterator[tuple[tuple[str, tuple[str, ...]], Mapping[str, Any]]]:
    for path, item in ((project.openapi or {}).get("paths") or {}).items():
        for name, method in _OPERATIONS.items():
            if item and name in item:
                yield parse_key(key_of(method, path, project.file.api.type)), item[name] or {}
