"""An issuer for tests: signs with `cryptography` whatever it is told to, well formed or not."""

import base64
import functools
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers.algorithms import ALGORITHMS

_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1(), "secp256k1": ec.SECP256K1(),
}  # fmt: skip


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def private_key(kind: str, number: int = 0) -> Any:
    """The key of a kind: RSA, or a curve; `number` makes another one."""
    return _made(kind, number)


@functools.cache
def _made(kind: str, _number: int) -> Any:
    if kind == "RSA":
        return rsa.generate_private_key(65537, 2048)
    return ed25519.Ed25519PrivateKey.generate() if kind == "Ed25519" else ec.generate_private_key(_CURVES[kind])


def kind_of(alg: str) -> str:
    return ALGORITHMS[alg].crv or "RSA"


def jwk_of(private: Any) -> dict[str, Any]:
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "n": b64(_minimal(numbers.n)), "e": b64(_minimal(numbers.e))}
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw())}
    point, size = public.public_numbers(), (public.curve.key_size + 7) // 8
    (name,) = (name for name, curve in _CURVES.items() if curve.name == public.curve.name)
    return {"kty": "EC", "crv": name, "x": b64(point.x.to_bytes(size)), "y": b64(point.y.to_bytes(size))}


def public_jwk(kind: str, number: int = 0, /, **labels: Any) -> dict[str, Any]:
    return {**jwk_of(private_key(kind, number)), **labels}


def _minimal(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8)


def signature(alg: str, signing_input: bytes, private: Any) -> bytes:
    algorithm = ALGORITHMS[alg]
    hashed: Any = getattr(hashes, algorithm.hash)() if algorithm.hash else None
    if algorithm.scheme == "PKCS1v15":
        signed = private.sign(signing_input, padding.PKCS1v15(), hashed)
    elif algorithm.scheme == "PSS":
        scheme = padding.PSS(mgf=padding.MGF1(hashed), salt_length=padding.PSS.DIGEST_LENGTH)
        signed = private.sign(signing_input, scheme, hashed)
    elif algorithm.scheme == "ECDSA":
        r, s = utils.decode_dss_signature(private.sign(signing_input, ec.ECDSA(hashed)))
        half = (algorithm.signature_size or 0) // 2
        signed = r.to_bytes(half) + s.to_bytes(half)
    else:
        signed = private.sign(signing_input)
    assert isinstance(signed, bytes)
    return signed


def sign(
    header: Mapping[str, Any] | bytes,
    payload: Mapping[str, Any] | bytes,
    *,
    alg: str | None = None,
    key: Any = None,
) -> str:
    """A compact JWS; a header or payload of octets is taken as it is. `alg` is how it is signed in truth."""
    alg = alg or (str(header["alg"]) if isinstance(header, Mapping) else "ES256")
    parts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (header, payload)]
    signing_input = ".".join(map(b64, parts))
    private = key or private_key(kind_of(alg))
    return f"{signing_input}.{b64(signature(alg, signing_input.encode(), private))}"


_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        "RSA",
        "EC",
        "OKP",
        "oct",
        "P-256",
        "P-521",
        "Ed25519",
        "sig",
        "AQAB",
        "",
        "A" * 43,
        "A" * 5000,
        "é",
        "\ud800",
        0,
        1.5,
        None,
        True,
        [],
        ["verify"],
        [[]],
        {},
    ]
)
jwk_entries = st.dictionaries(
    st.sampled_from(["kty", "crv", "kid", "alg", "use", "key_ops", "n", "e", "x", "y", "d", "k"]), _VALUES
)
"""JWKs that are wrong in any way."""
