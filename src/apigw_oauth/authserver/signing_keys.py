"""The key that signs JWT access tokens, and what other parties are told about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from apigw_oauth.authserver.store import Store

_ALGORITHM = "ES256"
_FACT = "signing_key"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An ES256 key; a store in memory has a new one for each run, a file keeps it."""

    _key: ECKey = field(repr=False)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Sign an access token. See RFC 9068 §2."""
        header = {"alg": _ALGORITHM, "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, dict(claims), self._key, algorithms=[_ALGORITHM])

    def has_signed(self, token: str) -> bool:
        """Tell whether this key signed a token. Does not look at the claims."""
        try:
            jws.deserialize_compact(token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError, TypeError):
            return False
        return True

    def public_key_set(self) -> dict[str, Any]:
        """Return the JWK Set, without private members. See RFC 7517 §5."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": _ALGORITHM}]}


def load_signing_key(store: Store) -> SigningKey:
    """Take the key from the store; make one and keep it there when it has none."""
    return SigningKey(ECKey.import_key(json.loads(store.settle(_FACT, _new_key))))


def _new_key() -> str:
    return json.dumps(ECKey.generate_key("P-256", private=True, auto_kid=True).as_dict(private=True))
