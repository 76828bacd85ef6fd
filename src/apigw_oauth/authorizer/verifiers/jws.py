"""Signed objects in compact form: take one apart, verify its signature. See RFC 7515.

What a key set or a server's settings say is not known here. Keys that come along in a header (`jwk`, `jku`, `x5c`,
`x5u`) are never looked at: a key from the token proves nothing about the token.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.verifiers import algorithms, base64url, strict_json
from apigw_oauth.authorizer.verifiers.algorithms import Algorithm
from apigw_oauth.authorizer.verifiers.jwks import MAX_KID_LENGTH, Key, UnusableKeyError

ALGORITHMS = algorithms.ALGORITHMS
DEFAULT_ALGORITHMS = algorithms.DEFAULT_ALGORITHMS
MAX_HEADER, MAX_SIGNATURE = 2048, 1024
"""Octets, decoded. The largest signature, of an RSA key of 8192 bits, has 1024."""


class MalformedJwsError(ValueError):
    """A text that is not a signed object in compact form. The message holds nothing of the text."""


class InvalidSignatureError(ValueError):
    """The signature is not one of this key over this object."""


class Jws(NamedTuple):
    """A signed object, taken apart and not verified: nothing in it may be believed yet."""

    header: Mapping[str, Any]
    """`alg` is a string; so are `kid` and `typ`, if they are there."""
    payload: bytes
    signing_input: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Show nothing: this is a token, or nearly one."""
        return "Jws(…)"


Segments = tuple[bytes, bytes, bytes, bytes]
Check = Callable[[Any, bytes, bytes], object]
"""Verifies a signature, and what is signed, with a public key of `cryptography`, or raises."""
Errors = tuple[type[Exception], ...]


def split(text: str, *, max_length: int = 8192) -> list[bytes]:
    """Return the three parts of a signed object in compact form. Raises MalformedJwsError.

    Letters are looked at by C, in a third of the time that an expression takes (1 of 3 µs).
    """
    octets = text.encode("ascii", "replace") if len(text) <= max_length else b""
    parts = octets.split(b".")
    if octets.translate(None, base64url.ALPHABET) != b".." or b"" in parts:
        raise MalformedJwsError("not a signed object in compact form")
    return parts


def segments(text: str, *, max_length: int = 8192) -> Segments:
    """Return what is signed, and the three parts in the letters of plain base64. Raises MalformedJwsError.

    Looks at the letters and translates them in one: a third of the time that it takes to do both (1 of 3 µs).
    """
    octets = text.encode("ascii", "replace") if len(text) <= max_length else b""
    letters = octets.translate(base64url.TO_STANDARD)
    parts = letters.split(b".")
    if len(parts) != 3 or b"" in parts or b"!" in letters:
        raise MalformedJwsError("not a signed object in compact form")
    head, body, tail = parts
    return octets[: -1 - len(tail)], head, body, tail


def parse(text: str, *, max_length: int = 8192) -> Jws:
    """Take a signed object apart. Raises MalformedJwsError.

    Refuses padding, whitespace, the JSON form, encrypted objects (five parts), detached content, and every `crit`:
    no extension is understood here, and an empty list of them is malformed (RFC 7515 §4.1.11).
    """
    return read(segments(text, max_length=max_length))


def read(parts: Segments, *, header: Mapping[str, Any] | None = None) -> Jws:
    """Decode the three parts; `header` is what the first one says, if that is known. Raises MalformedJwsError."""
    signed, head, body, tail = parts
    try:
        octets = base64url.decode_standard(head) if header is None else b""
        payload, signature = base64url.decode_standard(body), base64url.decode_standard(tail)
    except ValueError:
        raise MalformedJwsError("not base64url") from None
    if len(octets) > MAX_HEADER or len(signature) > MAX_SIGNATURE:
        raise MalformedJwsError("the header or the signature is too large")
    said = _header(octets) if header is None else header
    return new(Jws, (said, payload, signed, signature))


def load(names: Iterable[str]) -> None:
    """Load what these algorithms need, so that the first token does not wait for it; of none, what all need.

    Raises ImportError.
    """
    importlib.import_module("cryptography.exceptions")
    for scheme in {ALGORITHMS[name].scheme for name in names if name in ALGORITHMS}:
        for module in _MODULES[scheme]:
            importlib.import_module(f"cryptography.{module}")


def verify(jws: Jws, key: Key) -> None:
    """Verify the signature. Raises InvalidSignatureError.

    The algorithm is that of the header and must be one that the key fits: by its kind, its curve, and the `alg`,
    `use` and `key_ops` that it names. Does not know which algorithms its caller wants.
    """
    header, _, signed, signature = jws
    name: Any = header.get("alg")
    check, public, size, errors = key.ready.get(name) or _ready(name, key)
    if size is not None and size != len(signature):
        raise InvalidSignatureError("the signature does not have the size of its algorithm")
    try:
        check(public, signature, signed)
    except errors:
        raise InvalidSignatureError("the signature is not valid") from None


