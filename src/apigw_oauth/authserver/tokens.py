"""Access tokens, kept under the hash of their value."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from apigw_oauth.authserver.secret_hashes import base64url, sha256
from apigw_oauth.authserver.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What the server knows of an access token. Times in milliseconds, except `auth_time`, which is in seconds.

    `expires_at` is None for a token that does not expire.
    """

    client_id: int
    grant_type: str
    created_at: int
    expires_at: int | None
    client_alias: str | None = None
    alias_used: bool = False
    subject: str | None = None
    scopes: tuple[str, ...] = ()
    properties: tuple[dict[str, Any], ...] = ()
    resources: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    acr: str | None = None
    auth_time: int | None = None
    certificate_thumbprint: str | None = None
    dpop_thumbprint: str | None = None

    @property
    def public_client_id(self) -> str:
        """What the client calls itself: the alias if the token was asked for with it, else the number."""
        return self.client_alias if self.alias_used and self.client_alias else str(self.client_id)

    @property
    def confirmation(self) -> dict[str, str]:
        """What whoever presents the token has to prove. See RFC 8705 §3.1, RFC 9449 §6."""
        bound = {"x5t#S256": self.certificate_thumbprint, "jkt": self.dpop_thumbprint}
        return {method: thumbprint for method, thumbprint in bound.items() if thumbprint}

    @property
    def token_type(self) -> str:
        """How the token is presented."""
        return "DPoP" if self.dpop_thumbprint else "Bearer"

    def has_expired(self, now: float) -> bool:
        """Tell whether the token is over at `now`, in seconds since the epoch."""
        return self.expires_at is not None and now * 1000 >= self.expires_at


class TokenPage(NamedTuple):
    """Some of the tokens that match a search, by hash, and how many match in all."""

    records: tuple[tuple[str, TokenRecord], ...]
    total: int


class FoundToken(NamedTuple):
    """A token that exists: its hash, what is known of it, and the hash of the code that it goes back to."""

    digest: bytes
    record: TokenRecord
    code_hash: bytes | None


class Tokens:
    """Every access token of the service."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, value: str, record: TokenRecord, *, code_hash: bytes | None = None) -> bool:
        """Keep a token; False when this value is taken."""
        return self.add_by_hash(sha256(value), record, code_hash=code_hash)

    def add_by_hash(self, digest: bytes, record: TokenRecord, *, code_hash: bytes | None = None) -> bool:
        """Keep a token under the hash of its value; False when it is taken."""
        row = (digest, record.client_id, record.subject, record.created_at, code_hash, _written(record))
        with self._store.transaction() as connection:
            return (
                connection.execute("INSERT OR IGNORE INTO access_tokens VALUES (?, ?, ?, ?, ?, ?)", row).rowcount
                == 1
            )

    def find(self, value: str) -> TokenRecord | None:
        """Look a token up by its value."""
        return self.find_by_hash(sha256(value))

    def find_by_hash(self, digest: bytes) -> TokenRecord | None:
        """Look a token up by the SHA-256 hash of its value."""
        found = self.look_up(digest)
        return found.record if found else None

    def look_up(self, digest: bytes) -> FoundToken | None:
        """Look up by hash, too, what a token goes back to."""
        row = self._store.row("SELECT record, code_hash FROM access_tokens WHERE hash = ?", (digest,))
        return FoundToken(digest, _read(row[0]), row[1]) if row else None

    def change(self, digest: bytes, change: Callable[[TokenRecord], TokenRecord]) -> TokenRecord | None:
        """Rewrite the record of a token; None when there is no such token. Its value, client and subject stay."""
        with self._store.transaction() as connection:
            record = self.find_by_hash(digest)
            if record is None:
                return None
            changed = replace(change(record), client_id=record.client_id, subject=record.subject)
            connection.execute("UPDATE access_tokens SET record = ? WHERE hash = ?", (_written(changed), digest))
        return changed

    def remove(self, digest: bytes) -> int:
        """Revoke one token; tell how many there were."""
        return self._delete("DELETE FROM access_tokens WHERE hash = ?", digest)

    def remove_made_from(self, code_hash: bytes) -> int:
        """Revoke what an authorization code was exchanged for."""
        return self._delete("DELETE FROM access_tokens WHERE code_hash = ?", code_hash)

    def remove_all(self, *, client_id: int | None, subject: str | None) -> int:
        """Revoke every token of a client, of a subject, or of a subject at a client. One of them must be given."""
        if client_id is None and subject is None:
            raise ValueError("remove_all needs a client or a subject")
        with self._store.transaction() as connection:
            return connection.execute(_DELETE_ALL, {"client_id": client_id, "subject": subject}).rowcount

    def remove_expired_before(self, time: int) -> int:
        """Forget tokens that nobody asked about since they expired; `time` in milliseconds since the epoch."""
        return self._delete(_DELETE_EXPIRED, time)

    def page(self, *, client_id: int | None, subject: str | None, start: int, end: int) -> TokenPage:
        """List tokens from the oldest; `start` is included, `end` is not."""
        whose = {"client_id": client_id, "subject": subject}
        with self._store.transaction() as connection:
            total = connection.execute(_COUNT, whose).fetchone()[0]
            part = {**whose, "most": max(end - start, 0), "start": start}
            rows = connection.execute(_PAGE, part).fetchall()
        return TokenPage(tuple((base64url(digest), _read(record)) for digest, record in rows), total)

    def _delete(self, statement: str, *values: object) -> int:
        with self._store.transaction() as connection:
            return connection.execute(statement, values).rowcount


_DELETE_ALL = """
DELETE FROM access_tokens
WHERE (:client_id IS NULL OR client_id = :client_id) AND (:subject IS NULL OR subject = :subject)"""
_DELETE_EXPIRED = """
DELETE FROM access_tokens WHERE json_extract(record, '$.expires_at') < ?"""
_COUNT = """
SELECT count(*) FROM access_tokens
WHERE (:client_id IS NULL OR client_id = :client_id) AND (:subject IS NULL OR subject = :subject)"""
_PAGE = """
SELECT hash, record FROM access_tokens
WHERE (:client_id IS NULL OR client_id = :client_id) AND (:subject IS NULL OR subject = :subject)
ORDER BY created_at, hash LIMIT :most OFFSET :start"""
_LISTS = frozenset({"scopes", "properties", "resources", "authorization_details"})


def _written(record: TokenRecord) -> str:
    return json.dumps(asdict(record))


def _read(text: str) -> TokenRecord:
    values: dict[str, Any] = json.loads(text)
    return TokenRecord(**(values | {name: tuple(values[name]) for name in _LISTS}))
