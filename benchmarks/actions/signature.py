"""The limit: one check of a signature with `cryptography`; all that comes before it is done beforehand."""

import itertools
from base64 import urlsafe_b64decode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256


class Action:
    """One key."""

    def __init__(self, material: dict[str, Any]) -> None:
        jwk = material["jwk"]
        self._tokens = itertools.cycle(material["tokens"])
        self._is_ecdsa = jwk["kty"] == "EC"
        numbers = {name: _octets(jwk[name]) for name in ("n", "e", "x", "y") if name in jwk}
        if jwk["kty"] == "RSA":
            pair = rsa.RSAPublicNumbers(int.from_bytes(numbers["e"]), int.from_bytes(numbers["n"]))
            self._verify: Any = pair.public_key().verify
            self._how: tuple[Any, ...] = (padding.PKCS1v15(), SHA256())
        elif self._is_ecdsa:
            x, y = int.from_bytes(numbers["x"]), int.from_bytes(numbers["y"])
            self._verify = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify
            self._how = (ec.ECDSA(SHA256()),)
        else:
            self._verify = ed25519.Ed25519PublicKey.from_public_bytes(numbers["x"]).verify
            self._how = ()

    def inputs(self, times: int) -> list[tuple[bytes, bytes]]:
        """Return signatures, and what is signed."""
        return [self._taken_apart(token) for token in itertools.islice(self._tokens, times)]

    def once(self, one: tuple[bytes, bytes]) -> None:
        """Verify one. Raises InvalidSignature."""
        self._verify(*one, *self._how)

    def is_right(self, output: None) -> bool:
        """Say that it was not refused."""
        return output is None

    def _taken_apart(self, token: str) -> tuple[bytes, bytes]:
        signed, _, text = token.rpartition(".")
        signature = _octets(text)
        if self._is_ecdsa:
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            signature = utils.encode_dss_signature(r, s)
        return signature, signed.encode()


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
