"""What clients may know of a protected API before they have a token for it. See RFC 9728."""

from typing import Any
from urllib.parse import urlsplit

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import authorizer_definition
from apigw_oauth.project.project_file import Dpop, ProjectFile
from apigw_oauth.project.routes import ProjectRoute

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def identifier(file: ProjectFile) -> str:
    """Return the identifier of the API as a resource (RFC 8707): `api.resource`, else its first public address.

    Raises SettingsError.
    """
    found = file.api.resource or next(iter(file.api.public_base_urls), None)
    if found is None:
        raise SettingsError(
            "api.resource: is missing; name the API as clients do, such as https://api.example.com"
        )
    return found


def url(file: ProjectFile) -> str | None:
    """Return what challenges name: `api.resource_metadata`, else where that of `api.resource` is looked for."""
    if file.api.resource_metadata is not None or file.api.resource is None:
        return file.api.resource_metadata
    return well_known_url(file.api.resource)


def well_known_url(resource: str) -> str:
    """Return where clients look for the document: its path is put in after the host. See RFC 9728 §3.1."""
    parts = urlsplit(resource)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path.rstrip('/')}{query}"


def document(file: ProjectFile, routes: tuple[ProjectRoute, ...], scopes: tuple[str, ...]) -> dict[str, Any]:
    """Return the metadata document, to be served without a token. See RFC 9728 §2. Raises SettingsError."""
    issuers = dict.fromkeys(
        issuer for table in file.verifiers if isinstance(issuer := table.get("issuer"), str) and "://" in issuer
    )
    types = dict.fromkeys(kind for one in routes for kind in one.route.authorization_details)
    told: dict[str, Any] = {
        "resource": identifier(file),
        "authorization_servers": list(issuers),
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": list(types),
        "dpop_signing_alg_values_supported": list(dpop_algorithms(file)),
        "tls_client_certificate_bound_access_tokens": _looks_each_time(file),
    }
    return {name: value for name, value in told.items() if value}


def dpop_algorithms(file: ProjectFile) -> tuple[str, ...]:
    """Return what DPoP proofs may be signed with; nothing where the deployed authorizer checks none."""
    if not file.api.public_base_urls or not _looks_each_time(file):
        return ()
    return tuple((file.authorizer.dpop or Dpop()).algorithms)


def _looks_each_time(file: ProjectFile) -> bool:
    definition = authorizer_definition.define(file)
    ours = file.authorizer.handler is None and definition.type == "REQUEST"
    return ours and authorizer_definition.compiled_cache(file, definition) == "off"
