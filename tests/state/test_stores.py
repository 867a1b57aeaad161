"""
What every state store promises, held against each of ours.
"""

import multiprocessing
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from posgo.exceptions import LeaseHeldError, StaleStateError, StateStoreError
from posgo.state import Changes, MemoryStore, SettlementRecord, SettlementState, SqliteStore, StateStore
from support.leases import hold_and_die

NOW = timedelta(0)


def a_record(reference: str = "r1", **changes: Any) -> SettlementRecord:
    record = SettlementRecord(
        reference=reference,
        cash_point="till 1",
        number="7",
        closed_at=datetime(2026, 3, 14, 21, 30, 0, 123456, tzinfo=UTC),
        business_day=date(2026, 3, 14),
        fingerprint="f",
        state=SettlementState.SENDING,
    )
    return attrs.evolve(record, **changes)


@pytest.fixture(params=["memory", "sqlite", "sqlite, two instances"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[StateStore, StateStore]]:
    """
    Two views of one store.
    """
    if request.param == "memory":
        memory = MemoryStore()
        yield memory, memory
    else:
        one = SqliteStore(tmp_path / "state.sqlite3")
        yield one, one if request.param == "sqlite" else SqliteStore(tmp_path / "state.sqlite3")


class TestCommit:
    """
    All or nothing, against an expected version.
    """

    def test_what_one_commits_the_other_reads(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        A committed record is read back whole, with every field.
        """
        one, other = stores
        record = a_record(
            state=SettlementState.POSTED,
            voucher_id="v",
            voucher_no=12,
            grand_sales="1000.00",
            grand_returns="10.50",
        )
        version = one.commit("c", Changes(put=[record]), expected_version=0)

        loaded = other.settlements("c", ["r1", "r2"])

        assert (1, 1) == (version, loaded.version)
        assert {"r1": record} == loaded.settlements

    def test_a_stale_commit_changes_nothing(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        Who worked from an older version is told, and nothing of theirs is kept.
        """
        one, other = stores
        one.commit("c", Changes(put=[a_record()]), expected_version=0)

        with pytest.raises(StaleStateError):
            other.commit("c", Changes(put=[a_record(number="8")], drop=["r1"]), expected_version=0)

        assert {"r1": a_record()} == one.settlements("c", ["r1"]).settlements

    def test_dropped_records_are_gone(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        Dropping forgets a record; dropping what is not there is no error.
        """
        one, other = stores
        one.commit("c", Changes(put=[a_record()]), expected_version=0)
        other.commit("c", Changes(drop=["r1", "r9"]), expected_version=1)

        assert {} == one.settlements("c", ["r1"]).settlements

    def test_client_companies_do_not_meet(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        One merchant's state is not another's, versions included.
        """
        one, other = stores
        one.commit("c", Changes(put=[a_record()]), expected_version=0)

        loaded = other.settlements("d", ["r1"])

        assert (0, {}) == (loaded.version, loaded.settlements)

    def test_many_references_are_read_at_once(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        A year of settlements can be asked for in one go.
        """
        one, _ = stores
        records = [a_record(f"r{number}") for number in range(2500)]
        one.commit("c", Changes(put=records), expected_version=0)

        assert 2500 == len(one.settlements("c", [record.reference for record in records]).settlements)

    def test_the_previous_settlement_is_the_latest_before(
        self, stores: tuple[StateStore, StateStore]
    ) -> None:
        """
        By closing time, on the same cash point, and strictly before.
        """
        one, other = stores
        days = [a_record(f"r{day}", closed_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 2, 3)]
        elsewhere = a_record("x", cash_point="till 2", closed_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
        one.commit("c", Changes(put=[*days, elsewhere]), expected_version=0)

        assert days[1] == other.previous_settlement("c", "till 1", datetime(2026, 3, 3, tzinfo=UTC))
        assert None is other.previous_settlement("c", "till 1", datetime(2026, 3, 1, tzinfo=UTC))

    def test_concurrent_commits_lose_none(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        Eight threads add one record each, again and again: every commit that was confirmed is there.
        """

        def add(number: int) -> None:
            store = stores[number % 2]
            for step in range(10):
                record = a_record(f"r{number}-{step}")
                while True:
                    version = store.settlements("c", []).version
                    try:
                        store.commit("c", Changes(put=[record]), expected_version=version)
                    except StaleStateError:
                        continue
                    break

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(8)))

        references = [f"r{number}-{step}" for number in range(8) for step in range(10)]
        loaded = stores[0].settlements("c", references)
        assert (80, 80) == (loaded.version, len(loaded.settlements))


class TestLease:
    """
    Two runners never work on one client company at the same time.
    """

    def test_a_second_runner_is_told(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        Who may not wait learns at once that somebody is at work.
        """
        one, other = stores
        with one.lease("c", wait=NOW), pytest.raises(LeaseHeldError), other.lease("c", wait=NOW):
            pytest.fail("entered a lease that is held")

    def test_the_lease_is_free_again(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        Leaving the context ends the lease, also by an error of the caller's, which stays what it is.
        """
        one, other = stores
        with pytest.raises(OSError, match="theirs"), one.lease("c", wait=NOW):
            raise OSError("theirs")
        with other.lease("c", wait=NOW):
            pass

    def test_client_companies_are_leased_apart(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        One merchant's run does not hold up another's.
        """
        one, other = stores
        with one.lease("c", wait=NOW), other.lease("d", wait=NOW):
            one.commit("c", Changes(), expected_version=0)

    def test_who_waits_gets_it(self, stores: tuple[StateStore, StateStore]) -> None:
        """
        A runner that may wait enters when the other leaves.
        """
        one, other = stores
        entered = threading.Event()

        def second() -> None:
            with other.lease("c", wait=timedelta(seconds=20)):
                entered.set()

        thread = threading.Thread(target=second)
        with one.lease("c", wait=NOW):
            thread.start()
            assert not entered.wait(0.05)
        thread.join(20)

        assert entered.is_set()


class TestSqliteStore:
    """
    What only a file can get wrong.
    """

    def test_a_killed_runner_blocks_nobody(self, tmp_path: Path) -> None:
        """
        The lease ends with the process, even by SIGKILL.
        """
        path = tmp_path / "state.sqlite3"
        context = multiprocessing.get_context("spawn")
        held = context.Event()
        process = context.Process(target=hold_and_die, args=(path, held.set))
        process.start()
        assert held.wait(30)
        with pytest.raises(LeaseHeldError), SqliteStore(path).lease("c", wait=NOW):
            pytest.fail("entered a lease another process holds")
        process.kill()
        process.join()

        with SqliteStore(path).lease("c", wait=NOW):
            pass

    def test_state_outlives_the_instance(self, tmp_path: Path) -> None:
        """
        A commit is there for whoever opens the file next, without any call to close.
        """
        SqliteStore(tmp_path / "s").commit("c", Changes(put=[a_record()]), expected_version=0)

        assert {"r1": a_record()} == SqliteStore(tmp_path / "s").settlements("c", ["r1"]).settlements

    @pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
    def test_only_the_owner_can_read_it(self, tmp_path: Path) -> None:
        """
        Neither the file nor what lies beside it is readable by others.
        """
        store = SqliteStore(tmp_path / "s")
        with store.lease("c", wait=NOW):
            store.commit("c", Changes(put=[a_record()]), expected_version=0)

        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"not a database at all" * 100, "no state file"),
            (b"SQLite format 3\x00" + b"\xff" * 4000, "cannot be used|no state file|damaged"),
        ],
    )
    def test_a_foreign_file_is_refused_and_kept(self, tmp_path: Path, content: bytes, says: str) -> None:
        """
        What is no state file is named and not touched.
        """
        path = tmp_path / "s"
        path.write_bytes(content)

        with pytest.raises(StateStoreError, match=says):
            SqliteStore(path)

        assert content == path.read_bytes()

    def test_another_programs_database_is_refused(self, tmp_path: Path) -> None:
        """
        A database with other tables is somebody's.
        """
        db = sqlite3.connect(tmp_path / "s")
        db.execute("CREATE TABLE theirs (x)")
        db.commit()
        db.close()

        with pytest.raises(StateStoreError, match="another program"):
            SqliteStore(tmp_path / "s")

    def test_a_newer_schema_is_refused(self, tmp_path: Path) -> None:
        """
        An older posgo does not write into a newer one's file.
        """
        SqliteStore(tmp_path / "s")
        db = sqlite3.connect(tmp_path / "s")
        db.execute("PRAGMA user_version = 99")
        db.close()

        with pytest.raises(StateStoreError, match="newer posgo"):
            SqliteStore(tmp_path / "s")

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        """
        The error names the file and says what is wrong.
        """
        with pytest.raises(StateStoreError, match=r"nowhere.*cannot be opened"):
            SqliteStore(tmp_path / "nowhere" / "s")

    def test_memory_is_another_store(self) -> None:
        """
        SQLite's name for memory would forget between two operations.
        """
        with pytest.raises(StateStoreError, match="MemoryStore"):
            SqliteStore(":memory:")

    def test_a_damaged_file_is_named(self, tmp_path: Path) -> None:
        """
        Damage found later gives one sentence with the way out, and no record of nonsense.
        """
        store = SqliteStore(tmp_path / "s")
        store.commit("c", Changes(put=[a_record(f"r{n}") for n in range(500)]), expected_version=0)
        db = sqlite3.connect(tmp_path / "s")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        with (tmp_path / "s").open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * 60000)

        with pytest.raises(StateStoreError, match=r"damaged|cannot be used"):
            store.settlements("c", [f"r{n}" for n in range(500)])
