import sqlite3
import stat
import threading

import pytest

from apigw_oauth.authserver.settings import SettingsError
from apigw_oauth.authserver.single_use import SingleUse
from apigw_oauth.authserver.store import open_store


def test_a_new_file_belongs_to_its_owner_alone(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_facts_outlive_a_restart(tmp_path):
    path = str(tmp_path / "store.db")
    first = open_store(path)
    first.remember("api_key", "1")
    first.remember("api_key", "2")
    first.close()
    second = open_store(path)
    assert second.fact("api_key") == "2"
    assert second.fact("other") is None
    second.close()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and long enough to be seen as damaged" * 20)
    with pytest.raises(SettingsError, match=r"store: cannot be used: file is not a database"):
        open_store(str(path))
    assert path.read_text().startswith("not a database")


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE facts (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="is a database of something else"):
        open_store(str(path))
    assert path.read_bytes() == before


def test_a_store_of_another_version_is_refused(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    changed = sqlite3.connect(path)
    changed.execute("PRAGMA user_version = 99")
    changed.close()
    with pytest.raises(SettingsError, match="another version"):
        open_store(str(path))


def test_a_store_of_the_first_version_gets_what_is_new_and_keeps_what_it_has(tmp_path):
    path = tmp_path / "store.db"
    first = open_store(str(path))
    first.remember("api_key", "1")
    first.close()
    changed = sqlite3.connect(path)
    changed.executescript("DROP TABLE refresh_tokens; DROP TABLE once; PRAGMA user_version = 1;")
    changed.close()
    for _ in range(2):
        opened = open_store(str(path))
        assert opened.fact("api_key") == "1"
        assert SingleUse(opened).claim("a", until=2, now=1)
        opened.close()
        with sqlite3.connect(path) as connection:
            connection.execute("DELETE FROM once")
        connection.close()


def test_a_damaged_store_is_refused(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    octets = bytearray(path.read_bytes())
    octets[4096:] = b"\x5a" * (len(octets) - 4096)
    path.write_bytes(octets)
    with pytest.raises(SettingsError, match="store: "):
        open_store(str(path))


@pytest.mark.parametrize("name", ["missing/store.db", "."])
def test_a_path_that_cannot_be_opened_is_refused(tmp_path, name):
    with pytest.raises(SettingsError, match=r"store: cannot be (opened|used)"):
        open_store(str(tmp_path / name))


def test_a_file_that_another_program_has_locked_is_refused(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SettingsError, match="cannot be used: database is locked"):
        open_store(str(path), patience=0)
    other.close()


def test_threads_share_the_connection():
    store = open_store(":memory:")

    def write(number):
        for round_ in range(50):
            store.remember(f"{number}", f"{round_}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.fact(str(number)) for number in range(4)] == ["49"] * 4
    store.close()


def test_a_failed_transaction_leaves_nothing(tmp_path):
    store = open_store(":memory:")
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as connection:
        connection.execute("INSERT INTO facts VALUES ('a', 'b')")
        connection.execute("INSERT INTO facts VALUES ('a', 'c')")
    assert store.fact("a") is None
    store.close()


def test_a_file_that_others_could_read_becomes_its_owners_alone(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    path.chmod(0o666)
    open_store(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_not_a_store_keeps_its_mode(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and long enough to be seen as damaged" * 20)
    path.chmod(0o644)
    with pytest.raises(SettingsError):
        open_store(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_is_settled_stays(tmp_path):
    path = str(tmp_path / "store.db")
    first, second = open_store(path), open_store(path)
    assert first.settle("api_key", lambda: "1") == "1"
    assert second.settle("api_key", lambda: "2") == "1"
    first.close()
    second.close()


def test_two_programs_cannot_settle_the_same_at_once(tmp_path):
    path = str(tmp_path / "store.db")
    first, second = open_store(path), open_store(path, patience=0)

    def make() -> str:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.settle("api_key", lambda: "2")
        return "1"

    assert first.settle("api_key", make) == "1"
    assert second.fact("api_key") == "1"
    first.close()
    second.close()


def test_a_transaction_within_another_is_part_of_it():
    store = open_store(":memory:")

    def fail_after_an_inner_one() -> None:
        with store.transaction():
            store.remember("a", "b")
            raise ValueError("afterwards")

    with pytest.raises(ValueError, match="afterwards"):
        fail_after_an_inner_one()
    assert store.fact("a") is None
    store.close()
