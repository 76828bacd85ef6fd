"""What the development authorization server is told about a project."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apigw_oauth.project import Project

SIGNING_ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")
"""What the server can sign with; the module that says so takes long to load."""

_WITH_AUDIENCE = frozenset({"authlete", "introspection", "jwt"})


def authserver_settings(project: "Project", *, base_url: str | None, store: str) -> dict[str, Any]:
    """Return its settings: it issues what the verifiers of the project verify.

    Without clients in the project there is one, `demo`.
    """
    local, tables = project.file.local, project.file.verifiers
    clients = [client.model_dump(exclude_none=True) for client in local.clients]
    return {
        "base_url": base_url,
        "service_name": project.file.api.name,
        "store": store,
        "clients": clients or [{"client_id": "demo"}],
        "users": [user.model_dump() for user in local.users],
        "scopes": list(project.scopes()),
        "implicit_grant": local.implicit_grant,
        "access_token_format": "jwt" if verifies_jwts_alone(tables) else "opaque",
        "default_audience": _audiences(tables),
        "signing_algorithm": _first_supported(tables, "jwt", "algorithms"),
        "introspection_signing_algorithm": _first_supported(tables, "introspection", "signing_algorithms"),
        "supported_acrs": list(dict.fromkeys(acr for one in project.routes for acr in one.route.acr_values)),
    }


def verifies_jwts_alone(tables: list[dict[str, Any]]) -> bool:
    """Say whether every verifier is one that reads JWTs itself."""
    return bool(tables) and all(table.get("type") == "jwt" for table in tables)


def place_of(key: str) -> str:
    """Return where in the project file a setting of the server comes from."""
    if key == "service_name":
        return "api.name"
    if key in {"access_token_format", "default_audience", "signing_algorithm", "introspection_signing_algorithm"}:
        return "verifiers"
    return "routes" if key.startswith(("scope", "supported_acrs")) else f"local.{key}"


def _audiences(tables: list[dict[str, Any]]) -> list[str]:
    """Collect what tokens have to be good for; what a reference stands for is not known here."""
    from apigw_oauth.project import references  # the server's own process asks for no more than `place_of`

    known = [one for table in tables if table.get("type") in _WITH_AUDIENCE for one in _texts(table, "audience")]
    return [one for one in dict.fromkeys(known) if one and not references.is_reference(one)]


def _first_supported(tables: list[dict[str, Any]], kind: str, key: str) -> str | None:
    named = next((_texts(table, key) for table in tables if table.get("type") == kind), [])
    return next((one for one in named if one in SIGNING_ALGORITHMS), None)


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
