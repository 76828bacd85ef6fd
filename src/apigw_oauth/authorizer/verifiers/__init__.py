"""Ways to verify tokens: one file each; and what stands in front of all of them."""

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier
from apigw_oauth.authorizer.verifiers import caching
from apigw_oauth.authorizer.verifiers.caching import CachingVerifier, Lifetimes, VerificationCache
from apigw_oauth.authorizer.verifiers.circuit_breaker import Announce, CircuitBreaker
from apigw_oauth.authorizer.verifiers.notes import Notes
from apigw_oauth.authorizer.verifiers.table import Table

VERIFIERS: Mapping[str, str] = {
    "authlete": "apigw_oauth.authorizer.verifiers.authlete",
    "introspection": "apigw_oauth.authorizer.verifiers.introspection",
    "jwt": "apigw_oauth.authorizer.verifiers.jwt",
}
"""The module of each type, which has `from_settings`: only what the settings name is loaded."""

_ASK_A_SERVER = frozenset({"authlete", "introspection"})
"""The types that ask about each token; `jwt` asks for keys alone, and spares the server in its own way."""
_TAKEN_OUT = frozenset({"type", "positive_ttl", "negative_ttl", "introspect_jwts"})
"""What is not for the verifier itself to read."""


class _Entry(NamedTuple):
    """One table of the settings."""

    place: str
    kind: str
    own: bool
    lifetimes: Lifetimes
    introspect_jwts: bool
    table: Mapping[str, Any]


def load(
    settings: Sequence[Mapping[str, Any]],
    surroundings: Surroundings,
    *,
    directory: str = "",
    notes: Notes | None = None,
    announce: Announce | None = None,
) -> TokenVerifier:
    """Make the verifier that the settings ask for: one of them, or several behind one.

    `directory` is where somebody's own verifiers are found. `notes` get what the log says of each request;
    `announce` is told when a server is left alone, and when it answers again. Raises SettingsError.
    """
    entries = _read(settings)
    cache = VerificationCache(surroundings)
    made = []
    for entry in entries:
        verifier = _in_place(entry, _made, entry, surroundings, directory)
        if entry.kind in _ASK_A_SERVER:
            verifier = CircuitBreaker(
                verifier, kind=entry.kind, surroundings=surroundings, announce=announce or _tell_nobody
            )
        made.append(
            CachingVerifier(
                verifier,
                cache,
                kind=entry.kind,
                identity=(entry.place, entry.kind, json.dumps(entry.table, sort_keys=True, default=repr)),
                lifetimes=entry.lifetimes,
                notes=notes or Notes(),
            )
        )
    return _in_one(_introspected(entries, made))


def check(settings: Sequence[Mapping[str, Any]], *, directory: str) -> None:
    """Raise SettingsError where `load` would, without a line of somebody's own code being executed."""
    entries = _read(settings)
    for entry in entries:
        if entry.own:
            from apigw_oauth.authorizer.verifiers import own_verifier

            _in_place(entry, own_verifier.require_form, entry.kind, directory)
        else:
            _in_place(entry, _made, entry, Surroundings(), directory)
    _introspector(entries)


def _in_place(entry: _Entry, step: Any, *arguments: Any) -> Any:
    try:
        return step(*arguments)
    except SettingsError as error:
        raise SettingsError(f"{entry.place}.{error}") from None


def _read(settings: Sequence[Mapping[str, Any]]) -> list[_Entry]:
    if not settings:
        raise SettingsError("verifiers: there is none, so that no token could be verified; add [[verifiers]]")
    return [_entry(table, f"verifiers[{index}]") for index, table in enumerate(settings)]


def _entry(table: Mapping[str, Any], place: str) -> _Entry:
    kind = table.get("type")
    own = isinstance(kind, str) and ":" in kind
    if not isinstance(kind, str) or not (own or kind in VERIFIERS):
        known = ", ".join(VERIFIERS)
        raise SettingsError(
            f'{place}.type: {kind!r} is not one of {known}, nor of the form "my_module:MyVerifier"'
        )
    defaults = Lifetimes(0, 0) if own else Lifetimes()
    keys = Table(table, kind="a verifier")
    try:
        lifetimes = Lifetimes(
            keys.number("positive_ttl", defaults.positive, most=caching.MAX_POSITIVE_TTL),
            keys.number("negative_ttl", defaults.negative, most=caching.MAX_NEGATIVE_TTL),
        )
        introspect_jwts = keys.flag("introspect_jwts")
    except SettingsError as error:
        raise SettingsError(f"{place}.{error}") from None
    if own and introspect_jwts:
        raise SettingsError(f"{place}.introspect_jwts: is for verifiers of type {', '.join(VERIFIERS)}; remove it")
    rest = {key: value for key, value in table.items() if key not in _TAKEN_OUT}
    return _Entry(place, kind, own, lifetimes, introspect_jwts, rest)


def _made(entry: _Entry, surroundings: Surroundings, directory: str) -> TokenVerifier:
    if entry.own:
        from apigw_oauth.authorizer.verifiers import own_verifier

        return own_verifier.load(entry.kind, entry.table, directory)
    made: TokenVerifier = importlib.import_module(VERIFIERS[entry.kind]).from_settings(entry.table, surroundings)
    return made


def _introspector(entries: Sequence[_Entry]) -> int | None:
    """Return which verifier is asked about JWTs too; None if nobody wants that. Raises SettingsError."""
    wanted = [entry for entry in entries if entry.introspect_jwts]
    if not wanted:
        return None
    asking = [index for index, entry in enumerate(entries) if entry.kind in _ASK_A_SERVER]
    if not asking:
        raise SettingsError(
            f"{wanted[0].place}.introspect_jwts: there is nobody to ask; add a verifier of type introspection, or"
            " authlete"
        )
    return next((index for index in asking if entries[index].introspect_jwts), asking[0])


def _introspected(entries: Sequence[_Entry], made: Sequence[TokenVerifier]) -> list[TokenVerifier]:
    """Return the verifiers; those of JWTs with somebody who knows of revocations, where that is wanted."""
    asked = _introspector(entries)
    if asked is None:
        return list(made)
    from apigw_oauth.authorizer.verifiers.introspected_jwt import IntrospectedJwt

    every = entries[asked].introspect_jwts
    return [
        IntrospectedJwt(one, made[asked]) if entry.kind == "jwt" and (every or entry.introspect_jwts) else one
        for entry, one in zip(entries, made, strict=True)
    ]


def _in_one(made: Sequence[TokenVerifier]) -> TokenVerifier:
    if len(made) == 1:
        return made[0]
    from apigw_oauth.authorizer.verifiers.first_match import FirstMatch

    return FirstMatch(made)


def _tell_nobody(*, verifier: str, opened_for: float | None, message: str) -> None:
    """Take news that nobody wants to hear."""
