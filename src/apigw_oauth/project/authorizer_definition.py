"""AuthorizerDefinition: the Lambda authorizer as API Gateway is told about it."""

from typing import Literal, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.project import identity_sources
from apigw_oauth.project.project_file import ProjectFile


class AuthorizerDefinition(NamedTuple):
    """The Lambda authorizer as API Gateway is told about it: what `serve`, `try`, `check` and `template` share."""

    type: Literal["TOKEN", "REQUEST"]
    identity_sources: tuple[str, ...]
    identity_validation: str | None
    ttl: int
    """Seconds; 0 = no cache."""
    payload_format: Literal["1.0", "2.0"] | None = None
    """Of HTTP APIs; None for others."""
    simple_responses: bool = False
    """Whether the answer is `isAuthorized`, not a policy: HTTP APIs in payload format 2.0."""


def cache_of(file: ProjectFile) -> CacheMode:
    """Return what one answer of the authorizer holds for."""
    authorizer = file.authorizer
    if file.api.type == "websocket":
        return "off"  # they have no authorizer cache
    # Somebody else's authorizer does not know what our modes ask of the cache key.
    plain = authorizer.event == "token" or authorizer.handler is not None
    return authorizer.cache or ("token" if plain else "route")


def define(file: ProjectFile) -> AuthorizerDefinition:
    """Return the effective definition: with the identity sources that the cache mode needs."""
    authorizer, cache = file.authorizer, cache_of(file)
    payload_format = (authorizer.payload_format or "2.0") if file.api.type == "http" else None
    simple_by_default = payload_format == "2.0" and cache != "token"
    return AuthorizerDefinition(
        type="TOKEN" if authorizer.event == "token" else "REQUEST",
        identity_sources=identity_sources.effective(file, cache),
        identity_validation=authorizer.identity_validation,
        ttl=0 if cache == "off" else authorizer.cache_ttl,
        payload_format=payload_format,
        simple_responses=simple_by_default if authorizer.simple_responses is None else authorizer.simple_responses,
    )


def event_of(file: ProjectFile, definition: AuthorizerDefinition) -> str:
    """Return the event that API Gateway sends, as authorizer.json names it."""
    if file.api.type == "rest":
        return file.authorizer.event
    if file.api.type == "websocket":
        return "websocket"
    return f"http-{definition.payload_format}{'-simple' if definition.simple_responses else ''}"


def compiled_cache(file: ProjectFile, definition: AuthorizerDefinition) -> CacheMode:
    """Return the cache mode that answers are written for. Raises SettingsError where none would be right."""
    cache = cache_of(file)
    if not definition.ttl and definition.type == "REQUEST":
        return "off"
    if not definition.simple_responses or cache != "token":
        return cache
    if identity_sources.name_the_route(file.api.type, definition.identity_sources):
        return "route"
    raise SettingsError(
        "authorizer.simple_responses: API Gateway would apply a kept simple response to every route, be it open or"
        ' closed to the token; use authorizer.cache = "route", or simple_responses = false'
    )


def check(file: ProjectFile) -> None:
    """Raise SettingsError for keys that the type of API, or of event, does not have."""
    authorizer, api_type = file.authorizer, file.api.type
    if api_type != "rest" and authorizer.event == "token":
        raise SettingsError('authorizer.event: only REST APIs have TOKEN authorizers; use "request"')
    if authorizer.event == "token" and cache_of(file) == "route":
        raise SettingsError('authorizer.cache: a TOKEN event has no route in its key; use "token" or "off"')
    if authorizer.event == "request" and authorizer.identity_validation is not None:
        raise SettingsError("authorizer.identity_validation: is for token events only")
    for key in ("payload_format", "simple_responses"):
        if api_type != "http" and getattr(authorizer, key) is not None:
            raise SettingsError(f'authorizer.{key}: is for HTTP APIs only; remove it, or set api.type = "http"')
    if authorizer.simple_responses and authorizer.payload_format == "1.0":
        raise SettingsError('authorizer.simple_responses: need payload_format = "2.0"')
    definition = define(file)
    identity_sources.check(file, definition.identity_sources, ttl=definition.ttl)
