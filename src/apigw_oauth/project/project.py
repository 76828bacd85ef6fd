"""Project: typed settings for every part, from the project file and the OpenAPI document that it names."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer import authorizer_context, settings, verifiers
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.authorizer.route import Route
from apigw_oauth.project import openapi, project_file, routes
from apigw_oauth.project.project_file import GatewayResponse, ProjectFile
from apigw_oauth.project.routes import ProjectRoute

_AUTHORIZATION = "method.request.header.Authorization"
_ROUTE_IN_KEY = ("context.resourceId", "context.httpMethod")
_SOURCES = ("method.request.header.", "method.request.querystring.", "stageVariables.", "context.")
_REFERENCES = ("env:", "file:", "ssm:", "secretsmanager:")


class AuthorizerDefinition(NamedTuple):
    """The Lambda authorizer as API Gateway is told about it: what `serve`, `check` and `template` share."""

    type: Literal["TOKEN", "REQUEST"]
    identity_sources: tuple[str, ...]
    identity_validation: str | None
    ttl: int
    """Seconds; 0 = no cache."""


class Project(NamedTuple):
    """One project."""

    path: Path
    """Of the project file."""
    file: ProjectFile
    routes: tuple[ProjectRoute, ...]

    @property
    def directory(self) -> Path:
        """Where the paths in the project file begin."""
        return self.path.parent

    @property
    def cache(self) -> CacheMode:
        """What one answer of the authorizer holds for."""
        authorizer = self.file.authorizer
        # Somebody else's authorizer does not know what our modes ask of the cache key.
        plain = authorizer.event == "token" or authorizer.handler is not None
        return authorizer.cache or ("token" if plain else "route")

    def authorizer_settings(self, *, local: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Compile the content of authorizer.json. References stay references. Raises SettingsError.

        `local` are base URL and credentials of the development authorization server: they take the place of those
        in the file, so that nothing of production is read, or sent anywhere.
        """
        tables = (
            self.file.verifiers if local is None else [_localized(table, local) for table in self._verifiers()]
        )
        if not tables:
            raise SettingsError(f"{self.path}: verifiers: there is none; add [[verifiers]]")
        authorizer = self.file.authorizer
        return {
            "format": settings.FORMAT,
            "event": authorizer.event,
            "cache": self.cache,
            "refusals": authorizer.refusals,
            "context": list(authorizer.context),
            "routes": [_entry(one.route) for one in self.routes],
            "verifiers": [dict(table) for table in tables],
        }

    def authorizer_definition(self) -> AuthorizerDefinition:
        """Return the effective definition: with the identity sources that the cache mode needs."""
        authorizer = self.file.authorizer
        sources = list(authorizer.identity_sources or [_AUTHORIZATION])
        if self.cache == "route":
            sources += [source for source in _ROUTE_IN_KEY if source not in sources]
        return AuthorizerDefinition(
            type="TOKEN" if authorizer.event == "token" else "REQUEST",
            identity_sources=tuple(sources),
            identity_validation=authorizer.identity_validation,
            ttl=0 if self.cache == "off" else authorizer.cache_ttl,
        )

    def gateway_responses(self) -> dict[str, GatewayResponse]:
        """Return the gateway responses: challenges and CORS headers, and over them what the file says."""
        cors = {"Access-Control-Allow-Origin": "'*'", "Access-Control-Expose-Headers": "'WWW-Authenticate'"}
        challenge = f"context.authorizer.{authorizer_context.CHALLENGE_KEY}"
        responses = {
            "UNAUTHORIZED": GatewayResponse(headers={"WWW-Authenticate": "'Bearer'", **cors}),
            "ACCESS_DENIED": GatewayResponse(
                status=401 if self.file.authorizer.refusals == "dynamic-401" else None,
                headers={"WWW-Authenticate": challenge, **cors},
            ),
            "DEFAULT_4XX": GatewayResponse(headers=cors),
            "DEFAULT_5XX": GatewayResponse(headers=cors),
        }
        for kind, ours in self.file.gateway_responses.items():
            default = responses.get(kind, GatewayResponse())
            responses[kind] = GatewayResponse(
                status=default.status if ours.status is None else ours.status,
                headers={**default.headers, **ours.headers},
                templates={**default.templates, **ours.templates},
            )
        return responses

    def scopes(self) -> tuple[str, ...]:
        """Return every scope that a route requires, sorted."""
        return tuple(sorted({scope for one in self.routes for required in one.route.any_of for scope in required}))

    def _verifiers(self) -> Sequence[Mapping[str, Any]]:
        return self.file.verifiers or [{"type": "authlete", "version": 2}]


