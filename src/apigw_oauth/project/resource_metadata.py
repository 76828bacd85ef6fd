"""What clients may know of a protected API before they have a token for it. See RFC 9728.

The document is served below whatever address the API has, since default addresses of API Gateway have the stage
in their path: at base address + `/.well-known/oauth-protected-resource` + what the identifier of the API has after
its base address. Where the base address has no path, RFC 9728 §3.1 has clients look just there.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.route import Route
from apigw_oauth.project import authorizer_definition
from apigw_oauth.project.project_file import Dpop, ProjectFile
from apigw_oauth.project.routes import ProjectRoute

WELL_KNOWN = "/.well-known/oauth-protected-resource"


class MetadataRoute(NamedTuple):
    """The route that serves the document."""

    path: str
    """Below the base address of the API."""

    @property
    def key(self) -> str:
        """As the table of routes has it."""
        return f"GET {self.path}"


def route(file: ProjectFile) -> MetadataRoute | None:
    """Return the route that serves the document; None where nobody does, or somebody else."""
    if file.api.resource is None or file.api.resource_metadata is not None or file.api.type == "websocket":
        return None
    return MetadataRoute(WELL_KNOWN + _parts(file, file.api.resource)[1])


def with_route(file: ProjectFile, routes: tuple[ProjectRoute, ...]) -> tuple[ProjectRoute, ...]:
    """Add the route to those of the project, unless they have it. Raises SettingsError."""
    resource, ours = file.api.resource or "", route(file)
    if file.api.type == "websocket" and resource.startswith("/"):
        raise SettingsError(
            "api.resource: a WebSocket API serves no document; write the whole address, and as resource_metadata"
            " where the document is"
        )
    if ours is None:
        return routes
    if "{" in ours.path:
        raise SettingsError("api.resource: is one address, without {variables}")
    try:
        public = Route.parse(ours.key, public=True)
    except SettingsError as error:
        raise SettingsError(f"api.resource: {error}") from None
    if any((one.route.method, one.route.segments) == (public.method, public.segments) for one in routes):
        return routes
    return (*routes, ProjectRoute(public, None, declared_by="resource"))


def identifier(file: ProjectFile, base_url: str | None = None) -> str:
    """Return the identifier of the API as a resource (RFC 8707): `api.resource`, else its address.

    `base_url` is the address of the API, or what stands for it in a template; None: what the file knows of it.
    Raises SettingsError if that is nothing.
    """
    if file.api.resource is None:
        return _base(file, base_url, "is missing; name the API as clients do, such as https://api.example.com")
    base, below = _parts(file, file.api.resource)
    return file.api.resource if base is not None else _base(file, base_url, _NO_ADDRESS) + below


def url(file: ProjectFile, base_url: str | None = None) -> str | None:
    """Return what challenges name: `api.resource_metadata`, else where the document about `api.resource` is.

    See RFC 9728 §5.1; `base_url` as for `identifier`. Raises SettingsError.
    """
    if file.api.resource_metadata is not None or file.api.resource is None:
        return file.api.resource_metadata
    base, below = _parts(file, file.api.resource)
    return (base if base is not None else _base(file, base_url, _NO_ADDRESS)) + WELL_KNOWN + below


def known_base_urls(file: ProjectFile) -> list[str]:
    """Return the addresses of the deployed API that the file tells of, the one to name first, without slash."""
    return [url.rstrip("/") for url in listed_base_urls(file)]


def listed_base_urls(file: ProjectFile) -> list[str]:
    """Return the same addresses as they are written."""
    own = [] if file.deploy.domain is None else [f"https://{file.deploy.domain}"]
    return [*own, *file.api.public_base_urls]


def knows_its_address(file: ProjectFile) -> bool:
    """Say whether the file alone tells where the API and the document about it are."""
    relative = file.api.resource is not None and file.api.resource.startswith("/")
    return not relative or file.api.resource_metadata is not None or bool(known_base_urls(file))


def compiled(file: ProjectFile) -> dict[str, str]:
    """Return the keys of authorizer.json: addresses, or paths below whatever address the API will have."""
    relative = file.api.resource is not None and file.api.resource.startswith("/")
    told = {
        "resource": (_parts(file, file.api.resource or "")[1] or "/") if relative else file.api.resource,
        "resource_metadata": url(file, "" if relative else None),
    }
    return {key: value for key, value in told.items() if value is not None}


def here(file: ProjectFile, gateway_url: str) -> ProjectFile:
    """Return the file of the API as the local gateway serves it, whatever address the file names.

    A client that is told of another address than it has called takes the document for somebody else's. Where a
    verifier wants the API itself as audience, it gets that address too.
    """
    if file.api.resource is None or file.api.type == "websocket":
        return file
    resource = gateway_url + _parts(file, file.api.resource)[1]
    urls = list(dict.fromkeys([*file.api.public_base_urls, gateway_url]))
    moved = {"resource": resource, "public_base_urls": urls}
    verifiers = [_for_audience(table, file.api.resource, resource) for table in file.verifiers]
    return file.model_copy(update={"api": file.api.model_copy(update=moved), "verifiers": verifiers})


def well_known_url(resource: str) -> str:
    """Return where clients look that know the identifier alone: its path is put in after the host.

    See RFC 9728 §3.1.
    """
    parts = urlsplit(resource)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path.rstrip('/')}{query}"


def document(
    file: ProjectFile,
    routes: tuple[ProjectRoute, ...],
    scopes: tuple[str, ...],
    *,
    base_url: str | None = None,
    issuer: str | None = None,
) -> dict[str, Any]:
    """Return the metadata document, to be served without a token. See RFC 9728 §2. Raises SettingsError.

    `base_url` as for `identifier`; `issuer` is asked in the place of the authorization servers of the file.
    """
    types = dict.fromkeys(kind for one in routes for kind in one.route.authorization_details)
    told: dict[str, Any] = {
        "resource": identifier(file, base_url),
        "authorization_servers": _issuers(file) if issuer is None else [issuer],
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": list(types),
        "dpop_signing_alg_values_supported": list(dpop_algorithms(file, base_url)),
        "tls_client_certificate_bound_access_tokens": _looks_each_time(file),
    }
    return {name: value for name, value in told.items() if value}


def dpop_algorithms(file: ProjectFile, base_url: str | None = None) -> tuple[str, ...]:
    """Return what DPoP proofs may be signed with; nothing where the deployed authorizer checks none.

    It checks them where it knows an address to compare them with: one of the file, or `base_url`.
    """
    if not (base_url or known_base_urls(file)) or not _looks_each_time(file):
        return ()
    return tuple((file.authorizer.dpop or Dpop()).algorithms)


_NO_ADDRESS = (
    "is a path, and the address of the API is not known; add public_base_urls to [api], or write the whole address"
)


def _base(file: ProjectFile, base_url: str | None, problem: str) -> str:
    """Return the address that is given, or the first that the file knows. Raises SettingsError."""
    for known in (base_url, *known_base_urls(file)):
        if known is not None:
            return known
    raise SettingsError(f"api.resource: {problem}")


def _parts(file: ProjectFile, resource: str) -> tuple[str | None, str]:
    """Split an identifier into the base address that it lies below, and the rest; a path has no address."""
    if resource.startswith("/"):
        return None, resource.rstrip("/")
    for base in sorted(known_base_urls(file), key=len, reverse=True):
        if f"{resource}/".startswith(f"{base}/"):
            return base, resource[len(base) :].rstrip("/")
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def _for_audience(table: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return the table of a verifier with the API itself, if that is its audience, as it is called now."""
    value = table.get("audience")
    if isinstance(value, list):
        return {**table, "audience": [after if one == before else one for one in value]}
    return {**table, "audience": after} if value == before else table


def _issuers(file: ProjectFile) -> list[str]:
    named = (table.get("issuer") for table in file.verifiers)
    told = (issuer for issuer in named if isinstance(issuer, str) and "://" in issuer)
    return list(dict.fromkeys([*file.api.authorization_servers, *told]))


def _looks_each_time(file: ProjectFile) -> bool:
    definition = authorizer_definition.define(file)
    ours = file.authorizer.handler is None and definition.type == "REQUEST"
    return ours and authorizer_definition.compiled_cache(file, definition) == "off"
