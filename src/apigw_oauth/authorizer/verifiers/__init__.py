"""Ways to verify tokens: one file each."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier

VERIFIERS: Mapping[str, str] = {
    "authlete": "apigw_oauth.authorizer.verifiers.authlete",
    "introspection": "apigw_oauth.authorizer.verifiers.introspection",
    "jwt": "apigw_oauth.authorizer.verifiers.jwt",
}
"""The module of each type, which has `from_settings`: only what the settings name is loaded."""


def load(settings: Sequence[Mapping[str, Any]], surroundings: Surroundings) -> TokenVerifier:
    """Make the verifier that the settings ask for. Raises SettingsError."""
    if len(settings) != 1:
        raise SettingsError("verifiers: exactly one is needed (several are not supported yet)")
    (one,) = settings
    kind = one.get("type")
    if not isinstance(kind, str) or kind not in VERIFIERS:
        raise SettingsError(f"verifiers[0].type: {kind!r} is not one of {', '.join(VERIFIERS)}")
    table = {key: value for key, value in one.items() if key != "type"}
    try:
        made: TokenVerifier = importlib.import_module(VERIFIERS[kind]).from_settings(table, surroundings)
    except SettingsError as error:
        raise SettingsError(f"verifiers[0].{error}") from None
    return made