def load_project(path: str | os.PathLike[str] = project_file.DEFAULT_NAME) -> Project:
    """Read and check a project, by its file or its directory. Raises SettingsError: file, key, reason."""
    file_path = Path(path).absolute()
    if file_path.is_dir():
        file_path /= project_file.DEFAULT_NAME
    file = project_file.read(file_path)
    documented = openapi.read(file_path.parent / file.api.openapi) if file.api.openapi else []
    ours = routes.from_table(file.routes, place=str(file_path))
    project = Project(
        file_path, file, routes.merge(ours, documented, place=str(file_path), openapi=str(file.api.openapi))
    )
    try:
        _check(project)
    except SettingsError as error:
        raise SettingsError(f"{file_path}: {error}") from None
    return project


def _check(project: Project) -> None:
    """Raise SettingsError for what each key alone does not show."""
    if not project.routes:
        raise SettingsError("routes: there is none, so that everything would be refused")
    _check_identity_sources(project)
    authorizer = project.file.authorizer
    if authorizer.handler is not None:
        routes.check_function(authorizer.handler, project.directory)
    for one in project.routes:
        if one.integration is not None and one.integration.function is not None:
            routes.check_function(one.integration.function, project.directory)
    if project.file.verifiers:
        compiled = project.authorizer_settings()
        compiled["verifiers"] = [_without_references(table) for table in compiled["verifiers"]]
        verifiers.load(settings.load(compiled, environ={}, directory="").verifiers)
    else:
        authorizer_context.check_names(authorizer.context)


def _check_identity_sources(project: Project) -> None:
    authorizer, definition = project.file.authorizer, project.authorizer_definition()
    key = "authorizer.identity_sources"
    for source in definition.identity_sources:
        if not source.startswith(_SOURCES) or source.endswith("."):
            raise SettingsError(f"{key}: {source!r} must begin with one of {', '.join(_SOURCES)}")
    if authorizer.event == "token":
        if project.cache == "route":
            raise SettingsError(
                f'authorizer.cache: a TOKEN event has no route in its key; use "token" or "off" ({key})'
            )
        if len(definition.identity_sources) != 1 or not definition.identity_sources[0].startswith(_SOURCES[0]):
            raise SettingsError(f"{key}: a TOKEN authorizer has one header")
    elif authorizer.identity_validation is not None:
        raise SettingsError("authorizer.identity_validation: is for token events only")
    names_the_token = _AUTHORIZATION.lower() in map(str.lower, definition.identity_sources)
    if authorizer.event == "request" and authorizer.handler is None and definition.ttl and not names_the_token:
        raise SettingsError(f"{key}: must have {_AUTHORIZATION}, or one caller gets the cached answer of another")


def _entry(route: Route) -> dict[str, Any]:
    if route.public:
        return {"route": route.key, "public": True}
    if not route.any_of:
        return {"route": route.key, "closed": True}
    return {"route": route.key, "any_of": [sorted(required) for required in route.any_of]}


def _localized(table: Mapping[str, Any], local: Mapping[str, str]) -> dict[str, Any]:
    version = table.get("version", 2)
    keys = (
        ("base_url", "api_key", "api_secret")
        if version == 2
        else ("base_url", "service_id", "service_access_token")
    )
    return {"type": "authlete", "version": version, **{key: local[key] for key in keys}}


def _without_references(table: Mapping[str, Any]) -> dict[str, Any]:
    """Put something well-formed in the place of each reference, whose value is not known here."""
    return {
        key: ("https://reference.invalid" if key == "base_url" else "reference")
        if isinstance(value, str) and value.startswith(_REFERENCES)
        else value
        for key, value in table.items()
    }
