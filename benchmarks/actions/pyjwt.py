"""PyJWT's `decode` alone, with a key that is there: signature, `exp`, `iss` and `aud`."""

import itertools
from typing import Any

import jwt


class Action:
    """One key."""

    def __init__(self, material: dict[str, Any]) -> None:
        self._tokens = itertools.cycle(material["tokens"])
        self._key = jwt.PyJWK(material["jwk"])
        self._algorithms = [material["jwk"]["alg"]]
        self._issuer, self._audience = material["issuer"], material["audience"]

    def inputs(self, times: int) -> list[str]:
        """Return tokens."""
        return list(itertools.islice(self._tokens, times))

    def once(self, token: str) -> dict[str, Any]:
        """Verify one."""
        return jwt.decode(
            token, self._key, algorithms=self._algorithms, audience=self._audience, issuer=self._issuer
        )

    def is_right(self, claims: dict[str, Any]) -> bool:
        """Say whether these are its claims."""
        return bool(claims["client_id"] == "demo")