def _header(octets: bytes) -> Mapping[str, Any]:
    try:
        header = strict_json.loads_object(octets)
    except strict_json.JsonError as error:
        raise MalformedJwsError(f"the header is {error}") from None
    if not isinstance(header.get("alg"), str):
        raise MalformedJwsError("the header has no algorithm")
    if "crit" in header or header.get("b64", True) is not True:
        raise MalformedJwsError("the header asks for an extension that is not supported")
    if not all(isinstance(header.get(name, ""), str) for name in ("kid", "typ", "cty")):
        raise MalformedJwsError("the key identifier or a type is not text")
    if len(header.get("kid", "")) > MAX_KID_LENGTH:
        raise MalformedJwsError("the key identifier is too long")
    return header


def _ready(name: Any, key: Key) -> tuple[Check, Any, int | None, Errors]:
    """Make ready what checks an algorithm's signatures with a key, and remember it there: it takes 15 µs.

    Raises InvalidSignatureError.
    """
    algorithm = ALGORITHMS.get(name) if isinstance(name, str) else None
    if algorithm is None or not key.fits(name):
        raise InvalidSignatureError("the key is not one for this algorithm")
    check, errors = _checks.get(name) or _prepare(name, algorithm)
    try:
        public = key.public_key()
    except UnusableKeyError:
        raise InvalidSignatureError("the key cannot be used") from None
    except errors:
        raise InvalidSignatureError("the signature is not valid") from None
    ready = key.ready[name] = check, public, algorithm.signature_size, errors
    return ready


def _prepare(name: str, algorithm: Algorithm) -> tuple[Check, Errors]:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    errors = (InvalidSignature, UnsupportedAlgorithm, ValueError, OverflowError)
    return _checks.setdefault(name, (_SCHEMES[algorithm.scheme](algorithm), errors))


def _pkcs1(algorithm: Algorithm) -> Check:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    scheme, hashed = padding.PKCS1v15(), getattr(hashes, algorithm.hash)()
    return lambda public, signature, signed: public.verify(signature, signed, scheme, hashed)


def _pss(algorithm: Algorithm) -> Check:
    """Check RSASSA-PSS, in which the salt is as long as the hash. See RFC 7518 §3.5."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    hashed = getattr(hashes, algorithm.hash)()
    scheme = padding.PSS(mgf=padding.MGF1(hashed), salt_length=padding.PSS.DIGEST_LENGTH)
    return lambda public, signature, signed: public.verify(signature, signed, scheme, hashed)


def _ecdsa(algorithm: Algorithm) -> Check:
    """Check ECDSA, whose two numbers stand one after the other, each as wide as the curve. See RFC 7518 §3.4."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    scheme = ec.ECDSA(getattr(hashes, algorithm.hash)())
    return lambda public, signature, signed: public.verify(_der(signature), signed, scheme)


def _der(signature: bytes) -> bytes:
    """Return the two numbers of a signature as ASN.1 has them. See RFC 3279 §2.2.3.

    By way of `cryptography`'s function for it and two whole numbers it would take 4 µs; where neither begins with
    zeros, those of P-256 take 1.
    """
    middle = len(signature) // 2
    r, s = signature[:middle], signature[middle:]
    if middle == _P256 and r[0] and s[0]:
        head, between = _FRAMES[r[0] >> 7][s[0] >> 7]
        return head + r + between + s
    r, s = r.lstrip(b"\0"), s.lstrip(b"\0")
    if r[:1] >= b"\x80" or not r:  # the first bit is the sign
        r = b"\0" + r
    if s[:1] >= b"\x80" or not s:
        s = b"\0" + s
    size = len(r) + len(s) + 4
    begin = (0x30, size, 2, len(r)) if size < 0x80 else (0x30, 0x81, size, 2, len(r))
    return bytes(begin) + r + bytes((2, len(s))) + s


_P256 = 32
_FRAMES = (
    ((b"\x30\x44\x02\x20", b"\x02\x20"), (b"\x30\x45\x02\x20", b"\x02\x21\0")),
    ((b"\x30\x45\x02\x21\0", b"\x02\x20"), (b"\x30\x46\x02\x21\0", b"\x02\x21\0")),
)
"""What stands before each of two numbers of 32 octets, by their first bits."""


def _eddsa(_algorithm: Algorithm) -> Check:
    return lambda public, signature, signed: public.verify(signature, signed)


_ASYMMETRIC = "hazmat.primitives.asymmetric"
_MODULES: Mapping[str, tuple[str, ...]] = {
    "PKCS1v15": ("exceptions", "hazmat.primitives.hashes", f"{_ASYMMETRIC}.rsa", f"{_ASYMMETRIC}.padding"),
    "PSS": ("exceptions", "hazmat.primitives.hashes", f"{_ASYMMETRIC}.rsa", f"{_ASYMMETRIC}.padding"),
    # The last one is what `cryptography` itself loads, RSA included, to verify its first ECDSA signature.
    "ECDSA": ("exceptions", "hazmat.primitives.hashes", f"{_ASYMMETRIC}.ec", "hazmat.backends.openssl"),
    "EdDSA": ("exceptions", f"{_ASYMMETRIC}.ed25519"),
}
_SCHEMES: Mapping[str, Callable[[Algorithm], Check]] = {
    "PKCS1v15": _pkcs1, "PSS": _pss, "ECDSA": _ecdsa, "EdDSA": _eddsa,
}  # fmt: skip
_checks: dict[str, tuple[Check, Errors]] = {}
"""What checks signatures, and what it raises: made when an algorithm is first met."""
