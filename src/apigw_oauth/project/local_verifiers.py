"""The development authorization server in the place of those that the verifiers of a project name.

Endpoints and credentials are replaced, and what is particular to a server that is not there; what the tokens must
be good for (audience, clients) stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_KEPT = (
    "audience",
    "clients",
    "leeway",
    "max_token_age",
    "positive_ttl",
    "negative_ttl",
    "introspect_jwts",
    "properties",
)


def replaced(tables: Sequence[Mapping[str, Any]], local: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the tables with the addresses and credentials of the development server.

    `local` has `base_url`, `api_key`, `api_secret`, `service_id`, `service_access_token`. A verifier of somebody's
    own is left as it is: it finds the server in its environment.
    """
    return [_replaced(table, local) for table in tables]


def _replaced(table: Mapping[str, Any], local: Mapping[str, str]) -> dict[str, Any]:
    kept = {key: table[key] for key in _KEPT if key in table}
    kind, base_url = table.get("type"), local["base_url"]
    if kind == "authlete":
        version = table.get("version", 2)
        keys = ("api_key", "api_secret") if version == 2 else ("service_id", "service_access_token")
        credentials = {key: local[key] for key in keys}
        return {"type": kind, "version": version, "base_url": base_url, **credentials, **kept}
    if kind == "introspection":
        return {
            "type": kind,
            "endpoint": f"{base_url}/introspect",
            "client_id": local["api_key"],
            "client_secret": local["api_secret"],
            "issuer": base_url,
            **kept,
        }
    if kind == "jwt":
        return {"type": kind, "issuer": base_url, "jwks_uri": f"{base_url}/jwks", **kept}
    return dict(table)
