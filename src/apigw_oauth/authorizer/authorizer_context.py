"""What the backend is told about the caller, next to the policy.

API Gateway takes strings only, under names of letters, digits and underscores, and hands them to the backend
as `requestContext.authorizer`. See "Output from an API Gateway Lambda authorizer".
"""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from operator import attrgetter
from typing import Any

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import SettingsError

CHALLENGE_KEY = "wwwAuthenticate"
"""Shared with the gateway responses of templates and local gateway, and with `apigw_oauth.backend`."""

DPOP_NONCE_KEY = "dpopNonce"
"""What the gateway response ACCESS_DENIED prints as `DPoP-Nonce`. See RFC 9449 §8.2."""

IS_CLIENT_KEY = "is_client"
"""`true` when the caller is a client on its own behalf, so that its principal is not a user."""

# `claims` makes API Gateway refuse the answer; the next two stand in the proxy event already. A `jti` may be a
# usable token (it is one at Authlete), and `cnf` is no business of the backend.
_RESERVED = frozenset(
    {"claims", "principalId", "integrationLatency", CHALLENGE_KEY, DPOP_NONCE_KEY, IS_CLIENT_KEY, "jti", "cnf"}
)
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

Read = Callable[[AccessToken], Any]
"""Takes a claim out of what is known about a token; None where it is not there."""

_MOST_KNOWN = 256
_wires: dict[frozenset[str], str] = {}
"""Scopes in print: many tokens have the same, which are sorted and joined in 1 µs."""


def _scope(token: AccessToken) -> str:
    granted: AbstractSet[str] = token.scopes
    if type(granted) is not frozenset:  # of somebody's own verifier: it may be any set
        return scopes.to_wire(granted)
    known = _wires.get(granted)
    if known is None:
        if len(_wires) >= _MOST_KNOWN:
            _wires.clear()
        known = _wires[granted] = scopes.to_wire(granted)
    return known


_OF_THEIR_OWN: Mapping[str, Read] = {
    "sub": attrgetter("subject"),
    "client_id": attrgetter("client_id"),
    "iss": attrgetter("issuer"),
    "scope": _scope,
    # A whole number, printed at once: by way of an encoder made for it, it takes 4 µs.
    "exp": lambda token: None if token.expires_at is None else str(int(token.expires_at)),
    "aud": lambda token: sorted(token.audience) or None,
}


def check_names(claims: Sequence[str]) -> None:
    """Raise SettingsError unless every claim gets a name of its own that API Gateway accepts."""
    taken: dict[str, str] = {}
    for claim in claims:
        name = key_for(claim)
        if not claim or name in _RESERVED:
            raise SettingsError(f"the claim {claim!r} cannot be told to the backend: its name is reserved")
        if name in taken:
            raise SettingsError(f"the claims {taken[name]!r} and {claim!r} would have the same name, {name}")
        taken[name] = claim


def key_for(claim: str) -> str:
    """Return the name under which the backend finds a claim: `https://x/role` becomes `https___x_role`."""
    return "".join(one if one in _NAME else "_" for one in claim)


def named(claims: Sequence[str]) -> dict[str, Read]:
    """Return how some claims are read, by the names under which the backend finds them."""
    return {key_for(claim): _OF_THEIR_OWN.get(claim) or partial(_further, claim) for claim in claims}


def build(
    token: AccessToken | None,
    *,
    claims: Mapping[str, Read],
    challenge: Challenge | str,
    dpop_nonce: str | None = None,
) -> dict[str, str]:
    """Return the context of an answer: the challenge always, and those of the claims that the token has.

    `claims` as `named` has them; the challenge may be printed already.
    """
    context = {CHALLENGE_KEY: str(challenge)}
    if dpop_nonce is not None:
        context[DPOP_NONCE_KEY] = dpop_nonce
    if token is None:
        return context
    for name, read in claims.items():
        value = read(token)
        if type(value) is str:
            context[name] = value
        elif value is not None:
            context[name] = _printed(value)
    if token.is_client:
        context[IS_CLIENT_KEY] = "true"
    return context


def _further(claim: str, token: AccessToken) -> Any:
    return token.claims.get(claim)


def _printed(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
