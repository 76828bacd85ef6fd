"""What a request brings along to prove that a bound token is its sender's, as Authlete is told of it.

Nothing is verified here: that is Authlete's part, and sender_constraint.py does it once more. See RFC 9449 §4.3
and RFC 8705 §3.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import InvalidProofError
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.sha256 import sha256
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwks, jws, strict_json
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_verdict import NO_EVIDENCE, Binding, Evidence, missing

REMEMBERED = 300.0
"""Seconds for which it is remembered that a token is bound: what it is bound to may be changed at Authlete."""
CAPACITY = 1000

_MAX_LENGTH = 8192


def offered(request: Request, addresses: PublicAddresses) -> frozenset[Binding]:
    """Say what a request can prove; a proof counts where it is used (the scheme DPoP) and can be checked."""
    scheme = request.headers.get("authorization", ("",))[0].lstrip(" \t")[:5].lower()
    key: frozenset[Binding] = frozenset({"key"}) if scheme == "dpop " and addresses else frozenset()
    return key | frozenset({"certificate"}) if request.client_certificate else key


def collect(bindings: frozenset[Binding], request: Request, addresses: PublicAddresses) -> Evidence:
    """Return what proves these bindings. Raises InvalidProofError.

    With a proof goes the certificate, if there is one: the token may be bound to both.
    """
    if not bindings:
        return NO_EVIDENCE
    certificate = {"clientCertificate": request.client_certificate} if request.client_certificate else {}
    if "key" not in bindings:
        return Evidence(certificate, certificate=request.client_certificate)
    proof, htu, thumbprint = _proof(request, addresses)
    htm = "GET" if request.method == "$connect" else request.method
    certified = request.client_certificate if "certificate" in bindings else None
    return Evidence({"dpop": proof, "htm": htm, "htu": htu, **certificate}, thumbprint, certified)


def _proof(request: Request, addresses: PublicAddresses) -> tuple[str, str, str]:
    """Return the proof, the URL of the request that it names, and the thumbprint of its key.

    The URL is one that the request may have been sent to, chosen by what the unverified proof says.
    """
    values = request.headers.get("dpop", ())
    if len(values) != 1 or "," in values[0] or len(values[0]) > _MAX_LENGTH:
        raise InvalidProofError("The request must have exactly one DPoP header, and not too long a one.")
    proof = values[0].strip(" \t")
    try:
        unverified = jws.parse(proof, max_length=_MAX_LENGTH)
        htu = strict_json.loads_object(unverified.payload).get("htu")
        jwk = unverified.header.get("jwk")
        if not isinstance(jwk, dict) or jwks.Key.is_secret(jwk):
            raise InvalidProofError("The DPoP proof must hold a public key (jwk).")
        thumbprint = jwks.thumbprint(jwk)
    except ValueError:
        raise InvalidProofError("The DPoP proof is malformed.") from None
    expected = addresses.match(htu, request) if isinstance(htu, str) else None
    if expected is None:
        raise InvalidProofError(
            "The DPoP proof is for another URL (htu): it must be that of the request, at a public address of the"
            " API."
        )
    return proof, expected, thumbprint


class BoundTokens:
    """Asks Authlete about bound tokens, and remembers which ones are, so that it need not ask twice each time."""

    def __init__(self, api: AuthleteApi, surroundings: Surroundings) -> None:
        """Set up empty, with a key of its own for what stands for a token. Raises SettingsError."""
        self._api = api
        self._addresses = PublicAddresses(surroundings.public_base_urls)
        self._secret = surroundings.random(32)
        self._monotonic = surroundings.monotonic
        self._known: dict[bytes, tuple[frozenset[Binding], float]] = {}

    def ask(self, token: str, request: Request) -> tuple[Mapping[str, Any], Evidence]:
        """Return what Authlete says of a token, and what it was told for that.

        What a token is bound to comes out by what Authlete misses. Raises InvalidProofError,
        VerifierUnavailableError.
        """
        here = offered(request, self._addresses)
        bindings = self._bindings(token)
        while True:
            evidence = collect(bindings & here, request, self._addresses)
            content = self._api.ask({"token": token, **evidence.fields})
            missed = missing(content)
            if missed is None or missed in bindings or missed not in here:
                return content, evidence
            bindings = self.remember(token, missed)

    def remember(self, token: str, binding: Binding) -> frozenset[Binding]:
        """Return what a token is known to be bound to, this one included."""
        key, bindings = self._key(token), self._bindings(token) | {binding}
        self._known.pop(key, None)
        while len(self._known) >= CAPACITY:
            del self._known[next(iter(self._known))]
        self._known[key] = bindings, self._monotonic() + REMEMBERED
        return bindings

    def _bindings(self, token: str) -> frozenset[Binding]:
        bindings, until = self._known.get(self._key(token), (frozenset(), 0.0))
        return bindings if self._monotonic() < until else frozenset()

    def _key(self, token: str) -> bytes:
        return sha256(self._secret + token.encode("utf-8", "surrogatepass")).digest()
