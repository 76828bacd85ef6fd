"""Who is asked about the token: the development server where `serve` runs, else who the project file names."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apigw_oauth.authorizer import references, settings
from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.cli.local_stack import serve_file
from apigw_oauth.cli.local_stack.local_verifier import local_verifier
from apigw_oauth.project import Project
from apigw_oauth.project.project_file import DEFAULT_STAGE

if TYPE_CHECKING:
    from apigw_oauth.authorizer.rotation import Secrets

_PLACES = ("base_url", "endpoint", "introspection_endpoint", "discovery", "jwks_uri", "issuer")
_SECRET = ("secret", "key", "token", "password")


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """Who is asked. `local` are address and credentials of the development server, None where that is not it."""

    told: str
    local: Mapping[str, str] | None
    secrets: tuple[str, ...]
    """What no output may show."""
    gateway_url: str | None = None
    """Where the stage is served, if it is."""


def find(
    project: Project, environ: Mapping[str, str] = os.environ, *, kept: "Secrets | None" = None
) -> AuthorizationServer:
    """Return who is asked about tokens of a project. Raises SettingsError.

    `kept` has the secrets that AWS would keep.
    """
    theirs = project.file.authorizer.handler
    # Somebody else's authorizer takes its secrets from the environment, and may show them.
    known = _secrets([{name.lower(): value for name, value in environ.items()}]) if theirs else ()
    running = serve_file.read(project.directory)
    if running is not None and running.get("authserver"):
        local = _local(running, project)
        told = f"{local['base_url']}, of the apigw-oauth serve that runs for this project"
        return AuthorizationServer(told, local, (*known, *_secrets([local])), running.get("gateway"))
    if theirs is not None:
        return AuthorizationServer(f"whomever {theirs} asks", None, known)
    try:
        compiled = project.authorizer_settings(gateway_url=gateway_url(project))
        loaded = settings.load(compiled, environ=environ, directory=str(project.directory))
        tables = _fetched(loaded.verifiers, environ, kept)
    except (SettingsError, VerifierUnavailableError) as error:
        place = "" if str(error).startswith(str(project.path)) else f"{project.path}: "
        hint = "or start apigw-oauth serve, whose authorization server takes the place of this one"
        raise SettingsError(f"{place}{error}; {hint}") from None
    told = ", else ".join(map(_told, tables))
    return AuthorizationServer(f"{told}, as {project.path.name} says", None, _secrets(tables))


def gateway_url(project: Project) -> str:
    """Return where `serve` would serve the stage of a project."""
    url = f"http://{project.file.local.gateway}"
    return url if project.file.api.stage == DEFAULT_STAGE else f"{url}/{project.file.api.stage}"


def _local(running: Mapping[str, Any], project: Project) -> dict[str, str]:
    try:
        return local_verifier(running["authserver"], running)
    except KeyError as error:
        path = serve_file.path_for(project.directory)
        raise SettingsError(f"{path}: has no {error}; start apigw-oauth serve again") from None


def _fetched(
    tables: Sequence[Mapping[str, Any]], environ: Mapping[str, str], kept: "Secrets | None"
) -> Sequence[Mapping[str, Any]]:
    """Return the tables with what AWS keeps in its place: only what is known can be kept out of what is shown."""
    if not references.any_kept(tables):
        return tables
    from apigw_oauth.authorizer import aws_secrets, rotation

    return rotation.resolve(tables, kept or aws_secrets.of(environ), when="request") or ()


def _told(table: Mapping[str, Any]) -> str:
    place = next((str(table[key]) for key in _PLACES if table.get(key)), None)
    return f"{place} ({table.get('type')})" if place else str(table.get("type"))


def _secrets(tables: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(
        value
        for table in tables
        for key, value in table.items()
        if isinstance(value, str) and any(word in key for word in _SECRET)
    )
