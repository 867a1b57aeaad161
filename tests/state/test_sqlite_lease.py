"""
Who may use a state file, and when: leases, and processes forked under them.
"""

import os
import re
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from posgo.exceptions import LeaseHeldError, StateStoreError
from posgo.state import SqliteStore
from posgo.testing._store_examples import (
    add,
    pair,
)
from support.leases import entered_and_left
from support.sqlite_files import NOW

VERSION_1 = Path(__file__).parent / "data" / "version-1.sqlite3"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


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
