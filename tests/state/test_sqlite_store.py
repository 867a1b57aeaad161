"""
What only a file can get wrong: its version, its neighbours, crashes, backups, and bytes left behind.
"""

import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import stat
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from posgo import Customer, Link
from posgo.exceptions import LeaseHeldError, StaleStateError, StateStoreError
from posgo.state import Changes, CursorRecord, LinkRecord, SettlementState, SqliteStore
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
from support.leases import entered_and_left
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


def told_in_a_child(use: Callable[[], object]) -> str:
    """
    What somebody is told in a process forked here and now; nothing if it works.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Other tests' threads, which use no store, may still be ending.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            use()
        except StateStoreError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX processes")
class TestFork:
    """
    A forked process inherits what SQLite believes to hold, and none of its locks.
    """

    def test_a_process_forked_under_a_lease_is_refused(self, path: Path) -> None:
        """
        Whatever it does, under the lease or after it: what it committed could be lost.
        """
        store = SqliteStore(path)
        add(store, pair())
        refused = r"forked while .* nothing was written; .*spawn.*before the run"

        def run_on() -> None:
            with suppress(StateStoreError):
                lease.__exit__(None, None, None)
            add(store, pair("p2"), client="d")

        lease = store.lease("c", wait=NOW)
        confirm = lease.__enter__()
        assert confirm is not None
        uses: list[Callable[[], object]] = [
            lambda: SqliteStore(path),
            lambda: add(store, pair(), client="d"),
            lambda: store.backup(path.with_name("copy")),
            lambda: store.lease("d", wait=NOW).__enter__(),
            confirm,
            run_on,
        ]
        for use in uses:
            assert re.search(refused, told_in_a_child(use))
            confirm()
        lease.__exit__(None, None, None)

        assert "" == told_in_a_child(partial(add, store, pair("p2")))
        assert 2 == len(store.links("c", "customers").links)

    def test_a_process_forked_in_the_middle_of_a_commit_is_refused(self, path: Path) -> None:
        """
        Another thread of the parent may be at work, whose locks SQLite would take for the child's.
        """
        store = SqliteStore(path)
        with store._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            assert "forked while" in told_in_a_child(partial(store.progress, "c", "customers"))

        assert "" == told_in_a_child(partial(store.progress, "c", "customers"))

    def test_a_process_forked_before_is_as_good_as_any(self, path: Path) -> None:
        """
        With the instance of its parent it reads, commits and takes the lease.
        """
        store = SqliteStore(path)
        add(store, pair())

        def work() -> None:
            with store.lease("c", wait=NOW) as confirm:
                add(store, pair("p2"))
                confirm()

        assert "" == told_in_a_child(work)
        assert 2 == len(store.links("c", "customers").links)


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


class TestLease:
    """
    The lock is on a file of its own.
    """

    def test_links_to_one_file_share_its_lease(self, path: Path) -> None:
        """
        Whatever a file is called: there is one lease on it, and what happens beside it is noticed.
        """
        stores = [SqliteStore(path)]
        for folder in ("release-1", "release-2"):
            path.with_name(folder).mkdir()
            link = path.with_name(folder) / "state.sqlite3"
            link.symlink_to(path)
            stores.append(SqliteStore(link))

        with stores[1].lease("c", wait=NOW) as confirm:
            for store in stores:
                with pytest.raises(LeaseHeldError), store.lease("c", wait=NOW):
                    pytest.fail("two leases on one file")
            path.with_name("state.sqlite3-wal").rename(path.with_name("elsewhere"))
            with pytest.raises(StateStoreError, match="removed or replaced"):
                confirm()

    def test_a_lease_file_that_cannot_be_made_is_named(self, path: Path) -> None:
        """
        The error is about the lease, and the store stays usable.
        """
        store = SqliteStore(path)
        with store.lease("c", wait=NOW):
            (lease,) = path.parent.glob("*.lease")
        lease.unlink()
        lease.mkdir()

        with pytest.raises(StateStoreError, match=r"lease.*cannot be opened"), store.lease("c", wait=NOW):
            pytest.fail("entered a lease without a lock")
        assert 1 == add(store, pair())

    @pytest.mark.parametrize("wait", [timedelta(days=25), timedelta(days=60), timedelta.max])
    def test_a_wait_may_be_as_long_as_you_like(self, path: Path, wait: timedelta) -> None:
        """
        Who waits for weeks waits, and is let in when the other is done.
        """
        store = SqliteStore(path)
        with ThreadPoolExecutor(1) as pool:
            with store.lease("c", wait=NOW):
                entered = pool.submit(entered_and_left, store, wait)
                with pytest.raises(TimeoutError):
                    entered.result(0.02)
            assert entered.result(60)

    def test_a_client_that_is_no_text_is_refused(self, path: Path) -> None:
        """
        Half a character has no hash to name the file by.
        """
        store = SqliteStore(path)

        with pytest.raises(StateStoreError, match="no database takes"), store.lease("\ud800", wait=NOW):
            pytest.fail("entered a lease without a name")

    def test_commits_under_a_lease_wait_for_the_disk_once(self, path: Path) -> None:
        """
        The log is not copied back with every commit while a runner is at work, and is gone when it leaves.
        """
        store, log = SqliteStore(path), path.with_name("state.sqlite3-wal")
        with store.lease("c", wait=NOW):
            add(store, pair())
            first = log.stat().st_size
            add(store, pair("p2"))
            assert 0 < first < log.stat().st_size

        assert not log.exists()
