"""The library joserfc: decode with a key that is there, and its claims registry for `exp`, `iss` and `aud`."""

import itertools
from typing import Any

from joserfc import jwk, jwt


class Action:
    """One key."""

    def __init__(self, material: dict[str, Any]) -> None:
        self._tokens = itertools.cycle(material["tokens"])
        self._key = jwk.import_key(material["jwk"])
        self._algorithms = [material["jwk"]["alg"]]
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": material["issuer"]},
            aud={"essential": True, "value": material["audience"]},
            exp={"essential": True},
        )

    def inputs(self, times: int) -> list[str]:
        """Return tokens."""
        return list(itertools.islice(self._tokens, times))

    def once(self, token: str) -> dict[str, Any]:
        """Verify one."""
        claims = jwt.decode(token, self._key, algorithms=self._algorithms).claims
        self._claims.validate(claims)
        return claims

    def is_right(self, claims: dict[str, Any]) -> bool:
        """Say whether these are its claims."""
        return bool(claims["client_id"] == "demo")
