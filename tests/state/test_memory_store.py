"""
The store in memory keeps the promises of every store, and can be put back.
"""

import pytest

from posgo.exceptions import StaleStateError
from posgo.state import Changes, MemoryStore
from posgo.testing._store_examples import add, everything, pair, settlement
from posgo.testing.store_contract import Opener, StoreContract


class TestMemoryStore(StoreContract):
    """
    All promises but those about processes.
    """

    shared = False

    @pytest.fixture
    def opener(self) -> Opener:
        store = MemoryStore()
        return lambda: store


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
