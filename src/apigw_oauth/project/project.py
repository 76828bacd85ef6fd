"""Project: typed settings for every part, from the project file and the OpenAPI document that it names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from apigw_oauth.authorizer import authorizer_context, settings, verifiers
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.authorizer.verifiers.table import Unresolved
from apigw_oauth.project import (
    authorizer_definition,
    cors,
    gateway_responses,
    local_verifiers,
    own_functions,
    project_file,
    references,
    resource_metadata,
    routes,
)
from apigw_oauth.project.authorizer_definition import AuthorizerDefinition
from apigw_oauth.project.cors import Cors, PreflightRoute
from apigw_oauth.project.project_file import GatewayResponse, ProjectFile
from apigw_oauth.project.resource_metadata import MetadataRoute
from apigw_oauth.project.routes import MessageRoute, ProjectRoute

if TYPE_CHECKING:
    from apigw_oauth.project.openapi import OpenApiDocument

_URLS = frozenset({"base_url", "endpoint", "issuer", "jwks_uri", "discovery", "token_endpoint"})

# The development authorization server takes its place, where a project names nobody.
_ANY_VERIFIER = [{"type": "authlete", "version": 2}]


class Project(NamedTuple):
    """One project."""

    path: Path
    """Of the project file."""
    file: ProjectFile
    routes: tuple[ProjectRoute, ...]
    """What the authorizer is asked about."""
    message_routes: tuple[MessageRoute, ...] = ()
    """The other routes of a WebSocket API."""
    openapi: Mapping[str, Any] | None = None
    """The document that the file names, as it is."""

    @property
    def directory(self) -> Path:
        """Where the paths in the project file begin."""
        return self.path.parent

    @property
    def cache(self) -> CacheMode:
        """What one answer of the authorizer holds for."""
        return authorizer_definition.cache_of(self.file)

    @property
    def base_url(self) -> str | None:
        """Return the address of the deployed API, without slash at its end, as far as the file tells."""
        return next(iter(resource_metadata.known_base_urls(self.file)), None)

    def authorizer_settings(
        self, *, local: Mapping[str, str] | None = None, gateway_url: str | None = None
    ) -> dict[str, Any]:
        """Compile the content of authorizer.json. References stay references.

        `local` are base URL and credentials of the development authorization server: they take the place of those
        in the file, so that nothing of production is read, or sent anywhere. `gateway_url` is where the local
        gateway serves the stage. Raises SettingsError, also for answers that would not be right for as long as
        they are kept; `load_project` accepts those.
        """
        file = self.file if gateway_url is None else self.at(gateway_url).file
        tables = (
            file.verifiers if local is None else local_verifiers.replaced(file.verifiers or _ANY_VERIFIER, local)
        )
        if not tables:
            raise SettingsError(f"{self.path}: verifiers: there is none; add [[verifiers]]")
        definition = self.authorizer_definition()
        try:
            event = authorizer_definition.event_of(self.file, definition)
            cache = authorizer_definition.compiled_cache(self.file, definition)
            routes.refuse_blind_answers(self.routes, event=event, cache=cache)
        except SettingsError as error:
            raise SettingsError(f"{self.path}: {error}") from None
        own = [] if gateway_url is None else [gateway_url]
        compiled: dict[str, Any] = {
            "format": settings.FORMAT,
            "event": event,
            "cache": cache,
            "refusals": self.file.authorizer.refusals,
            "context": list(self.file.authorizer.context),
            "routes": [routes.compiled(one.route) for one in self.routes],
            "verifiers": [dict(table) for table in tables],
            "public_base_urls": list(dict.fromkeys([*resource_metadata.listed_base_urls(self.file), *own])),
        }
        compiled |= resource_metadata.compiled(file)
        if self.file.authorizer.dpop is not None:
            compiled["dpop"] = self.file.authorizer.dpop.model_dump()
        if self.file.authorizer.on_decision is not None:
            compiled["on_decision"] = self.file.authorizer.on_decision
        return compiled

    def authorizer_definition(self) -> AuthorizerDefinition:
        """Return the effective definition: with the identity sources that the cache mode needs."""
        return authorizer_definition.define(self.file)

    def at(self, gateway_url: str) -> "Project":
        """Return the project as the local gateway serves its stage, at an address of this machine."""
        return self._replace(file=resource_metadata.here(self.file, gateway_url))

    def gateway_responses(self, base_url: str | None = None) -> dict[str, GatewayResponse]:
        """Return the gateway responses: challenges and CORS headers, and over them what the file says.

        `base_url` is the address of the API without a slash at its end, or what stands for it in a template.
        """
        return gateway_responses.effective(self.file, base_url)

    def cors(self) -> Cors | None:
        """Return what browsers are told; None if the project file says nothing of them.

        An HTTP API is configured with it, a REST API has `preflight_routes` for it.
        """
        return cors.of(self.file)

    def preflight_routes(self) -> tuple[PreflightRoute, ...]:
        """Return the methods of a REST API that answer preflight requests; the authorizer is not asked there."""
        return cors.preflight_routes(self.file, self.routes)

    def metadata_route(self) -> MetadataRoute | None:
        """Return the route that serves the document about the API (RFC 9728); None if the API serves none."""
        return resource_metadata.route(self.file)

    def resource_metadata(self, base_url: str | None = None, *, issuer: str | None = None) -> dict[str, Any]:
        """Return the document that tells clients which authorization server to ask. See RFC 9728 §2.

        It is to be served as JSON and without a token. `base_url` is the address of the API without a slash at its
        end, or what stands for it in a template; None: what the project file knows of it. `issuer` is named in the
        place of the authorization servers of the file. Raises SettingsError.
        """
        try:
            return resource_metadata.document(
                self.file, self.routes, self.scopes(), base_url=base_url, issuer=issuer
            )
        except SettingsError as error:
            raise SettingsError(f"{self.path}: {error}") from None

    def resource_metadata_url(self, base_url: str | None = None) -> str | None:
        """Return where clients find the document, as challenges tell them; None if there is none.

        `base_url` as for the document. Raises SettingsError.
        """
        try:
            return resource_metadata.url(self.file, base_url)
        except SettingsError as error:
            raise SettingsError(f"{self.path}: {error}") from None

    def scopes(self) -> tuple[str, ...]:
        """Return every scope that a route requires, sorted."""
        return tuple(sorted({scope for one in self.routes for required in one.route.any_of for scope in required}))


def load_project(path: str | os.PathLike[str] = project_file.DEFAULT_NAME) -> Project:
    """Read and check a project, by its file or its directory. Raises SettingsError: file, key, reason."""
    file_path = Path(path).absolute()
    if file_path.is_dir():
        file_path /= project_file.DEFAULT_NAME
    file = project_file.read(file_path)
    document = _document(file_path, file)
    kind, place = file.api.type, str(file_path)
    ours = routes.from_table(file.routes, api_type=kind, place=place)
    documented = document.routes if document else []
    merged = routes.merge(ours, documented, place=place, openapi=str(file.api.openapi))
    project = Project(
        path=file_path,
        file=file,
        routes=_served(file, file_path, merged),
        message_routes=routes.messages_from_table(file.routes, api_type=kind, place=place),
        openapi=document.content if document else None,
    )
    try:
        _check(project)
    except SettingsError as error:
        raise SettingsError(f"{file_path}: {error}") from None
    return project


def _served(file: ProjectFile, path: Path, declared: tuple[ProjectRoute, ...]) -> tuple[ProjectRoute, ...]:
    try:
        all_of_them = resource_metadata.with_route(file, declared)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    return routes.constrain(all_of_them) if file.authorizer.sender_constrained else all_of_them


def _document(path: Path, file: ProjectFile) -> "OpenApiDocument | None":
    if file.api.openapi is None:
        return None
    if file.api.type == "websocket":
        raise SettingsError(f"{path}: api.openapi: OpenAPI does not describe WebSocket APIs; use [routes]")
    from apigw_oauth.project import openapi  # with a YAML library, which takes a while to load

    document = path.parent / file.api.openapi
    try:
        return openapi.read(document, api_type=file.api.type)
    except OSError as error:
        raise SettingsError(
            f"{path}: api.openapi: {document}: {error.strerror}; write it, or name another one"
        ) from None


def _check(project: Project) -> None:
    """Raise SettingsError for what each key alone does not show."""
    authorizer = project.file.authorizer
    routes.check(project.routes, api_type=project.file.api.type)
    authorizer_definition.check(project.file)
    gateway_responses.check(project.file)
    cors.check(project.file)
    authorizer_context.check_names(authorizer.context)
    integrations = [
        *((one.route.key, one.integration) for one in project.routes),
        *((one.key, one.integration) for one in project.message_routes),
    ]
    own_functions.check(authorizer, integrations, directory=project.directory)
    references.check(project.file)
    if project.file.verifiers:
        tables = [_without_references(table) for table in project.file.verifiers]
        verifiers.check(tables, directory=str(project.directory))


def _without_references(table: Mapping[str, Any]) -> dict[str, Any]:
    """Put something well-formed in the place of each reference, whose value is not known here."""
    return {
        key: Unresolved("https://reference.invalid" if key in _URLS else "1")
        if references.is_reference(value)
        else value
        for key, value in table.items()
    }
