"""The SQLite database of tokens, codes and numeric IDs, in memory or in a file."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from apigw_oauth.authserver.settings_reading import SettingsError

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_APPLICATION_ID = 0x41504F41  # "APOA": how a store is told from other SQLite files
_VERSION = 2
_FIRST_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE client_ids (name TEXT PRIMARY KEY, client_id INTEGER NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE access_tokens (
    hash BLOB PRIMARY KEY, client_id INTEGER NOT NULL, subject TEXT, created_at INTEGER NOT NULL,
    code_hash BLOB, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX access_tokens_by_client ON access_tokens (client_id, subject);
CREATE INDEX access_tokens_by_subject ON access_tokens (subject);
CREATE INDEX access_tokens_by_code ON access_tokens (code_hash) WHERE code_hash IS NOT NULL;
CREATE TABLE codes (
    hash BLOB PRIMARY KEY, expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX codes_by_expiry ON codes (expires_at);
"""
_SINCE_VERSION_2 = """
CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY, code_hash BLOB NOT NULL, client_id INTEGER NOT NULL, subject TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_code ON refresh_tokens (code_hash);
CREATE TABLE once (hash BLOB PRIMARY KEY, expires_at REAL NOT NULL) WITHOUT ROWID;
"""


class Store:
    """One connection, used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, *, in_memory: bool) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self.in_memory = in_memory

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do several statements or none; within a transaction of this thread, as a part of that one."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._connection:
                # Other programs wait, also between reading and writing.
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection

    def row(self, statement: str, values: Sequence[object]) -> tuple[Any, ...] | None:
        """Look one row up; within a transaction of this thread, as a part of that one.

        A single SELECT needs no BEGIN and COMMIT, which take twice the time that it takes itself.
        """
        with self._lock:
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        return row

    async def answer(
        self, ask: Callable[_Asked, _Answer], *values: _Asked.args, **named: _Asked.kwargs
    ) -> _Answer:
        """Do what asks the store, without keeping others waiting.

        In a thread, since a file that another program has locked keeps whoever waits for it. Memory keeps nobody,
        and a thread takes 60 µs of CPU.
        """
        if self.in_memory:
            return ask(*values, **named)
        return await run_in_threadpool(ask, *values, **named)

    def fact(self, name: str) -> str | None:
        """Look up a value that outlives a restart."""
        row = self.row("SELECT value FROM facts WHERE name = ?", (name,))
        return row[0] if row else None

    def remember(self, name: str, value: str) -> None:
        """Keep a value that outlives a restart."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def settle(self, name: str, make: Callable[[], str]) -> str:
        """Look up a value that outlives a restart; make and keep it when there is none yet."""
        with self.transaction():
            value = self.fact(name)
            if value is None:
                value = make()
                self.remember(name, value)
        return value

    def close(self) -> None:
        """Give the file back; a store in memory is gone."""
        with self._lock:
            self._connection.close()


def open_store(path: str, *, patience: float = 2) -> Store:
    """Open `:memory:` or a file, which becomes its owner's alone (mode 0600): a private key is in it.

    `patience` is how many seconds to wait for another program that has locked the file.

    Raises SettingsError for a file that cannot be written, is damaged, or is not a store of this server.
    """
    try:
        if path != ":memory:":
            _create_privately(Path(path))
        connection = sqlite3.connect(path, timeout=patience, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError("store", f"cannot be opened: {_reason(error)}") from None
    try:
        _prepare(connection)
        if path != ":memory:":
            Path(path).chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        connection.close()
        raise SettingsError("store", f"cannot be used: {_reason(error)}") from None
    except SettingsError:
        connection.close()
        raise
    return Store(connection, in_memory=path == ":memory:")


def _create_privately(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")  # finds a file that cannot be written
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if tables == 0 and application_id in {0, _APPLICATION_ID}:
            _create_tables(connection, _FIRST_SCHEMA + _SINCE_VERSION_2)
        elif application_id != _APPLICATION_ID:
            raise SettingsError("store", "is a database of something else; name another file")
        elif version not in {1, _VERSION}:
            raise SettingsError("store", "was written by another version; name another file or remove this one")
        elif connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise SettingsError("store", "is damaged; name another file or remove this one")
        elif version == 1:
            _create_tables(connection, _SINCE_VERSION_2)


def _create_tables(connection: sqlite3.Connection, schema: str) -> None:
    for statement in schema.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _reason(error: OSError | sqlite3.Error) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
