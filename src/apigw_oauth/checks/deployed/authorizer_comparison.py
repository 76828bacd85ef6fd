"""The authorizers that protect the routes where they are deployed: how they are set up, and what runs there."""

from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth import __version__
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.checks.deployed.deployed_api import (
    OUR_TYPE,
    SET_RIGHT,
    DeployedApi,
    DeployedAuthorizer,
    DeployedFunction,
)
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import AuthorizerDefinition, Project

_REDEPLOY = "`apigw-oauth deploy`"


def compare(project: Project, api: DeployedApi, functions: Mapping[str, DeployedFunction]) -> Iterator[Finding]:
    """Compare each authorizer that a route asks with the one of the project."""
    asked = {one.authorizer for one in api.routes if one.authorization == OUR_TYPE}
    for identifier, authorizer in api.authorizers.items():
        if identifier not in asked:
            continue
        place = f"API {api.identifier}: authorizer {identifier}"
        differences = list(_differences(project.authorizer_definition(), authorizer, api))
        if differences:
            yield Rule.DEPLOYED_AUTHORIZER.found(
                place,
                f"{'; '.join(differences)}. What API Gateway asks and keeps is not what the answers are made for.",
                mend=SET_RIGHT,
            )
        if authorizer.function is not None and authorizer.function in functions:
            yield from _function(project, functions[authorizer.function], authorizer, place)


def _differences(wanted: AuthorizerDefinition, there: DeployedAuthorizer, api: DeployedApi) -> Iterator[str]:
    """Name what differs. The identity sources are a set, in which names of headers have no case."""
    pairs: dict[str, tuple[object, object]] = {
        "type": (wanted.type, there.type),
        "identity sources": (_named(wanted.identity_sources), _named(there.identity_sources)),
        "TTL": (wanted.ttl, there.ttl),
        "identity validation": (wanted.identity_validation, there.identity_validation),
    }
    if api.api_type == "websocket":
        del pairs["TTL"]  # they have no authorizer cache, and say nothing of one
    if api.api_type == "http":
        pairs["payload format"] = wanted.payload_format, there.payload_format
        pairs["simple responses"] = wanted.simple_responses, there.simple_responses
    for name, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield f"{name}: {_said(theirs)} there, {_said(ours)} here"


def _named(sources: tuple[str, ...]) -> frozenset[str]:
    return frozenset(source.lower() if ".header." in source else source for source in sources)


def _said(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return "none" if value is None else str(value)


def _function(
    project: Project, function: DeployedFunction, authorizer: DeployedAuthorizer, place: str
) -> Iterator[Finding]:
    if function.may_be_invoked is False and not authorizer.has_role:
        yield Rule.DEPLOYED_PERMISSION.found(
            place,
            "The function does not let API Gateway invoke it as an authorizer: every request is a 500.",
            mend=f"lambda:InvokeFunction for apigateway.amazonaws.com from …/authorizers/*: {SET_RIGHT}",
        )
    if function.unreadable is not None:
        yield Rule.DEPLOYED_CODE_UNREAD.found(
            place,
            f"Which settings it has is not known: {function.unreadable}.",
            mend="ask with credentials that may lambda:GetFunction",
        )
        return
    yield from _package(project, function, place)


def _package(project: Project, function: DeployedFunction, place: str) -> Iterator[Finding]:
    try:
        ours = project.authorizer_settings()
    except SettingsError:
        return  # a finding of its own, without which nothing can be packaged
    if function.settings is None:
        yield Rule.DEPLOYED_SETTINGS.found(
            place,
            "The function is not made of a package of apigw-oauth: it has no authorizer.json.",
            mend=f"{_REDEPLOY}; or name the function of this project in the authorizer",
        )
        return
    other = _other_keys(ours, function.settings)
    if other:
        yield Rule.DEPLOYED_SETTINGS.found(
            place,
            f"It was packaged from another state of the project: {', '.join(other)} in its authorizer.json"
            f" {'differ' if len(other) > 1 else 'differs'}.",
            mend=_REDEPLOY,
        )
    if function.version != __version__:
        yield Rule.DEPLOYED_VERSION.found(
            place,
            f"It was packaged by apigw-oauth {function.version or 'of unknown version'}; this is {__version__}.",
            mend=f"read CHANGELOG.md; {_REDEPLOY}",
        )


def _other_keys(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    return [key for key in dict.fromkeys([*ours, *theirs]) if ours.get(key) != theirs.get(key)]
