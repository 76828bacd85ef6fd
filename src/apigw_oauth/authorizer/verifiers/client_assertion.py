"""Signed assertions by which we authenticate: `private_key_jwt`. See RFC 7523 §2.2 and §3."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import base64url
from apigw_oauth.authorizer.verifiers.algorithms import ALGORITHMS, Algorithm
from apigw_oauth.authorizer.verifiers.table import Table

LIFETIME = 60
"""Seconds for which an assertion is good."""

Signer = Callable[[bytes], bytes]

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_DEFAULTS = {None: "RS256", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}
_MIN_MODULUS_BITS = 2048


class Assertions:
    """Makes one assertion for each call, since a server may take each of them once only."""

    def __init__(
        self, sign: Signer, header: Mapping[str, str], *, client_id: str, audience: str, surroundings: Surroundings
    ) -> None:
        """Set up for one client and one server: `audience` is what the server calls itself."""
        self._sign = sign
        self._header = header
        self._client_id = client_id
        self._audience = audience
        self._surroundings = surroundings

    @classmethod
    def from_table(cls, table: Table, *, audience: str, surroundings: Surroundings) -> "Assertions":
        """Read `client_id`, `private_key`, `key_id` and `signing_algorithm`. Raises SettingsError."""
        alg, sign = _signer(table)
        key_id = table.optional_text("key_id")
        header = {"typ": "JWT", "alg": alg, **({"kid": key_id} if key_id else {})}
        client_id = table.text("client_id")
        return cls(sign, header, client_id=client_id, audience=audience, surroundings=surroundings)

    def make(self) -> str:
        """Return a new assertion. See RFC 7523 §3."""
        now = int(self._surroundings.clock())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "jti": base64url.encode(self._surroundings.random(16)),
            "iat": now,
            "exp": now + LIFETIME,
        }
        parts = (json.dumps(part, separators=(",", ":")).encode("ascii") for part in (self._header, claims))
        signing_input = ".".join(map(base64url.encode, parts))
        return f"{signing_input}.{base64url.encode(self._sign(signing_input.encode('ascii')))}"


def _signer(table: Table) -> tuple[str, Signer]:
    given = table.optional_text("signing_algorithm")
    if table.is_unresolved("private_key") or table.is_unresolved("signing_algorithm"):
        return given or "", lambda signing_input: signing_input
    key = _private_key(table.value("private_key"))
    crv = _curve(key)
    alg = given or _DEFAULTS.get(crv, "")
    algorithm = ALGORITHMS.get(alg)
    if algorithm is None or algorithm.crv != crv:
        fitting = ", ".join(name for name, one in ALGORITHMS.items() if one.crv == crv)
        raise SettingsError(
            f"signing_algorithm: must fit private_key, and be one of {fitting or 'none: another key'}"
        )
    return alg, lambda signing_input: _sign(key, algorithm, signing_input)


def _private_key(text: object) -> Any:
    """Return the key, from PEM. Raises SettingsError, which holds nothing of it."""
    if not isinstance(text, str) or "-----BEGIN" not in text:
        raise SettingsError("private_key: must be a private key in PEM, as in a file: reference to it")
    try:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise SettingsError(
            "private_key: the Python package cryptography, which signs, is missing; deploy it too"
        ) from None
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise SettingsError("private_key: is encrypted; give it without a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SettingsError("private_key: cannot be read; is it PKCS #8 in PEM, with its line breaks?") from None


def _curve(key: Any) -> str | None:
    """Return the curve of the key, None for RSA. Raises SettingsError for keys that do not sign, or weakly."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < _MIN_MODULUS_BITS:
            raise SettingsError(f"private_key: must have {_MIN_MODULUS_BITS} bits at least")
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "Ed25519"
    raise SettingsError("private_key: must be an RSA key, or one on P-256, P-384, P-521 or Ed25519")


def _sign(key: Any, algorithm: Algorithm, signing_input: bytes) -> bytes:
    """Sign as RFC 7518 §3 and RFC 8037 §3.1 have it."""
    if algorithm.scheme == "EdDSA":
        return bytes(key.sign(signing_input))
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    hashed: hashes.HashAlgorithm = getattr(hashes, algorithm.hash)()
    if algorithm.scheme == "ECDSA":
        r, s = utils.decode_dss_signature(key.sign(signing_input, ec.ECDSA(hashed)))
        half = (algorithm.signature_size or 0) // 2
        return r.to_bytes(half) + s.to_bytes(half)
    if algorithm.scheme == "PSS":
        scheme = padding.PSS(mgf=padding.MGF1(hashed), salt_length=padding.PSS.DIGEST_LENGTH)
        return bytes(key.sign(signing_input, scheme, hashed))
    return bytes(key.sign(signing_input, padding.PKCS1v15(), hashed))
