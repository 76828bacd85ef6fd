"""Where clients reach the API, which may be known once it is deployed, and not before; and what begins there."""

from collections.abc import Mapping, Sequence
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError

VARIABLE = "APIGW_OAUTH_PUBLIC_BASE_URL"
"""The environment variable with the address of the deployed stage."""

_SCHEMES = ("https://", "http://", "wss://", "ws://")


def base_urls(listed: Sequence[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses of the API, that of its deployment before those that the settings list.

    Raises SettingsError.
    """
    deployed = environ.get(VARIABLE, "")
    if deployed and not deployed.startswith(_SCHEMES):
        raise SettingsError(
            f"{VARIABLE}: must be an address like https://api.example.com/stage, or wss:// for a WebSocket API"
        )
    return tuple(dict.fromkeys([deployed, *listed] if deployed else listed))


def absolute(value: str | None, key: str, known: Sequence[str]) -> str | None:
    """Return an address as it is, and a path below the first address of the API. Raises SettingsError."""
    if value is None or not value.startswith("/"):
        return value
    if not known:
        raise SettingsError(
            f"{key}: is a path, and the address of the API is not known; set {VARIABLE}, or public_base_urls"
        )
    return known[0].rstrip("/") + value.rstrip("/")


def with_audience(table: Mapping[str, Any], key: str, known: Sequence[str]) -> Mapping[str, Any]:
    """Return the table of a verifier in which `audience` names this API by its address, if it was a path."""
    value = table.get("audience")
    if isinstance(value, str):
        return {**table, "audience": absolute(value, key, known)}
    if isinstance(value, list):
        return {**table, "audience": [absolute(one, key, known) if isinstance(one, str) else one for one in value]}
    return table
