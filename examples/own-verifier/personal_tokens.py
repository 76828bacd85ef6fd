"""Personal access tokens: long random texts that begin with `pat_`, of which only hashes are kept."""

import hashlib
import json

from apigw_oauth import AccessToken, InvalidTokenError, SettingsError


class PersonalTokens:
    def __init__(self, *, tokens: str) -> None:
        """`tokens` is JSON: by the SHA-256 of each token whose it is, its scopes, and when it ends."""
        try:
            self._known = json.loads(tokens)
        except ValueError:
            raise SettingsError("tokens: is not JSON; name the file with file:") from None

    def recognizes(self, token: str) -> bool:
        return token.startswith("pat_")

    def verify(self, token: str, request) -> AccessToken:
        known = self._known.get(hashlib.sha256(token.encode()).hexdigest())
        if known is None:
            raise InvalidTokenError("The personal access token is not known.")
        return AccessToken(
            issuer="personal-tokens",
            subject=known["subject"],
            scopes=frozenset(known["scopes"]),
            expires_at=known.get("expires_at"),
        )
