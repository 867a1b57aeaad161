"""
What is left of a state file's contents: in its backups, and after somebody was forgotten.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posgo import Customer, Link
from posgo.exceptions import StateStoreError
from posgo.state import Changes, CursorRecord, LinkRecord, SqliteStore
from posgo.testing._store_examples import (
    add,
    conflict,
    cursor,
    everything,
    intent,
    pair,
    run,
    settlement,
    tombstone,
)
from support.sqlite_files import NOW, opened

VERSION_1 = Path(__file__).parent / "data" / "version-1.sqlite3"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


class TestBackup:
    """
    A copy is whole, private, and known as a copy.
    """

    def test_a_backup_of_a_store_in_use_is_whole(self, path: Path) -> None:
        """
        It holds what was committed when it was made, in one file, and can be opened as a store.
        """
        store = SqliteStore(path)
        add(store, pair(), settlement(), intent(), conflict(), run(), tombstone(), cursor("1"))
        copy = path.with_name("copy")
        with opened(path) as busy:
            busy.execute("BEGIN IMMEDIATE")
            store.backup(copy)
        add(store, pair("p2"))

        assert [] == list(path.parent.glob("copy?*"))
        links, cursors, *rest = everything(SqliteStore(copy))
        assert ((pair().link,), {}) == (links, cursors)
        assert rest == list(everything(store)[2:])
        assert {"r1": settlement()} == SqliteStore(copy).settlements("c", ["r1"]).settlements

    def test_a_restored_backup_is_read_from_the_start(self, path: Path) -> None:
        """
        It knows no cursors, so a runner reads both sides in full before it trusts what it remembers.
        """
        store = SqliteStore(path)
        add(store, cursor("1"), cursor("2", side="pos"), CursorRecord(kind="orders", side="go", position="3"))
        store.backup(path.with_name("copy"))
        add(store, cursor("9"))
        for each in path.parent.glob("state*"):
            each.unlink()
        path.with_name("copy").rename(path)

        restored = store.progress("c", "customers")
        assert (1, {}) == (restored.version, restored.cursors)
        assert {} == store.progress("c", "orders").cursors

    def test_a_restored_backup_keeps_a_log_again(self, path: Path) -> None:
        """
        The copy is one file without a log; the first runner to work from it begins one.
        """
        SqliteStore(path).backup(path.with_name("copy"))
        path.with_name("copy").rename(path)

        with SqliteStore(path).lease("c", wait=NOW), opened(path) as db:
            assert ("wal",) == db.execute("PRAGMA journal_mode").fetchone()

    def test_a_backup_replaces_the_last_one(self, path: Path) -> None:
        """
        What an interrupted one left behind is no obstacle.
        """
        store = SqliteStore(path)
        copy = path.with_name("copy")
        path.with_name("copy.1.partial").write_bytes(b"half a copy")
        for number in range(2):
            add(store, pair(f"p{number}"))
            store.backup(copy)

        assert 2 == SqliteStore(copy).progress("c", "customers").version
        assert ["copy.1.partial"] == [each.name for each in path.parent.glob("*.partial")]

    def test_a_backup_that_fails_leaves_nothing(self, path: Path) -> None:
        """
        Neither a copy nor half of one, which holds personal data too; the target is as it was.
        """
        store, target = SqliteStore(path), path.with_name("copy")
        add(store, pair())
        target.mkdir()
        with pytest.raises(StateStoreError, match=r"Is a directory; name a file"):
            store.backup(target)
        target.rmdir()
        target.write_bytes(b"the last copy")
        path.write_bytes(b"damage" * 2000)
        with pytest.raises(StateStoreError, match=r"state file"):
            store.backup(target)

        assert [target] == list(path.parent.glob("copy*"))
        assert b"the last copy" == target.read_bytes()

    def test_a_store_in_use_is_not_overwritten(self, path: Path) -> None:
        """
        Neither the store itself nor another with a log beside it.
        """
        store, neighbour = SqliteStore(path), path.with_name("neighbour")
        other = SqliteStore(neighbour)
        with opened(neighbour) as reader:
            reader.execute("SELECT * FROM posgo_links")
            add(other, pair())
            for target in (path, neighbour):
                with pytest.raises(StateStoreError, match=r"in use; choose another"):
                    store.backup(target)

    def test_the_store_by_another_name_is_not_overwritten(self, path: Path) -> None:
        """
        However it is spelled, and whatever leads to it: with its cursors gone, a run would read everything again.
        """
        store = SqliteStore(path)
        add(store, cursor("1"))
        path.with_name("sub").mkdir()
        path.with_name("alias").symlink_to(path.parent)
        path.with_name("link").symlink_to(path)
        path.with_name("hard link").hardlink_to(path)

        for name in ("sub/../state.sqlite3", "alias/state.sqlite3", "link", "hard link"):
            with pytest.raises(StateStoreError, match=r"in use; choose another"):
                store.backup(path.parent / name)

        assert {"go": "1"} == store.progress("c", "customers").cursors

    def test_two_backups_to_one_file_are_both_whole(self, path: Path) -> None:
        """
        Each writes a file of its own; the one that ends last stays.
        """

        class Met:
            def __init__(self, db: sqlite3.Connection) -> None:
                self.db = db

            def backup(self, to: sqlite3.Connection) -> None:
                store.backup(copy)
                self.db.backup(to)

        class Late(SqliteStore):
            @contextmanager
            def _connection(self) -> Iterator[Any]:
                with super()._connection() as db:
                    yield Met(db)

        copy, store, late = path.with_name("copy"), SqliteStore(path), Late(path)
        add(store, pair())

        late.backup(copy)

        assert (pair().link,) == SqliteStore(copy).links("c", "customers").links
        assert [] == list(path.parent.glob("copy.*"))

    def test_a_full_disk_under_the_copy_names_the_copy(self, path: Path) -> None:
        """
        The store may lie on another one, where there is room; no half copy is left.
        """
        resource = pytest.importorskip("resource", reason="POSIX limits")
        store, copy = SqliteStore(path), path.with_name("copy")
        add(store, *(pair(f"p{number}", f"g{number}", "x" * 500) for number in range(99)))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
        try:
            with pytest.raises(StateStoreError, match=f"^{re.escape(str(copy))}: the disk .*make room"):
                store.backup(copy)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        assert [] == list(path.parent.glob("copy*"))

    def test_a_folder_that_is_not_there_is_named(self, path: Path) -> None:
        """
        The error is about the copy, not about the store.
        """
        with pytest.raises(StateStoreError, match=r"nowhere.*cannot be opened"):
            SqliteStore(path).backup(path.parent / "nowhere" / "copy")


def bytes_beside(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


class TestErasure:
    """
    Forgotten is gone from the disk, not only from the tables.
    """

    def test_no_byte_of_a_forgotten_customer_stays(self, path: Path) -> None:
        """
        Neither of what was last said nor of earlier versions, whatever was moved about meanwhile.
        """
        store = SqliteStore(path)
        secrets = [f"Hemmelig{number}" for number in range(6)]
        for secret in secrets[:4]:
            add(
                store,
                LinkRecord(
                    kind="customers",
                    link=Link(
                        pos_id="p500", go_id="g500", base=Customer(name=secret, email=f"{secret}@x.no")
                    ),
                ),
                *(
                    pair(f"p{number}", f"g{number}", "x" * (7 * number % 300 + 1))
                    for number in range(0, 1000, 3)
                ),
            )
        add(store, intent(operation=f'{{"name":"{secrets[4]}"}}', pos_id="p500"))
        add(store, conflict(pos_id="p500", go_id="g500", pos=f'"{secrets[5]}"'))
        assert all(secret.encode() in bytes_beside(path) for secret in secrets[3:])

        assert 3 == store.forget("c", "customers", go_id="g500")

        assert [] == [secret for secret in secrets if secret.encode() in bytes_beside(path)]
        assert 334 == len(store.links("c", "customers").links)

    def test_bytes_in_unused_space_go_too(self, path: Path) -> None:
        """
        A copy that no row points at, such as SQLite leaves behind when it splits a page, is not in the file afterwards.
        """
        store = SqliteStore(path)
        add(store, pair(name="Hemmelig" * 9), *(pair(f"p{number}", f"g{number}") for number in range(2, 40)))
        with opened(path) as db:
            db.execute("PRAGMA secure_delete = OFF")
            # Longer than it was, so that it moves.
            db.execute("UPDATE posgo_links SET base = ? WHERE pos_id = 'p1'", (f'{{"name":"{"x" * 900}"}}',))
        assert "Hemmelig" not in str(store.links("c", "customers").links)
        assert b"Hemmelig" in bytes_beside(path)

        assert 1 == store.forget("c", "customers", pos_id="p1")

        assert b"Hemmelig" not in bytes_beside(path)

    def test_expired_conflicts_leave_no_bytes_in_the_file(self, path: Path) -> None:
        """
        Once the log has been written back, which happens by itself, what expired is overwritten.
        """
        store = SqliteStore(path)
        add(store, conflict(pos='"Hemmelig"'))
        store.commit("c", Changes(expire=datetime(2027, 1, 1, tzinfo=UTC)), expected_version=1)

        assert b"Hemmelig" not in bytes_beside(path)

    def test_a_reader_in_the_way_is_told_and_forgetting_again_helps(self, path: Path) -> None:
        """
        Whoever still reads the old state keeps its bytes alive: that is said, not passed over.
        """

        class Hasty(SqliteStore):
            _busy = timedelta(milliseconds=20)

        store = Hasty(path)
        add(store, pair(name="Hemmelig"))
        with opened(path) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM posgo_links").fetchall()
            with pytest.raises(StateStoreError, match="forgotten, but another process was reading"):
                store.forget("c", "customers", pos_id="p1")
            assert () == store.links("c", "customers").links

        assert 0 == store.forget("c", "customers", pos_id="p1")
        assert b"Hemmelig" not in bytes_beside(path)

    def test_a_writer_in_the_way_is_told_and_forgetting_again_helps(self, path: Path) -> None:
        """
        What is erased is not said to be there, and what is not rewritten not to be gone.
        """

        class Hasty(SqliteStore):
            _busy = timedelta(milliseconds=20)

            @contextmanager
            def _connection(self) -> Iterator[sqlite3.Connection]:
                with super()._connection() as db:
                    db.set_trace_callback(
                        lambda sql: writer.execute("BEGIN IMMEDIATE") if sql == "VACUUM" else None
                    )
                    yield db

        store = SqliteStore(path)
        add(store, pair(name="Hemmelig"))
        with (
            opened(path) as writer,
            pytest.raises(StateStoreError, match=r"is forgotten, but .*locked.*forget it again"),
        ):
            Hasty(path).forget("c", "customers", pos_id="p1")

        assert () == store.links("c", "customers").links
        assert 0 == store.forget("c", "customers", pos_id="p1")
        assert b"Hemmelig" not in bytes_beside(path)
