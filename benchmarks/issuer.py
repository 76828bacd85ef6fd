"""An issuer of JWT access tokens as RFC 9068 has them: its keys, and as many different tokens as one wants."""

import base64
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER, AUDIENCE = "https://as.example.com", "https://api.example.com"

Algorithm = Literal["RS256", "ES256", "EdDSA"]


class Issuer:
    """Has one key of each kind."""

    def __init__(self) -> None:
        """Make the keys: of 2,048 bits, on P-256, and on Ed25519."""
        self._rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._ec = ec.generate_private_key(ec.SECP256R1())
        self._ed25519 = ed25519.Ed25519PrivateKey.generate()
        self._numbers = itertools.count()

    def jwk(self, algorithm: Algorithm) -> dict[str, str]:
        """Return the public key for an algorithm."""
        return {"kid": f"2026-{algorithm}", "use": "sig", "alg": algorithm, **self._public(algorithm)}

    def jwks(self) -> dict[str, Any]:
        """Return the key set: the key of RS256, and the one that comes after it."""
        following = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()
        return {"keys": [self.jwk("RS256"), {"kid": "2027", "use": "sig", "alg": "RS256", **_rsa_jwk(following)}]}

    def tokens(self, algorithm: Algorithm) -> Iterator[str]:
        """Return tokens without end, each of another user."""
        header = _base64url_json({"alg": algorithm, "typ": "at+jwt", "kid": f"2026-{algorithm}"})
        for number in self._numbers:
            signing_input = f"{header}.{_base64url_json(_claims(number))}"
            yield f"{signing_input}.{_base64url(self._sign(algorithm, signing_input.encode()))}"

    def _public(self, algorithm: Algorithm) -> dict[str, str]:
        match algorithm:
            case "RS256":
                return _rsa_jwk(self._rsa.public_key().public_numbers())
            case "ES256":
                point = self._ec.public_key().public_numbers()
                x, y = (_base64url(number.to_bytes(32)) for number in (point.x, point.y))
                return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
            case "EdDSA":
                raw = self._ed25519.public_key().public_bytes_raw()
                return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(raw)}

    def _sign(self, algorithm: Algorithm, message: bytes) -> bytes:
        match algorithm:
            case "RS256":
                return self._rsa.sign(message, padding.PKCS1v15(), hashes.SHA256())
            case "ES256":
                r, s = decode_dss_signature(self._ec.sign(message, ec.ECDSA(hashes.SHA256())))
                return r.to_bytes(32) + s.to_bytes(32)
            case "EdDSA":
                return self._ed25519.sign(message)


def _claims(number: int) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "sub": f"2f1a5b9c-6f43-4c0e-9d52-{number:012x}",
        "aud": AUDIENCE,
        "client_id": "demo",
        "scope": "read write",
        "iat": now,
        "exp": now + 86400,
        "jti": f"b7Wq0x9LmZk3-{number:08}",
    }


def _rsa_jwk(numbers: rsa.RSAPublicNumbers) -> dict[str, str]:
    return {"kty": "RSA", "n": _base64url(numbers.n.to_bytes(256)), "e": _base64url(numbers.e.to_bytes(3))}


def _base64url_json(document: dict[str, Any]) -> str:
    return _base64url(json.dumps(document, separators=(",", ":")).encode())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
