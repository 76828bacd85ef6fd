"""Refresh tokens: each is good for one use, and a second use is noticed. See RFC 9700 §4.14.2."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from apigw_oauth.authserver.secret_hashes import new_token, sha256
from apigw_oauth.authserver.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRecord:
    """What a refresh token stands for. Times in seconds.

    `dpop_thumbprint` is the key that a public client has to prove; a confidential one proves itself.
    """

    client_id: int
    alias_used: bool
    subject: str
    scopes: tuple[str, ...]
    auth_time: int | None
    expires_at: int
    acr: str | None = None
    resources: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    dpop_thumbprint: str | None = None


class FoundRefreshToken(NamedTuple):
    """A refresh token that exists; `code_hash` is the authorization code it goes back to."""

    digest: bytes
    code_hash: bytes
    record: RefreshRecord
    used: bool


class RefreshTokens:
    """Every refresh token of the service, kept under its hash. Used ones stay until they would have expired."""

    def __init__(self, store: Store, *, random: Callable[[int], bytes]) -> None:
        self._store = store
        self._random = random

    def issue(self, record: RefreshRecord, *, code_hash: bytes, now: float) -> str:
        """Make up a refresh token. Those that have expired are forgotten here; `now` in seconds."""
        value = new_token(self._random)
        written = json.dumps(asdict(record))
        row = (sha256(value), code_hash, record.client_id, record.subject, record.expires_at, written)
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM refresh_tokens WHERE expires_at < ?", (int(now),))
            connection.execute(_INSERT, row)
        return value

    def find(self, value: str) -> FoundRefreshToken | None:
        """Look a refresh token up by its value, used or not."""
        return self.find_by_hash(sha256(value))

    def find_by_hash(self, digest: bytes) -> FoundRefreshToken | None:
        """Look a refresh token up by the SHA-256 hash of its value."""
        row = self._store.row(_FIND, (digest,))
        if row is None:
            return None
        values: dict[str, Any] = json.loads(row[1])
        lists = {name: tuple(values[name]) for name in ("scopes", "resources", "authorization_details")}
        return FoundRefreshToken(digest, row[0], RefreshRecord(**(values | lists)), used=bool(row[2]))

    def use(self, digest: bytes) -> bool:
        """Use a refresh token up; False when somebody was faster."""
        with self._store.transaction() as connection:
            return connection.execute(_USE, (digest,)).rowcount == 1

    def can_refresh(self, code_hash: bytes | None, now: float) -> bool:
        """Tell whether there is a refresh token in place of what an authorization code was exchanged for."""
        return code_hash is not None and self._store.row(_LIVE, (code_hash, now)) is not None

    def remove_made_from(self, code_hash: bytes) -> None:
        """Revoke every refresh token that goes back to an authorization code."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM refresh_tokens WHERE code_hash = ?", (code_hash,))

    def remove_all(self, *, client_id: int | None, subject: str | None) -> None:
        """Revoke every refresh token of a client, of a subject, or of a subject at a client."""
        with self._store.transaction() as connection:
            connection.execute(_DELETE_ALL, {"client_id": client_id, "subject": subject})


_INSERT = """
INSERT INTO refresh_tokens (hash, code_hash, client_id, subject, expires_at, record) VALUES (?, ?, ?, ?, ?, ?)"""
_FIND = """
SELECT code_hash, record, used FROM refresh_tokens WHERE hash = ?"""
_USE = """
UPDATE refresh_tokens SET used = 1 WHERE hash = ? AND used = 0"""
_LIVE = """
SELECT 1 FROM refresh_tokens WHERE code_hash = ? AND used = 0 AND expires_at > ? LIMIT 1"""
_DELETE_ALL = """
DELETE FROM refresh_tokens
WHERE (:client_id IS NULL OR client_id = :client_id) AND (:subject IS NULL OR subject = :subject)"""
