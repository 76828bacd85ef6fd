"""Identifiers that may be used once: those of client assertions and of DPoP proofs."""

import hashlib

from apigw_oauth.authserver.store import Store


class SingleUse:
    """Remembers identifiers until they could not be used anyhow."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, *names: str, until: float, now: float) -> bool:
        """Use an identifier up; False when that was done before. Times in seconds since the epoch.

        All names together make the identifier, so that nobody can spend another party's.
        """
        digest = hashlib.sha256(b"\0".join(hashlib.sha256(name.encode()).digest() for name in names)).digest()
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM once WHERE expires_at < ?", (now,))
            return connection.execute("INSERT OR IGNORE INTO once VALUES (?, ?)", (digest, until)).rowcount == 1
