"""DPoP proofs as clients make them."""

import base64
import hashlib
import secrets
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

KEY = ECKey.generate_key("P-256", private=True)
OTHER_KEY = ECKey.generate_key("P-256", private=True)
NOW = 1_800_000_000


def thumbprint(key: Any = KEY) -> str:
    return str(key.thumbprint())


def ath(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def proof(
    htu: str, *, htm: str = "POST", key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """Sign a proof; a claim or header parameter that is None is left out."""
    algorithm = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519"}[key.key_type]
    stated = {"typ": "dpop+jwt", "alg": algorithm, "jwk": key.as_dict(private=False), **(header or {})}
    said = {"htm": htm, "htu": htu, "iat": NOW, "jti": secrets.token_urlsafe(8), **claims}
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = 4096
    return jwt.encode(
        {name: value for name, value in stated.items() if value is not None},
        {name: value for name, value in said.items() if value is not None},
        key,
        algorithms=[algorithm],
        registry=registry,
    )
