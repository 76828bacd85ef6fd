"""Ways to verify tokens: one file each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import TokenVerifier
from apigw_oauth.authorizer.verifiers import authlete

VERIFIERS: Mapping[str, Callable[[Mapping[str, Any]], TokenVerifier]] = {
    "authlete": authlete.from_settings,
}


def load(settings: Sequence[Mapping[str, Any]]) -> TokenVerifier:
    """Make the verifier that the settings ask for. Raises SettingsError."""
    if len(settings) != 1:
        raise SettingsError("verifiers: exactly one is needed (several are not supported yet)")
    (one,) = settings
    kind = one.get("type")
    if isinstance(kind, str) and (kind in {"introspection", "jwt"} or ":" in kind):
        raise SettingsError(f"verifiers[0].type: {kind!r} is not supported yet; use {', '.join(VERIFIERS)}")
    if not isinstance(kind, str) or kind not in VERIFIERS:
        raise SettingsError(f"verifiers[0].type: {kind!r} is not one of {', '.join(VERIFIERS)}")
    try:
        return VERIFIERS[kind]({key: value for key, value in one.items() if key != "type"})
    except SettingsError as error:
        raise SettingsError(f"verifiers[0].{error}") from None
