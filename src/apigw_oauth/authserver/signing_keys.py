"""The keys that sign what the server says, one for each algorithm, and what other parties are told about them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.authserver import signatures
from apigw_oauth.authserver.signatures import Jws, PublicKey
from apigw_oauth.authserver.store import Store

ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")


class SigningKeys:
    """Keys of one store: in memory they are new for each run, a file keeps them.

    A key is made when it is first needed, and stays published: what it signed is still about.
    """

    def __init__(self, store: Store, *, algorithm: str = "ES256", further: tuple[str, ...] = ()) -> None:
        self._store = store
        self._algorithm = algorithm
        self._in_use = (algorithm, *further)

    def sign(self, claims: Mapping[str, Any], *, typ: str = "at+jwt", algorithm: str | None = None) -> str:
        """Sign claims; an access token (RFC 9068 §2) with the usual algorithm unless another one is named."""
        algorithm = algorithm or self._algorithm
        key = self._key(algorithm)
        return signatures.sign({"alg": algorithm, "typ": typ, "kid": key.kid}, claims, key)

    def have_signed(self, jws: Jws, *, typ: str = "at+jwt") -> bool:
        """Tell whether one of these keys signed such a JWT. Does not look at the claims."""
        algorithm = jws.header.get("alg")
        known = isinstance(algorithm, str) and self._store.fact(_fact(algorithm)) is not None
        return known and jws.header.get("typ") == typ and signatures.is_signed_by(jws, self._key(str(algorithm)))

    def public_key_set(self) -> dict[str, Any]:
        """Return the JWK Set, without private members. See RFC 7517 §5."""
        published = [name for name in ALGORITHMS if name in self._in_use or self._store.fact(_fact(name))]
        return {"keys": [{**_public(self._key(name)), "use": "sig", "alg": name} for name in published]}

    def _key(self, algorithm: str) -> PublicKey:
        jwk = json.loads(self._store.settle(_fact(algorithm), lambda: _new_key(algorithm)))
        return _readers()[jwk["kty"]](jwk)


def _fact(algorithm: str) -> str:
    return "signing_key" if algorithm == "ES256" else f"signing_key.{algorithm}"


def _public(key: PublicKey) -> dict[str, Any]:
    return {**key.as_dict(private=False)}


def _readers() -> Mapping[str, Callable[[dict[str, Any]], PublicKey]]:
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    return {"EC": ECKey.import_key, "RSA": RSAKey.import_key, "OKP": OKPKey.import_key}


def _generate(algorithm: str) -> PublicKey:
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    match algorithm:
        case "ES256":
            return ECKey.generate_key("P-256", private=True)
        case "EdDSA":
            return OKPKey.generate_key("Ed25519", private=True)
        case _:
            return RSAKey.generate_key(2048, private=True)


def _new_key(algorithm: str) -> str:
    key = _generate(algorithm)
    # The name says what kind of server signs with it, to whoever finds it in a configuration.
    return json.dumps({**key.as_dict(private=True), "kid": f"development-{key.thumbprint()}"})
