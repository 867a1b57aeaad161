"""
The store in memory keeps the promises of every store, and can be put back.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from posgo.exceptions import StaleStateError
from posgo.state import Changes, MemoryStore
from posgo.testing._store_examples import LONG_AGO, add, cursor, everything, pair, run, settlement
from posgo.testing.store_contract import Opener, StoreContract
from support.leases import entered_and_left


class TestMemoryStore(StoreContract):
    """
    All promises but those about processes.
    """

    shared = False

    @pytest.fixture
    def opener(self) -> Opener:
        store = MemoryStore()
        return lambda: store


class TestLease:
    """
    A lock, waited for.
    """

    @pytest.mark.parametrize("wait", [timedelta(days=25), timedelta(days=36500), timedelta.max])
    def test_a_wait_may_be_as_long_as_you_like(self, wait: timedelta) -> None:
        """
        Who waits for ever waits, and is let in when the other is done.
        """
        store = MemoryStore()
        with ThreadPoolExecutor(1) as pool:
            with store.lease("c", wait=timedelta(0)):
                entered = pool.submit(entered_and_left, store, wait)
                with pytest.raises(TimeoutError):
                    entered.result(0.02)
            assert entered.result(60)


class TestCommit:
    """
    What is kept is the store's own.
    """

    @pytest.mark.parametrize(
        "rubbish",
        [
            {"put": [cursor("2"), pair(), "rubbish"]},
            {"put": [cursor("2")], "drop": [cursor("1").key, ["rubbish"]]},
        ],
    )
    def test_one_that_fails_changes_nothing(self, rubbish: dict[str, Any]) -> None:
        """
        Not even when it holds what is no record.
        """
        store = MemoryStore()
        add(store, cursor("1"))
        before = everything(store)

        with pytest.raises((AttributeError, TypeError)):
            store.commit("c", Changes(**rubbish), expected_version=1)

        assert before == everything(store)
        assert 1 == store.progress("c", "customers").version

    def test_counts_told_or_given_are_copies(self) -> None:
        """
        Who changes them afterwards changes nothing in the store.
        """
        store, given = MemoryStore(), run(counts={"create go": 1})
        add(store, given)

        for record in (given, store.history("c", "customers", since=LONG_AGO).runs[0]):
            counts: Any = record.counts
            counts["create go"] = 99

        assert {"create go": 1} == store.history("c", "customers", since=LONG_AGO).runs[0].counts


class TestRestoring:
    """
    Tests can play somebody who restores an older backup.
    """

    def test_a_snapshot_can_be_restored_again_and_again(self) -> None:
        """
        State and version go back, whatever happened since, and links are found as they were.
        """
        store = MemoryStore()
        add(store, pair("p1"), settlement())
        snapshot = store.snapshot()
        before = everything(store)

        for _ in range(2):
            store.commit("c", Changes(put=[pair("p2")], drop=[pair("p1").key]), expected_version=1)
            add(store, pair("p3"), client="d")
            store.restore(snapshot)

            assert before == everything(store)
            assert (pair("p1").link,) == store.links("c", "customers", pos_ids=["p1", "p2"]).links
            assert 0 == store.progress("d", "customers").version

    def test_who_worked_on_the_newer_state_is_told(self) -> None:
        """
        A runner that loaded before the restore cannot commit after it.
        """
        store = MemoryStore()
        snapshot = store.snapshot()
        version = add(store, pair("p1"))
        store.restore(snapshot)

        with pytest.raises(StaleStateError):
            store.commit("c", Changes(), expected_version=version)

    def test_its_repr_tells_no_values(self) -> None:
        """
        Only how many client companies it knows.
        """
        store = MemoryStore()
        add(store, pair("p1"))

        assert "MemoryStore(1 client companies)" == repr(store)
