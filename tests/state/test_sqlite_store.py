"""
What only a file can get wrong: its version, its neighbours, crashes, backups, and bytes left behind.
"""

import multiprocessing
import os
import shutil
import signal
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from posgo.exceptions import StaleStateError, StateStoreError
from posgo.state import Changes, SettlementState, SqliteStore
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
from support.dying import committed, killed_at, only_opened
from support.sqlite_files import NOW, opened

VERSION_1 = Path(__file__).parent / "data" / "version-1.sqlite3"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


def schema(path: Path) -> list[tuple[Any, ...]]:
    with opened(path) as db:
        return db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


class TestFile:
    """
    One file, ours alone.
    """

    def test_state_outlives_the_instance(self, path: Path) -> None:
        """
        A commit is there for whoever opens the file next, without any call to close.
        """
        add(SqliteStore(path), settlement())

        assert {"r1": settlement()} == SqliteStore(path).settlements("c", ["r1"]).settlements

    @pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
    def test_only_the_owner_can_read_it(self, path: Path) -> None:
        """
        Neither the file, nor what lies beside it, nor a backup is readable by others, whatever the umask.
        """
        before = os.umask(0)
        try:
            store = SqliteStore(path)
            with store.lease("c", wait=NOW), opened(path) as reader:
                reader.execute("SELECT * FROM posgo_links")
                add(store, pair())
                store.backup(path.with_name("copy"))
                modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
        finally:
            os.umask(before)

        assert {0o600} == set(modes.values())
        assert {"state.sqlite3", "state.sqlite3-wal", "state.sqlite3-shm", "copy"} < set(modes)

    def test_a_commit_is_flushed_to_the_disk(self, path: Path) -> None:
        """
        Every connection waits for the disk, and keeps a write-ahead log so that readers wait for nobody.
        """
        store = SqliteStore(path)

        with store._connection() as db:
            told = [
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("synchronous", "journal_mode", "secure_delete")
            ]

        assert [2, "wal", 1] == told

    def test_a_file_removed_at_work_is_an_empty_store(self, path: Path) -> None:
        """
        Who loaded before is told that their version is not the store's; nothing fails in a riddle.
        """
        store = SqliteStore(path)
        version = add(store, pair())
        for each in path.parent.iterdir():
            each.unlink()

        assert 0 == store.progress("c", "customers").version
        with pytest.raises(StaleStateError):
            store.commit("c", Changes(), expected_version=version)

    def test_memory_is_another_store(self) -> None:
        """
        SQLite's name for memory would forget between two operations.
        """
        with pytest.raises(StateStoreError, match="MemoryStore"):
            SqliteStore(":memory:")

    def test_its_repr_names_the_file(self, path: Path) -> None:
        """
        And nothing else.
        """
        assert f"SqliteStore({str(path)!r})" == repr(SqliteStore(path))

    def test_many_processes_may_make_it_at_once(self, path: Path) -> None:
        """
        Whoever comes first makes the tables; nobody fails.
        """
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=SqliteStore, args=(path,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

        assert [0] * 4 == [worker.exitcode for worker in workers]


class TestVersions:
    """
    Files of other versions and of other programs.
    """

    def test_a_file_of_version_1_is_brought_up_to_date(self, path: Path) -> None:
        """
        All it held is there, its versions count on, and its tables are those of a new file.
        """
        shutil.copy(VERSION_1, path)
        store = SqliteStore(path)
        loaded = store.settlements("c", [f"999999999-till 1-{number}" for number in range(9)])

        first = settlement(
            "999999999-till 1-1",
            number="1",
            closed_at=datetime(2026, 3, 1, 21, 30, 0, 123456, tzinfo=UTC),
            business_day=datetime(2026, 3, 1, tzinfo=UTC).date(),
            fingerprint="f1",
            state=SettlementState.POSTED,
            voucher_id="v1",
            voucher_no=12,
            grand_sales="1000.00",
            grand_returns="10.50",
        )
        assert (2, 3) == (loaded.version, len(loaded.settlements))
        assert first == loaded.settlements[first.reference]
        assert first == store.previous_settlement("c", "till 1", datetime(2026, 3, 2, tzinfo=UTC))
        assert 3 == add(store, pair(), cursor("1"))
        assert 1 == store.progress("d", "customers").version
        SqliteStore(path.with_name("new"))
        assert schema(path.with_name("new")) == schema(path)

    def test_bringing_it_up_to_date_is_all_or_nothing(self, path: Path) -> None:
        """
        Killed at any statement of it, the file is as it was, and the next one brings it up to date.
        """
        shutil.copy(VERSION_1, path)
        before = schema(path)
        for statement in range(3, 24, 4):
            assert -signal.SIGKILL == killed_at(statement, only_opened, path)
            assert before == schema(path)

        assert 2 == SqliteStore(path).progress("c", "customers").version

    def test_many_processes_may_bring_it_up_to_date_at_once(self, path: Path) -> None:
        """
        One does; the others find it done.
        """
        shutil.copy(VERSION_1, path)
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=SqliteStore, args=(path,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

        assert [0] * 4 == [worker.exitcode for worker in workers]
        assert 2 == SqliteStore(path).progress("c", "customers").version

    def test_a_newer_version_is_refused(self, path: Path) -> None:
        """
        An older posgo does not write into a newer one's file, not even when that was updated at work.
        """
        store = SqliteStore(path)
        with opened(path) as db:
            db.execute("PRAGMA user_version = 99")

        for use in (lambda: SqliteStore(path), lambda: add(store, pair())):
            with pytest.raises(StateStoreError, match=r"newer posgo \(schema 99\); update posgo"):
                use()

    def test_a_version_that_never_was_is_refused(self, path: Path) -> None:
        """
        Nobody wrote version -1: the file is damaged.
        """
        SqliteStore(path)
        with opened(path) as db:
            db.execute("PRAGMA user_version = -1")

        with pytest.raises(StateStoreError, match=r"damaged \(schema -1\); restore a backup"):
            SqliteStore(path)

    @pytest.mark.parametrize("sign", ["CREATE TABLE theirs (x)", "PRAGMA user_version = 3"])
    def test_another_programs_database_is_refused_and_kept(self, path: Path, sign: str) -> None:
        """
        A database with other tables, or another's version, is somebody's.
        """
        with opened(path) as db:
            db.execute(sign)
        before = path.read_bytes()

        with pytest.raises(StateStoreError, match="another program"):
            SqliteStore(path)

        assert before == path.read_bytes()


class TestCrash:
    """
    A process may die between any two statements.
    """

    def test_a_commit_is_all_or_nothing_at_every_statement(self, path: Path) -> None:
        """
        Killed at its n-th statement, for every n: all of it is there, or none.
        """
        store = SqliteStore(path)
        add(store, pair(name="old"), settlement(number="1"), cursor("old"), conflict(), run())
        old = everything(store), store.settlements("c", ["r1"])
        new = Changes(
            put=[pair(name="new"), settlement(number="2"), cursor("new"), tombstone(), intent()],
            drop=[conflict().key],
            expire=datetime(2027, 1, 1, tzinfo=UTC),
        )
        commit = partial(committed, changes=new, expected_version=1)
        ended = []
        for statement in range(1, 40):
            ended.append(killed_at(statement, commit, path))
            if ended[-1] == 0:
                break
            assert old == (everything(store), store.settlements("c", ["r1"]))

        assert len(ended) > 12
        assert (pair(name="new").link,) == store.links("c", "customers").links
        assert 2 == store.progress("c", "customers").version


class TestTexts:
    """
    What SQLite would cut short is refused.
    """

    @pytest.mark.parametrize(
        "use",
        [
            lambda store: store.links("c", "customers", pos_ids=["p1", "p1\0x"]),
            lambda store: store.links("c", "customers", go_ids=["g1\0"]),
            lambda store: store.settlements("c", ["r1\0x"]),
            lambda store: store.settlements("c", ["\ud800"]),
            lambda store: store.forget("c", "customers", pos_id="p1\0x"),
            lambda store: store.progress("c\0x", "customers"),
            lambda store: add(store, pair("p1\0x", "g1\0x")),
            lambda store: add(store, settlement("r1\0x")),
            lambda store: store.commit("c", Changes(drop=[pair("p1\0x").key]), expected_version=1),
        ],
    )
    def test_what_is_no_text_is_refused(self, path: Path, use: Callable[[SqliteStore], object]) -> None:
        """
        A NUL or half a character, in whatever is read by or written: in a list of ids it would mean another one.
        """
        store = SqliteStore(path)
        add(store, pair(), settlement(), tombstone())
        before = everything(store)

        with pytest.raises(
            StateStoreError, match=r"state.sqlite3: an id, text or number .* no database takes"
        ):
            use(store)

        assert before == everything(store)

    def test_what_json_escapes_is_taken(self, path: Path) -> None:
        """
        A name may hold anything: it is kept as JSON.
        """
        store, odd = SqliteStore(path), pair(name="A\0da")
        add(store, odd)

        assert (odd.link,) == store.links("c", "customers").links


class TestSpeed:
    """
    What is asked for is found by an index.
    """

    @pytest.mark.parametrize("side", ["pos_id", "go_id"])
    def test_some_links_are_searched_for(self, path: Path, side: str) -> None:
        """
        SQLite plans a search for each id, never a scan of all links.
        """
        store = SqliteStore(path)
        with store._connection() as db:
            plan = db.execute(
                "EXPLAIN QUERY PLAN SELECT base FROM posgo_links WHERE client = ? AND kind = ? "  # noqa: S608
                f"AND {side} IN (SELECT value FROM json_each(?))",
                ("c", "customers", "[]"),
            ).fetchall()

        (search,) = [row[3] for row in plan if "posgo_links" in row[3]]
        assert search.startswith("SEARCH posgo_links")
        assert f"client=? AND kind=? AND {side}=?" in search
