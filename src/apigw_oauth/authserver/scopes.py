"""Scopes as they are written on the wire and shown to people."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)
_SEPARATORS = re.compile(r"[:._/\-]+")
_WELL_KNOWN: Mapping[str, str] = {
    "openid": "Know who you are",
    "profile": "See your profile",
    "email": "See your e-mail address",
    "address": "See your postal address",
    "phone": "See your phone number",
    "offline_access": "Keep access while you are away",
}


class Permission(NamedTuple):
    """One line of the permissions a client asks for."""

    scope: str
    description: str


def is_scope_token(text: str) -> bool:
    """Tell whether this may stand as one scope in a `scope` value. See RFC 6749 §3.3."""
    return _SCOPE_TOKEN.fullmatch(text) is not None


def parse(scope: str) -> tuple[str, ...]:
    """Split a `scope` value at its spaces; each scope once, in the order of the request."""
    return tuple(dict.fromkeys(part for part in scope.split(" ") if part))


def granted(requested: Iterable[str], *, supported: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Keep what the service supports and the client may have; an empty `allowed` does not restrict.

    Scopes that are not supported are dropped without an error, as Authlete does.
    """
    known, own = frozenset(supported), frozenset(allowed)
    return tuple(scope for scope in requested if scope in known and (not own or scope in own))


def permissions(scopes: Iterable[str], descriptions: Mapping[str, str]) -> tuple[Permission, ...]:
    """Put scopes into words: the configured ones, those of well-known scopes, or the name itself made readable."""
    return tuple(
        Permission(scope, descriptions.get(scope) or _WELL_KNOWN.get(scope) or _readable(scope))
        for scope in scopes
    )


def _readable(scope: str) -> str:
    words = _SEPARATORS.sub(" ", scope).strip()
    return words[:1].upper() + words[1:] if words else scope
