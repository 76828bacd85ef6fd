"""The development authorization server in the place of the one that the project names."""

from collections.abc import Mapping
from typing import Any

_NAMES = {
    "api_key": "service_api_key",
    "api_secret": "service_api_secret",
    "service_id": "service_id",
    "service_access_token": "service_access_token",
}


def local_verifier(base_url: str, credentials: Mapping[str, Any]) -> dict[str, str]:
    """Return what a verifier must know of it; credentials are named as in `serve.json`. Raises KeyError."""
    return {"base_url": base_url, **{ours: credentials[theirs] for ours, theirs in _NAMES.items()}}


def environment(local: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody else's authorizer may look for in its environment."""
    return {
        "AUTHLETE_BASE_URL": local["base_url"],
        "AUTHLETE_API_KEY": local["api_key"],
        "AUTHLETE_API_SECRET": local["api_secret"],
        # the names of Authlete's own Python package
        "AUTHLETE_SERVICE_APIKEY": local["api_key"],
        "AUTHLETE_SERVICE_APISECRET": local["api_secret"],
        # and what authorizers that ask any server by RFC 7662 look for
        "OAUTH_ISSUER": local["base_url"],
        "OAUTH_INTROSPECTION_ENDPOINT": f"{local['base_url']}/introspect",
        "OAUTH_CLIENT_ID": local["api_key"],
        "OAUTH_CLIENT_SECRET": local["api_secret"],
    }
