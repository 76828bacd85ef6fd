"""SenderConstraint: what binds a token to its sender, checked for each request.

See RFC 9449 §7 (proofs), RFC 8705 §3 (certificates) and RFC 7800 §3.1 (`cnf`). docs/sender-constraint.md tells how
it is turned on.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.authorizer import client_certificate, dpop_nonce
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.dpop_nonce import Nonces
from apigw_oauth.authorizer.dpop_proof import Proof, ProofRules
from apigw_oauth.authorizer.errors import InvalidProofError, InvalidTokenError, SettingsError
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.replay_store import InMemoryReplayStore, ReplayStore
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import algorithms
from apigw_oauth.authorizer.verifiers.table import Table

DEFAULT_MAX_AGE, LONGEST_MAX_AGE = 60, 300
"""Seconds."""

_KEY, _CERTIFICATE = "jkt", "x5t#S256"
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


def load(
    settings: Mapping[str, Any],
    surroundings: Surroundings,
    *,
    environ: Mapping[str, str],
    replays: ReplayStore | None = None,
) -> "SenderConstraint":
    """Make it from `dpop` of the settings. Raises SettingsError.

    `replays` remembers proofs instead of this environment's memory, unless the settings switch that off.
    """
    table = Table(settings, kind="dpop")
    try:
        accepted = _algorithms(table)
        max_age = table.number("max_age", DEFAULT_MAX_AGE, least=1, most=LONGEST_MAX_AGE)
        nonces = _nonces(environ, surroundings) if table.flag("nonces") else None
        remembers = table.choice("replay", ("best-effort", "off"), "best-effort") != "off"
        table.finish()
    except SettingsError as error:
        raise SettingsError(f"dpop.{error}") from None
    addresses = PublicAddresses(surroundings.public_base_urls)
    rules = ProofRules(addresses, accepted, max_age, nonces, surroundings.clock) if addresses else None
    store = (replays or InMemoryReplayStore(clock=surroundings.clock)) if remembers else None
    return SenderConstraint(rules, store)


def _algorithms(table: Table) -> tuple[str, ...]:
    names = table.texts("algorithms", algorithms.DEFAULT_ALGORITHMS)
    for name in names:
        if name not in algorithms.ALGORITHMS:
            raise SettingsError(f"algorithms: {name!r} is not one of {', '.join(algorithms.ALGORITHMS)}")
    return names


def _nonces(environ: Mapping[str, str], surroundings: Surroundings) -> Nonces:
    try:
        return Nonces(environ.get(dpop_nonce.SECRET_VARIABLE, ""), clock=surroundings.clock)
    except SettingsError as error:
        raise SettingsError(f"nonces: {error}") from None


class SenderConstraint:
    """Checks proofs and certificates of bound tokens."""

    def __init__(self, rules: ProofRules | None, replays: ReplayStore | None) -> None:
        """`rules`: None where no proof can be checked; `replays`: None where a proof may be used again."""
        self._rules = rules
        self._replays = replays
        self.algorithms = rules.algorithms if rules else ()
        """What proofs may be signed with; empty where no proof can be checked."""

    def require(
        self, token: AccessToken, credentials: Credentials, request: Request, *, required: bool
    ) -> Callable[[], str | None] | None:
        """Refuse whoever cannot prove to be the one that the token was issued to.

        `required`: the token must be bound. Returns how to use up the proof, to be called when everything else is
        in order: it returns the nonce that the client's next proof should hold, if that is another one. Raises
        BearerTokenError, VerifierUnavailableError.
        """
        key, certificate = _bindings(token.confirmation)
        _require_scheme(token, credentials, key)
        if required and key is None and certificate is None:
            raise InvalidTokenError(
                "The access token must be bound to a key or a certificate.",
                reason=Reason.SENDER_CONSTRAINT_REQUIRED,
            )
        if certificate is not None:
            client_certificate.require(request.client_certificate, certificate)
        if key is None:
            return None
        return _Claim(self._verify(key, credentials, request), self._replays)

    def _verify(self, key: str, credentials: Credentials, request: Request) -> Proof:
        if self._rules is None:
            raise InvalidTokenError(
                "The access token is bound to a key, and DPoP proofs are not checked here: public_base_urls is not"
                " set.",
                reason=Reason.SENDER_CONSTRAINED_TOKEN,
            )
        if credentials.scheme != "DPoP":
            raise InvalidTokenError(
                "The access token is bound to a key: send it with the scheme DPoP and a proof.",
                reason=Reason.SENDER_CONSTRAINED_TOKEN,
                scheme="DPoP",
            )
        values = request.headers.get("dpop", ())
        return self._rules.verify(values, request, token=credentials.token, thumbprint=key)


class _Claim:
    """Uses up a proof."""

    __slots__ = ("_proof", "_replays")

    def __init__(self, proof: Proof, replays: ReplayStore | None) -> None:
        self._proof = proof
        self._replays = replays

    def __call__(self) -> str | None:
        """Return the nonce for the next proof, if it is another. Raises InvalidProofError for a second use."""
        if self._replays is not None and self._replays.claim(self._proof.key, self._proof.until) is not True:
            raise InvalidProofError(
                "The DPoP proof was used before: make one for each request.", reason=Reason.REPLAYED_PROOF
            )
        return self._proof.fresh_nonce


def _bindings(confirmation: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the thumbprints of key and certificate that a token is bound to. See RFC 7800 §3.1.

    Raises InvalidTokenError for a binding that is malformed, and where all of them are of kinds not known here.
    """
    for name in (_KEY, _CERTIFICATE):
        value = confirmation.get(name)
        if name in confirmation and not (isinstance(value, str) and _THUMBPRINT.fullmatch(value)):
            raise InvalidTokenError(
                f"The member {name} of the access token's cnf is malformed.", reason=Reason.INVALID_CLAIMS
            )
    key, certificate = confirmation.get(_KEY), confirmation.get(_CERTIFICATE)
    if confirmation and key is None and certificate is None:
        raise InvalidTokenError(
            "The access token is bound to its sender in a way that is not supported here.",
            reason=Reason.SENDER_CONSTRAINED_TOKEN,
        )
    return key, certificate


def _require_scheme(token: AccessToken, credentials: Credentials, key: str | None) -> None:
    """Refuse the scheme DPoP for what is not bound to a key, and what calls itself DPoP and is not."""
    if key is None and credentials.scheme == "DPoP":
        raise InvalidTokenError(
            "The access token is not bound to a key: send it with the scheme Bearer, without a proof.",
            reason=Reason.WRONG_TOKEN_TYPE,
            scheme="DPoP",
        )
    kind = token.claims.get("token_type")
    if isinstance(kind, str) and kind.lower() == "dpop" and key is None:
        raise InvalidTokenError(
            "The access token is of the type DPoP, and not bound to a key.", reason=Reason.WRONG_TOKEN_TYPE
        )
