"""Authorization codes: ten minutes, one use, and a second use is noticed."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, NamedTuple

from apigw_oauth.authserver.secret_hashes import new_token, sha256
from apigw_oauth.authserver.store import Store

LIFETIME = 600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRecord:
    """What an authorization code stands for. Times in seconds.

    `redirect_uri` is None when the request named none. `dpop_thumbprint` is the key that has to be proved to use
    the code, see RFC 9449 §10.
    """

    client_id: int
    alias_used: bool
    subject: str
    scopes: tuple[str, ...]
    redirect_uri: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int
    expires_at: int
    acr: str | None = None
    resources: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    dpop_thumbprint: str | None = None


class CodeState(Enum):
    """Whether a code may still be exchanged."""

    FRESH = "fresh"
    USED = "used"


class FoundCode(NamedTuple):
    """A code that exists or existed."""

    digest: bytes
    record: CodeRecord
    state: CodeState


class Codes:
    """Every authorization code of the service, kept under its hash."""

    def __init__(self, store: Store, *, random: Callable[[int], bytes], remembered_for: int) -> None:
        self._store = store
        self._random = random
        self._remembered_for = remembered_for

    def issue(self, record: CodeRecord) -> str:
        """Make up a code. Codes whose tokens must have expired are forgotten here."""
        code = new_token(self._random)
        forgotten = record.expires_at - LIFETIME - self._remembered_for
        row = (sha256(code), record.expires_at, json.dumps(asdict(record)))
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM codes WHERE expires_at < ?", (forgotten,))
            connection.execute("INSERT INTO codes (hash, expires_at, record) VALUES (?, ?, ?)", row)
        return code

    def find(self, code: str) -> FoundCode | None:
        """Look a code up by its value, used or not."""
        digest = sha256(code)
        with self._store.transaction() as connection:
            row = connection.execute("SELECT record, used FROM codes WHERE hash = ?", (digest,)).fetchone()
        if row is None:
            return None
        values = json.loads(row[0])
        lists = {name: tuple(values.get(name, ())) for name in ("scopes", "resources", "authorization_details")}
        record = CodeRecord(**{**values, **lists})
        return FoundCode(digest, record, CodeState.USED if row[1] else CodeState.FRESH)

    def use(self, digest: bytes) -> bool:
        """Use a code up; False when somebody was faster."""
        with self._store.transaction() as connection:
            return (
                connection.execute("UPDATE codes SET used = 1 WHERE hash = ? AND used = 0", (digest,)).rowcount
                == 1
            )
